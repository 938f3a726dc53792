"""What carers' own terms pay for the days they worked in a period, employment by employment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from backend.domain.time import london_midnight
from backend.travel import TravelEstimator
from backend.use_cases.calc_day import DayFrames
from backend.use_cases.calc_pay import pay_frames
from backend.use_cases.pay_preview import Terms, can_pay, days_to_pay, terms_recorded
from backend.use_cases.wage_report_facts import WageReportFacts
from backend.use_cases.worked_answers import Share, shares_of
from backend.use_cases.worked_days import reaching_days
from schemas.pay import PayCase, PayLine, PayResult, PayTerms

NO_TERMS: Final = "No terms of pay are held for {}."
NOT_TOLD: Final = "Several employments share the day {}, and the terms pay what a share does not tell."


@dataclass(slots=True)
class ExpectedPay:
    """What terms pay one employment: the versions used, one result each; with a `reason`, none can be given."""

    terms: list[str] = field(default_factory=list)
    results: list[PayResult] = field(default_factory=list)
    reason: str | None = None

    def lines(self) -> list[PayLine]:
        """The lines under all versions, in order."""
        return [line for result in self.results for line in result.lines]


def expected_pay(
    facts: WageReportFacts,
    employments: Sequence[Mapping[str, Any]],
    estimator: TravelEstimator,
    terms: Terms | None = None,
) -> dict[str, ExpectedPay]:
    """By employment id, under the recorded terms unless others are given. Days without terms in force give a reason,
    never a smaller sum.
    """
    terms = terms_recorded(facts.recorded.terms) if terms is None else terms
    found: dict[str, ExpectedPay] = {}
    keys: list[str] = []
    cases: list[PayCase] = []
    whose: dict[int, int] = {}
    nights: list[tuple[tuple[int, int], ...]] = []
    days = _Days(facts)
    for employment in employments:
        key = employment["employment_id"]
        found[key] = ExpectedPay()
        grouped = _by_terms(found[key], days.of(employment), employment["pay_terms"], terms)
        for held, worked in grouped:
            whose.update({day.day: len(cases) for day in worked if isinstance(day, _Whole)})
            keys.append(key)
            shares = [day for day in worked if isinstance(day, Share)]
            nights.extend(share.nights for share in shares)
            cases.append(PayCase(terms=held, days=[share.answer for share in shares]))
    paid = pay_frames(cases, days.frames(whose), whose, estimator, days.span, nights)
    for key, result in zip(keys, paid, strict=True):
        found[key].results.append(result)
    return found


def _by_terms(
    found: ExpectedPay, worked: Sequence["_Whole | Share"], reference: str | None, terms: Terms
) -> list[tuple[PayTerms, list[Any]]]:
    """The days under each version of the terms; none, and a reason, if a day cannot be paid by any."""
    groups: dict[str, tuple[PayTerms, list[Any]]] = {}
    if reference is None:
        found.reason = NO_TERMS.format("this employment")
        return []
    for day in worked:
        held = terms.version_on(reference, day.date)
        if held is None:
            found.reason = NO_TERMS.format(day.date)
        elif not can_pay(held[3], day):
            found.reason = NOT_TOLD.format(day.date)
        else:
            groups.setdefault(f"{reference} from {held[1]}", (held[3], []))[1].append(day)
    found.terms = list(groups)
    return [] if found.reason else list(groups.values())


@dataclass(frozen=True, slots=True)
class _Whole:
    """A working day that one employment has to itself: its number among the frames, and its London date."""

    day: int
    date: date


class _Days:
    """The days of each employment that reach into the period: all of them, or its own share of them where the carer
    has worked for another; each whole, also what of it lies beyond. `span`: the period, outside of which nothing of
    them is paid here.
    """

    def __init__(self, facts: WageReportFacts) -> None:
        first, last = facts.recorded.days.first, facts.recorded.days.last
        opens, closes = (london_midnight(day) for day in (first, last + timedelta(days=1)))
        self.span = (int(opens.timestamp()), int(closes.timestamp()))
        worked = facts.days.segments.select("carer", "employment_id").drop_nulls().unique()
        self._worked_for: dict[str, set[str]] = {}
        for carer, employment in worked.iter_rows():
            self._worked_for.setdefault(carer, set()).add(employment)
        self._segments = facts.days.segments
        several = [carer for carer, employments in self._worked_for.items() if len(employments) > 1]
        self._shares = shares_of(reaching_days(facts.days).filter(pl.col("carer").is_in(several)))
        self._frames = days_to_pay(facts.days)
        self._whole: dict[str, list[_Whole]] = {}
        within = pl.col("date").is_between(first, last)
        reaching = (pl.col("date") < first) & (pl.col("until") > self.span[0])
        known = self._frames.days.join(_ends(self._frames), on="day", how="left", maintain_order="left")
        for carer, day, on in known.filter(within | reaching).select("carer", "day", "date").iter_rows():
            self._whole.setdefault(carer, []).append(_Whole(day, on))

    def of(self, employment: Mapping[str, Any]) -> Sequence[_Whole | Share]:
        carer, key = employment["carer_id"], employment["employment_id"]
        if self._worked_for.get(carer) == {key}:
            return self._whole.get(carer, [])
        own = (pl.col("carer") == carer) & (pl.col("employment_id") == key)
        worked = set(self._segments.filter(own)["day"])
        return [share for share in self._shares.get(key, []) if share.day in worked]

    def frames(self, whole: Collection[int]) -> DayFrames:
        """What happened on these whole days."""
        held = self._frames
        wanted = pl.DataFrame({"day": list(whole)}, {"day": pl.Int64})
        kept = {
            name: getattr(held, name).join(wanted, on="day", how="semi", maintain_order="left")
            for name in ("days", "visits", "activities", "policies", "journeys")
        }
        return DayFrames(**{**kept, "days": kept["days"].drop("carer")})


def _ends(frames: DayFrames) -> pl.DataFrame:
    """Rows `day until`: the last second that is recorded of each day."""
    ends = [
        frame.select("day", until=pl.coalesce("end", "start")) for frame in (frames.visits, frames.activities)
    ]
    return pl.concat(ends).group_by("day").agg(pl.col("until").max())
