"""The minimum wage statute, read, checked and laid out as columns for the test."""

from functools import cache
from typing import Any, Final, get_args

import polars as pl

from backend.domain.minimum_wage import law
from backend.domain.money import micropounds
from backend.statute import strict_yaml
from backend.statute.entries import (
    MileageInterval,
    OffsetInterval,
    PenaltyInterval,
    RateInterval,
    Treatments,
    build,
    complete_bands,
    intervals,
)
from backend.statute.strict_yaml import StatuteError
from schemas import wage_kinds

_NO_UPPER_AGE: Final = 999
_SIGNS: Final = {"reduces": -1, "restores": 1, "none": 0}


def rate_intervals(data: Any) -> list[RateInterval]:
    """Checked rate intervals. Raises StatuteError for a gap, an overlap, a missing age or a missing citation."""
    entries = intervals(RateInterval, data, "wage_rates.yaml")
    for entry in entries:
        complete_bands(entry, "wage_rates.yaml")
    return entries


def offset_intervals(data: Any) -> list[OffsetInterval]:
    """Checked accommodation offsets. Raises StatuteError."""
    return intervals(OffsetInterval, data, "accommodation_offsets.yaml")


def mileage_intervals(data: Any) -> list[MileageInterval]:
    """Checked approved mileage rates, oldest first. Raises StatuteError."""
    return intervals(MileageInterval, data, "mileage.yaml")


@cache
def penalty_intervals() -> list[PenaltyInterval]:
    """The packaged penalties for underpayment, oldest first. Raises StatuteError."""
    return read_penalty_intervals(strict_yaml.read("penalties.yaml"))


def read_penalty_intervals(data: Any) -> list[PenaltyInterval]:
    """Checked penalties for underpayment, oldest first. Raises StatuteError."""
    return intervals(PenaltyInterval, data, "penalties.yaml")


@cache
def treatments() -> Treatments:
    """How each kind is treated. Raises StatuteError if a kind on the wire has no treatment, or the reverse."""
    return read_treatments(strict_yaml.read)


def read_treatments(read: strict_yaml.Reader) -> Treatments:
    """The same from files that `read` gives."""
    found = build(Treatments, read("treatments.yaml"), "treatments.yaml")
    for section, kinds in (
        ("work", wage_kinds.WorkKind),
        ("pay", wage_kinds.PayKind),
        ("deduction", wage_kinds.DeductionKind),
        ("payment_to_employer", wage_kinds.PaymentToEmployerKind),
        ("expenditure", wage_kinds.ExpenditureKind),
    ):
        if odd := set(getattr(found, section)) ^ set(get_args(kinds)):
            raise StatuteError(f"treatments.yaml: {section} and the wire differ on {', '.join(sorted(odd))}")
    return found


@cache
def wage_law() -> law.Law:
    """The law of the minimum wage test. Raises StatuteError if the packaged statute is not sound."""
    return read_wage_law(strict_yaml.read)


def read_wage_law(read: strict_yaml.Reader) -> law.Law:
    """The same from files that `read` gives."""
    rates = rate_intervals(read("wage_rates.yaml"))
    offsets = offset_intervals(read("accommodation_offsets.yaml"))
    if (rates[0].since, rates[-1].until) != (offsets[0].since, offsets[-1].until):
        raise StatuteError("accommodation_offsets.yaml: covers other dates than wage_rates.yaml")
    known = read_treatments(read)
    if (rates[0].since, rates[-1].until) != (known.since, known.until):
        raise StatuteError("treatments.yaml: covers other dates than wage_rates.yaml")
    return law.Law(
        rates=_rates_frame(rates),
        offsets=pl.DataFrame(
            [(entry.since, entry.until, micropounds(entry.daily)) for entry in offsets],
            law.OFFSETS,
            orient="row",
        ),
        work=pl.DataFrame(
            [(kind, it.counted, it.rule, it.output_rule) for kind, it in known.work.items()],
            law.WORK,
            orient="row",
        ),
        pay=pl.DataFrame(
            [
                (kind, it.counted, it.rule, it.salaried_rule or it.rule, it.counts_if, it.warning)
                for kind, it in known.pay.items()
            ],
            law.PAY,
            orient="row",
        ),
        adjustments=_adjustments_frame(known),
        salaried=law.SalariedRules(
            known.salaried.excess, known.salaried.reduced_absence, known.salaried.other
        ),
        first_known=rates[0].since,
        last_known=rates[-1].until,
    )


def _rates_frame(intervals: list[RateInterval]) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for entry in intervals:
        head = (entry.id, entry.since, entry.until)
        rows.append((*head, "apprentice", True, 0, _NO_UPPER_AGE, micropounds(entry.apprentice)))
        for band in entry.bands:
            below = _NO_UPPER_AGE if band.below_age is None else band.below_age
            rows.append((*head, band.band, False, band.from_age, below, micropounds(band.hourly)))
    return pl.DataFrame(rows, law.RATES, orient="row")


def _adjustments_frame(known: Treatments) -> pl.DataFrame:
    rows = [
        (section, kind, _SIGNS[treatment.effect], treatment.rule)
        for section in ("deduction", "payment_to_employer", "expenditure")
        for kind, treatment in getattr(known, section).items()
    ]
    return pl.DataFrame(rows, law.ADJUSTMENTS, orient="row")
