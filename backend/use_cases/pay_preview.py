"""What a carer's days would pay under her employer's terms, before payroll has run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import polars as pl

from backend.domain.time import instant_of
from backend.domain.working_day import ACTIVITIES, JOURNEYS, VISITS, working_days
from backend.sql import query
from backend.use_cases.calc_day import DayFrames
from backend.use_cases.calc_pay import pay_results
from backend.use_cases.worked_answers import Share
from backend.use_cases.worked_days import CarersDays, known_visits, policies_of, settled_activities
from schemas import wage
from schemas.day import (
    Activity,
    Actual,
    DayCarer,
    DayCase,
    DayPolicy,
    DayVisit,
    Journey,
    Place,
    Span,
)
from schemas.pay import MileageRates, PayCase, PayResult, PayTerms
from schemas.strict import decode

_INSTANTS: Final = ("start", "end", "planned_start", "planned_end")
_OF_VISIT: Final = ("visit", *_INSTANTS, "lat", "lon")
_OF_ACTIVITY: Final = ("kind", "start", "end", "lat", "lon")
_OF_JOURNEY: Final = ("from", "to", "estimate", "source", "metres")
_TERMS: Final = {field.name: field.encode_name for field in msgspec.structs.fields(PayTerms)}


@dataclass(frozen=True, slots=True)
class Terms:
    """Dated pay terms of one provider, by reference."""

    versions: Sequence[tuple[str, date, date | None, PayTerms]]

    def on(self, reference: str | None, day: date) -> PayTerms | None:
        """The terms in force on a London date, or None."""
        held = self.version_on(reference, day)
        return None if held is None else held[3]

    def version_on(self, reference: str | None, day: date) -> tuple[str, date, date | None, PayTerms] | None:
        """Reference, first and last day, and terms in force on a London date, or None."""
        held = (
            version
            for version in self.versions
            if version[0] == reference and version[1] <= day and (version[2] is None or day <= version[2])
        )
        return next(held, None)

    def without_miles(self) -> "Terms":
        """The same terms, paying no miles."""
        without = [
            (*version[:3], msgspec.structs.replace(version[3], mileage_per_mile=MileageRates()))
            for version in self.versions
        ]
        return Terms(without)


async def terms_of(connection: asyncpg.Connection, provider_id: UUID, as_of: datetime) -> Terms:
    """The provider's pay terms as recorded up to `as_of`."""
    return terms_recorded(await connection.fetch(query("wages.terms"), provider_id, as_of))


def terms_recorded(rows: Sequence[Mapping[str, Any]]) -> Terms:
    """Terms from rows of wages.terms."""
    return Terms([(row["reference"], row["starts_on"], row["ends_on"], _terms(row["terms"])) for row in rows])


def _terms(stored: Any) -> PayTerms:
    value = msgspec.json.decode(stored) if isinstance(stored, str) else stored
    decoded = decode(PayTerms, {name: value[name] for name in _TERMS.values() if name in value})
    if decoded.value is None:
        raise LookupError(f"stored pay terms cannot be read: {decoded.faults}")
    return decoded.value


def day_cases(days: CarersDays) -> list[DayCase]:
    """The working days of one carer as cases to be paid. Of a visit in doubt only its first instant is known."""
    frames = days_to_pay(days)
    done, did = _by_day(frames.visits, _OF_VISIT), _by_day(frames.activities, _OF_ACTIVITY)
    journeys, policy = _by_day(frames.journeys, _OF_JOURNEY), _policy(days)
    return [
        DayCase(
            carer=DayCarer(mode=mode),
            date=on,
            visits=[_visit(one) for one in done.get(day, [])],
            activities=[_activity(one) for one in did.get(day, [])],
            policy=policy,
            journeys=[_journey(one) for one in journeys.get(day, [])],
        )
        for day, on, mode in frames.days.select("day", "date", "mode").iter_rows()
    ]


