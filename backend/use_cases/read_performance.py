"""How providers kept to what was planned, month by month, on all facts held: each reader's own visits alone."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.absences import ABSENCES
from backend.domain.measures import Measures
from backend.domain.performance import OWN, USUAL, Performance, by_hour, performance
from backend.domain.shares import percent, two_places
from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.statute.measures import measures_on
from backend.use_cases.parties import parties
from backend.use_cases.travel_paid import TravelPaid, read_travel_paid
from backend.use_cases.verified_visits import verified_visits
from backend.use_cases.viewer import Viewer
from schemas.documents import Party
from schemas.performance import Figure, HourOfStarts, MonthOfFigures, ProviderPerformance

MOST_MONTHS: Final = 3
SHARES: Final = (
    ("punctual", "measure-punctual", "punctual", "began"),
    ("late", "measure-punctual", "late", "began"),
    ("early", "measure-punctual", "early", "began"),
    ("stayed", "measure-stay", "stayed_s", "planned_s"),
    ("full", "measure-stay", "full", "timed"),
    ("made", "measure-delivered", "made", "due"),
    ("carers_met", "measure-continuity", "met", "people"),
    ("by_main", "measure-continuity", "by_main", "began"),
    ("at_home", "measure-at-home", "at_home", "began"),
    ("as_recorded", "measure-manual", "unedited", "worked"),
    ("travel_paid", "measure-travel-paid", "paid", "gaps"),
)
"""Each figure: its name, its rule, what it counts of what."""
COUNTS: Final = (
    "missed", "cancelled_by_provider", "cancelled_by_person", "cancelled_by_commissioner", "cancelled_by_nobody_said",
    "refused", "suspended", "unsettled", "to_come",
)  # fmt: skip
"""What became of the visits that were not made: figures without a whole."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A provider's performance in whole months, and the measures of each."""

    provider_id: UUID
    party: Party
    found: Performance
    measures: Mapping[date, Measures]


async def read_performance(
    viewer: Viewer, first: date, last: date, provider: str | None = None, published: bool = False
) -> list[ProviderPerformance]:
    """The months that begin with `first` to `last` of each provider, or of the one with a reference.

    An auditor is shown no figure about fewer people than the measures allow, and nobody is shown one in what is
    `published`. Raises DomainError bad_request or not_found.
    """
    chosen = await _chosen(viewer, provider, "performance")
    told = [await _provider(viewer, provider_id, first, last, published) for provider_id in chosen]
    return sorted((one for one in told if one is not None), key=lambda one: one.provider_name)


async def measured(viewer: Viewer, provider_id: UUID, first: date, last: date) -> Measured:
    """What the figures of a provider are made of. Raises DomainError bad_request."""
    months = months_between(first, last)
    measures = {month: _measures(month) for month in months}
    closes = london_midnight(after(last))
    now = clock.now()
    async with db.as_reader(provider_id) as connection:
        opens, payer = london_midnight(first), viewer.commissioner
        visits = await verified_visits(
            connection, provider_id, opens, closes, as_of=now, commissioner_id=payer
        )
        own = await connection.fetch(query("performance.contracts"), provider_id, now)
        people = [UUID(person) for person in visits["service_user_id"].drop_nulls().unique().sort()]
        away = await connection.fetch(query("invoices.absences"), provider_id, people, now)
        names = await parties(connection, [provider_id])
    found = await asyncio.to_thread(_performance, visits, away, own, measures, now)
    return Measured(provider_id, names[provider_id], found, measures)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months. Raises DomainError bad_request."""
    months = [first]
    while months[-1] < last and len(months) <= MOST_MONTHS:
        months.append(after(months[-1]))
    if last < first or len(months) > MOST_MONTHS:
        raise DomainError("bad_request", f"Ask for one to {MOST_MONTHS} months, the first before the last.")
    return months


def after(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


async def chosen_provider(viewer: Viewer, provider: str) -> UUID:
    """The one provider of this reference among the reader's. Raises DomainError not_found."""
    [found] = await _chosen(viewer, provider, f"performance in detail: {provider}")
    return found


