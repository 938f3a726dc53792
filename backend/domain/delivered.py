"""Commissioned care beside delivered care, by person and week: hours of carers, and visits.

Weeks begin on Monday, London time; a visit belongs to the week in which it starts. Hours are carers' hours: half an
hour of two carers is one hour, commissioned, planned and delivered alike. Instants are UTC, durations whole seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import polars as pl

from backend.domain.absences import with_absence
from backend.domain.time import LONDON_NAME

_WEEK: Final = timedelta(days=7)
_SETTLED: Final = ("completed", "refused", "cancelled", "missed", "suspended")
_RANK: Final = [*_SETTLED, "planned"]
OUTCOMES: Final = ("made", "missed", "refused", "cancelled", "suspended", "unsettled", "to_come")
"""What becomes of a planned visit."""
Key = tuple[str, date]
"""A person (service user's id) and the Monday of a week."""


@dataclass(frozen=True, slots=True)
class Commission:
    """A version of a package: what was asked for in a whole week of it. Null where the commissioner did not say.

    `seconds` are of one carer, `carers` how many come together. London dates, both included.
    """

    package: str
    person: str
    starts_on: date
    ends_on: date | None
    carers: int
    visits: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One person's week. `commissioned_*` are null where one of its packages does not say.

    A package in force on some days of a week counts for those sevenths. `unsettled` visits are over, and nothing yet
    says whether or how long anybody came. `days_away` are those of recorded absences.
    """

    person: str
    monday: date
    packages: Sequence[str]
    commissioned_seconds: Fraction | None
    planned_seconds: int
    delivered_seconds: int
    commissioned_visits: Fraction | None
    planned_visits: int
    made: int
    missed: int
    refused: int
    called_off: int
    unsettled: int
    to_come: int
    days_away: int


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def delivered_weeks(
    visits: pl.DataFrame,
    commissions: Sequence[Commission],
    absences: pl.DataFrame,
    first: date,
    last: date,
    now: datetime,
) -> list[Week]:
    """The weeks from Monday `first` to Sunday `last` of everybody with a package or a planned visit in them.

    `visits` are attendances as domain.visit gives them, `absences` in ABSENCES.
    """
    done = {(row["person"], row["monday"]): row for row in _sums(visits, absences, now).to_dicts()}
    asked = _asked(commissions, first, last)
    return [
        _week(key, asked.get(key, []), done.get(key), absences)
        for key in sorted({*done, *asked}, key=lambda key: (key[0], key[1]))
    ]


def planned_visits(rows: pl.DataFrame, absences: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """One row for each visit that a package asked for and somebody planned, from attendances in VISIT_SCHEMA.

    `status` is the best of its attendances, `made` whether anybody's settled time is recorded at it, `delivered` that
    time in seconds. `outcome` is one of OUTCOMES: `unsettled` is over, and nothing yet says whether anybody came. A
    visit to somebody who was away (`absences`, in ABSENCES) is not missed but suspended, as on invoices.
    """
    day = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    known = pl.col("actual_start").is_not_null() & pl.col("actual_end").is_not_null()
    counts = known & pl.col("unresolved").is_null()
    ranks = {name: place for place, name in enumerate(_RANK)}
    visits = (
        rows.filter(pl.col("contract_id").is_not_null() & ~pl.col("unplanned"))
        .with_columns(rank=pl.col("status").replace_strict(ranks, return_dtype=pl.Int64), counts=counts)
        .group_by("visit_id", maintain_order=True)
        .agg(
            reference=pl.col("reference").first(),
            person=pl.col("service_user_id").first(),
            day=day.first(),
            planned_start=pl.col("planned_start").first(),
            planned_end=pl.col("planned_end").first(),
            carers=pl.col("carers").first(),
            planned=(pl.col("planned_end") - pl.col("planned_start")).dt.total_seconds().first(),
            delivered=(pl.col("actual_end") - pl.col("actual_start"))
            .dt.total_seconds()
            .filter(pl.col("counts"))
            .sum(),
            made=pl.col("counts").any(),
            rank=pl.col("rank").min(),
            over=(pl.col("planned_end") <= now).first(),
            cancelled_by=pl.col("cancelled_by").first(),
        )
        .with_columns(status=pl.col("rank").replace_strict(dict(enumerate(_RANK)), return_dtype=pl.String))
    )
    held = with_absence(visits.rename({"person": "service_user_id"}), absences)
    told = held.rename({"service_user_id": "person"})
    return told.with_columns(outcome=_outcome()).drop("rank", "suspended_day")


def _outcome() -> pl.Expr:
    status = pl.col("status")
    return (
        pl.when(pl.col("made") & (status == "completed"))
        .then(pl.lit("made"))
        .when((status == "planned") & ~pl.col("over"))
        .then(pl.lit("to_come"))
        .when(status.is_in(["completed", "planned"]))
        .then(pl.lit("unsettled"))
        .otherwise(status)
    )


def _sums(rows: pl.DataFrame, absences: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Sums by person and week of the visits that a package asked for."""
    off = pl.col("outcome").is_in(["cancelled", "suspended"])
    return (
        planned_visits(rows, absences, now)
        .group_by("person", monday=pl.col("day").dt.truncate("1w"))
        .agg(
            planned_seconds=(pl.col("planned") * pl.col("carers")).filter(~off).sum(),
            delivered_seconds=pl.col("delivered").sum(),
            planned_visits=(~off).sum().cast(pl.Int64),
            called_off=off.sum().cast(pl.Int64),
            **{
                name: (pl.col("outcome") == name).sum().cast(pl.Int64)
                for name in ("made", "missed", "refused", "unsettled", "to_come")
            },
        )
    )


def _asked(
    commissions: Iterable[Commission], first: date, last: date
) -> dict[Key, list[tuple[Commission, int]]]:
    """The packages of each person's week, each with the days on which it was in force."""
    found: dict[Key, list[tuple[Commission, int]]] = {}
    for one in commissions:
        monday = first
        while monday <= last:
            end = min(one.ends_on or date.max, monday + timedelta(days=6))
            days = (end - max(one.starts_on, monday)).days + 1
            if days > 0:
                found.setdefault((one.person, monday), []).append((one, days))
            monday += _WEEK
    return found


_NOTHING: Final = dict.fromkeys(
    ("planned_seconds", "delivered_seconds", "planned_visits", "made", "missed", "refused", "called_off",
     "unsettled", "to_come"), 0,
)  # fmt: skip


def _week(
    key: Key,
    asked: Sequence[tuple[Commission, int]],
    done: Mapping[str, Any] | None,
    absences: pl.DataFrame,
) -> Week:
    sums = {name: (done or _NOTHING)[name] for name in _NOTHING}
    return Week(
        person=key[0],
        monday=key[1],
        packages=sorted({one.package for one, _ in asked}),
        commissioned_seconds=_sevenths(
            [(None if one.seconds is None else one.seconds * one.carers, days) for one, days in asked]
        ),
        commissioned_visits=_sevenths([(one.visits, days) for one, days in asked]),
        days_away=_days_away(absences, *key),
        **sums,
    )


def _sevenths(asked: Sequence[tuple[int | None, int]]) -> Fraction | None:
    """Weekly figures for the days on which they hold; null if one of them is not known, or there is none."""
    told = [Fraction(figure * days, 7) for figure, days in asked if figure is not None]
    return sum(told, Fraction(0)) if told and len(told) == len(asked) else None


def _days_away(absences: pl.DataFrame, person: str, monday: date) -> int:
    held = absences.filter(pl.col("service_user_id") == person).select(
        pl.col("away_from"), pl.coalesce("away_until", pl.date(9999, 12, 31)).alias("away_until")
    )
    days = [monday + timedelta(days=number) for number in range(7)]
    return sum(any(start <= day <= end for start, end in held.iter_rows()) for day in days)