def days_to_pay(days: CarersDays) -> DayFrames:
    """The working days of carers as frames to be paid; `days` says `carer` besides. Journeys are those judged
    already, so that they are not judged anew. Of a visit in doubt only its first instant is known.
    """
    visits, activities = working_days(
        _without_doubt(days), settled_activities(days.activities), days.policy.day_break_minutes * 60
    )
    modes: dict[str, Any] = {}
    for row in days.employments.values():
        modes.setdefault(row["carer_id"], row["mode"])
    dated = pl.concat([frame.select("day", "carer", "date") for frame in (visits, activities)])
    mode = pl.col("carer").replace_strict(modes, default="car", return_dtype=pl.String)
    numbered = dated.unique("day", keep="first", maintain_order=True).sort("day").with_columns(mode=mode)
    return DayFrames(
        numbered.select("day", "date", "mode", "carer"),
        visits.select(VISITS.keys()),
        activities.select(ACTIVITIES.keys()),
        policies_of(numbered, days.policy),
        _judged(
            days.behind.worked.gaps.join(days.behind.owners.select("day", "carer"), on="day"),
            visits.select("day", "carer", "visit").unique(),
        ),
    )


def _without_doubt(days: CarersDays) -> pl.DataFrame:
    doubted = days.visits.filter(pl.col("unresolved").is_not_null()).select(
        carer="carer_id", visit="visit_id", doubted=pl.lit(True)
    )
    rows = known_visits(days.visits).join(doubted, on=["carer", "visit"], how="left", maintain_order="left")
    known = pl.col("doubted").is_null() | pl.col("start").is_null()
    return rows.with_columns(end=pl.when(known).then("end")).drop("doubted")


def _judged(gaps: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """What journeys between two visits of one working day were judged to take, as a frame JOURNEYS. `visits`: rows
    `day carer visit`.
    """
    told = gaps.filter(pl.col("estimate").is_not_null()).drop("day", "from", "to")
    left, reached = (visits.rename({"visit": end}) for end in ("from", "to"))
    return (
        told.rename({"from_visit": "from", "to_visit": "to"})
        .join(left, on=["carer", "from"], maintain_order="left")
        .join(reached, on=["carer", "day", "to"], how="semi", maintain_order="left")
        .select(JOURNEYS.keys())
        .cast(JOURNEYS)
    )


def _by_day(frame: pl.DataFrame, names: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    """Rows of these columns with instants, by working day."""
    instants = [name for name in names if name in _INSTANTS]
    readable = frame.select("day", *names).with_columns(
        instant_of(pl.col(name)).alias(name) for name in instants
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in readable.iter_rows(named=True):
        found.setdefault(row["day"], []).append(row)
    return found


def _journey(row: Mapping[str, Any]) -> Journey:
    return Journey(
        from_=row["from"],
        to=row["to"],
        estimate_seconds=row["estimate"],
        source=row["source"],
        distance_metres=row["metres"],
    )


def _visit(row: Mapping[str, Any]) -> DayVisit:
    planned = None if row["planned_start"] is None else Span(row["planned_start"], row["planned_end"])
    return DayVisit(row["visit"], _place(row), "completed", planned, Actual(row["start"], row["end"]))


def _activity(row: Mapping[str, Any]) -> Activity:
    return Activity(row["kind"], row["start"], row["end"], _place(row))


def _place(row: Mapping[str, Any]) -> Place | None:
    return None if row["lat"] is None else Place(row["lat"], row["lon"])


def _policy(days: CarersDays) -> DayPolicy:
    limit = days.policy.waiting_limit_minutes
    return DayPolicy(
        waiting_limit_minutes=None if limit is None else Decimal(limit), long_gap=days.policy.long_gap
    )


def paid_under(terms: PayTerms, worked: DayCase | Share) -> PayResult:
    """What a day, or a share of one, pays under terms."""
    if isinstance(worked, Share):
        return pay_results([PayCase(terms=terms, days=[worked.answer])], nights=[worked.nights])[0]
    return pay_results([PayCase(terms=terms, days=[worked])])[0]


def can_pay(terms: PayTerms, worked: object) -> bool:
    """Whether terms can tell what a day comes to: a share holds neither planned times nor distances."""
    told = not isinstance(worked, Share)
    return told or (terms.contact_basis == "actual" and not terms.mileage_per_mile.paid())


def wage_line(line: Any) -> wage.PayLine:
    """A line of calc pay as the wage test takes it: all hourly pay for the same duties, at its agreed rate, because the
    pennies of a payslip make no other rate.
    """
    if line.kind != "hourly":
        return wage.PayLine(kind=line.kind, amount=Decimal(line.amount))
    seconds = int((Decimal(line.minutes) * 60).to_integral_value(ROUND_HALF_UP))
    return wage.PayLine(kind="hourly", seconds=seconds, rate=Decimal(line.rate), duties="care")