async def _chosen(viewer: Viewer, provider: str | None, what: str) -> list[UUID]:
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        names = await parties(connection, providers)
        chosen = [one for one in providers if provider in (None, names[one].reference)]
        if provider is not None and not chosen:
            raise DomainError("not_found", "There is no such provider among those whose visits you may see.")
        for provider_id in chosen:
            await viewer.note(connection, provider_id, what, None)
    return chosen


def _measures(month: date) -> Measures:
    try:
        return measures_on(month)
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be measured so far back: {error}.") from error


def _performance(
    visits: pl.DataFrame, away: list[Any], own: list[Any], measures: Mapping[date, Measures], now: datetime
) -> Performance:
    usual = [
        (month, each.punctual_minutes * 60, each.full_length_percent, each.main_carers)
        for month, each in measures.items()
    ]
    said = pl.DataFrame([tuple(row) for row in own], OWN, orient="row")
    absences = pl.DataFrame([tuple(row) for row in away], ABSENCES, orient="row")
    return performance(visits, absences, said, pl.DataFrame(usual, USUAL, orient="row"), now)


async def _provider(
    viewer: Viewer, provider_id: UUID, first: date, last: date, published: bool
) -> ProviderPerformance | None:
    about = await measured(viewer, provider_id, first, last)
    if about.found.visits.is_empty():
        return None
    async with viewer.transaction() as connection:
        travel = await read_travel_paid(
            connection, viewer, provider_id, first, after(last) - timedelta(days=1)
        )
    few = few_months(about) if published or viewer.role == "auditor" else set()
    carers_known = not published and viewer.role != "commissioner"
    used = about.found.attendances
    return ProviderPerformance(
        provider=about.party.reference,
        provider_name=about.party.name,
        months=[
            _month(row, travel, about.measures[row["month"]], row["month"] in few, carers_known)
            for row in about.found.months.to_dicts()
        ],
        hours=[] if few else [HourOfStarts(**row) for row in by_hour(used).to_dicts()],
        punctual_minutes=[seconds // 60 for seconds in used["punctual_s"].unique().sort()],
        full_length_percent=list(used["full_percent"].unique().sort()),
    )


def few_months(about: Measured) -> set[date]:
    """The months in which so few people had visits that a figure would say something about each of them."""
    counted = about.found.visits.group_by("month").agg(pl.col("person").n_unique())
    return {month for month, people in counted.iter_rows() if people < about.measures[month].fewest_shown}


def _month(
    row: dict[str, Any], travel: TravelPaid, measures: Measures, few: bool, carers_known: bool
) -> MonthOfFigures:
    paid = travel.months.filter(pl.col("month") == row["month"])
    gaps = dict.fromkeys(paid.columns, 0) if paid.is_empty() else paid.row(0, named=True)
    few_carers = 0 < gaps["workers"] < measures.fewest_shown and not carers_known
    said_by = sum(row[f"cancelled_by_{who}"] for who in ("person", "commissioner", "provider"))
    told = {
        **gaps,
        **row,
        "unedited": row["worked"] - row["corrected"],
        "cancelled_by_nobody_said": row["cancelled"] - said_by,
    }
    return MonthOfFigures(month=row["month"], figures=list(_figures(told, few, few_carers)))


def _figures(told: Mapping[str, Any], few: bool, few_carers: bool) -> Iterator[Figure]:
    for name, rule, part, whole in SHARES:
        if few or (few_carers and name == "travel_paid"):
            yield Figure(name=name, rule=rule, part=None, whole=None, value=None, hidden=True)
            continue
        counted, of = told[part], told[whole]
        average = two_places(Fraction(counted, of)) if of else None
        value = average if name == "carers_met" else percent(counted, of)
        yield Figure(name=name, rule=rule, part=counted, whole=of, value=value)
    for name in COUNTS:
        number = None if few else told[name]
        yield Figure(name=name, rule="measure-delivered", part=number, whole=None, value=None, hidden=few)
