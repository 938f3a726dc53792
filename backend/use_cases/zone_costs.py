"""What travel and waiting cost for each hour of care, by price level, zone and service of the visits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.money import half_up, pounds
from backend.domain.zone import LEVELS, zone_of
from backend.domain.zone_costs import GroupCost, Stretch, costs
from backend.sql import query
from backend.use_cases.pay_preview import Terms
from backend.use_cases.worked_days import CarersDays
from schemas.what_if import ZoneCost, ZoneCosts

NOT_KNOWN: Final = "not known"
ALL: Final = "all"
_KINDS: Final = ("contact", "travel", "waiting")


@dataclass(frozen=True, slots=True)
class Where:
    """What a visit is priced by. `level`: the rural-urban level of its postcode, else of its zone's name."""

    level: str
    zone: str
    service: str


@dataclass(frozen=True, slots=True)
class Timed:
    """Contact, travel or waiting of one employment on one London date, for a visit. Rates as in Stretch."""

    where: Where
    stretch: Stretch


UNKNOWN: Final = Where(NOT_KNOWN, NOT_KNOWN, NOT_KNOWN)


async def places_of(
    connection: asyncpg.Connection, provider_id: UUID, visits: Iterable[str], as_of: datetime
) -> dict[str, Where]:
    """Where planned visits are, by visit, for those that the reader may see."""
    wanted = [UUID(visit) for visit in visits]
    rows = await connection.fetch(query("zone_costs.places"), provider_id, wanted, as_of)
    return {row["visit_id"]: Where(_level(row), row["zone"], row["service"]) for row in rows}


def _level(row: Mapping[str, Any]) -> str:
    found = zone_of(row["rural_urban"])
    return found or (row["zone"] if row["zone"] in LEVELS else NOT_KNOWN)


def timed_days(
    days: CarersDays, places: Mapping[str, Where], terms: Terms, minimum: Mapping[str, Decimal]
) -> list[Timed]:
    """The time of every employment that has a rate in `minimum` (pounds an hour, by employment)."""
    segments = days.segments.filter(
        pl.col("kind").is_in(_KINDS), pl.col("employment_id").is_in(list(minimum))
    )
    sums = (
        _with_ends(segments, days.behind.worked.gaps)
        .group_by("employment_id", "date", "kind", "visit", "to", "from", maintain_order=True)
        .agg(pl.col("seconds").sum())
    )
    agreed = {key: row["pay_terms"] for key, row in days.employments.items()}
    return [
        _timed(row, places, _rate(terms, agreed[row["employment_id"]], row), minimum[row["employment_id"]])
        for row in sums.iter_rows(named=True)
    ]


def _with_ends(segments: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Segments with `from` and `to` of the gap that they lie in: waiting that somebody recorded does not name it."""
    real = gaps.filter(pl.col("gap_end") > pl.col("gap_start")).sort("gap_start")
    ends = real.select("day", "gap_start", "gap_end", gap_from="from", gap_to="to")
    # both sides are sorted just here, which Polars cannot see past `by`
    held = segments.sort("start").join_asof(
        ends, left_on="start", right_on="gap_start", by="day", check_sortedness=False
    )
    inside = pl.col("visit").is_null() & (pl.col("start") < pl.col("gap_end"))
    return held.with_columns(
        pl.coalesce(name, pl.when(inside).then(f"gap_{name}")).alias(name) for name in ("from", "to")
    )


def _timed(
    row: Mapping[str, Any], places: Mapping[str, Where], rate: Decimal | None, minimum: Decimal
) -> Timed:
    return Timed(about(row, places), Stretch(ALL, row["kind"], row["seconds"], rate, minimum))


def _rate(terms: Terms, reference: str | None, row: Mapping[str, Any]) -> Decimal | None:
    day: date = row["date"]
    held = terms.on(reference, day)
    return None if held is None else held.rates.hourly(row["kind"])


def is_visit(name: str | None) -> bool:
    """Whether a stop's name is a visit's id: activities are named by kind and instant."""
    try:
        return name is not None and bool(UUID(name))
    except ValueError:
        return False


def about(row: Mapping[str, Any], places: Mapping[str, Where]) -> Where:
    """Where time counts: at its own visit; in a gap at the visit it leads to, else at the one before."""
    named = (row["visit"], row["to"], row["from"])
    return next((places[visit] for visit in named if visit in places), UNKNOWN)


def zone_costs(timed: Sequence[Timed], with_terms: bool = True) -> ZoneCosts:
    """The costs by level, zone and service. Without `with_terms` what the terms pay is left out."""
    return ZoneCosts(
        by_level=_told([(one.where.level, one) for one in timed], with_terms, LEVELS),
        by_zone=_told([(one.where.zone, one) for one in timed], with_terms),
        by_service=_told([(one.where.service, one) for one in timed], with_terms),
        total=_cost(ALL, costs(one.stretch for one in timed).get(ALL, GroupCost()), with_terms),
    )


def _told(
    grouped: Sequence[tuple[str, Timed]], with_terms: bool, order: Sequence[str] = ()
) -> list[ZoneCost]:
    found = costs(replace(one.stretch, group=group) for group, one in grouped)
    ranks = {name: rank for rank, name in enumerate(order)}
    names = sorted(found, key=lambda name: (name == NOT_KNOWN, ranks.get(name, len(ranks)), name))
    return [_cost(name, found[name], with_terms) for name in names]


def _cost(name: str, group: GroupCost, with_terms: bool) -> ZoneCost:
    return ZoneCost(
        name=name,
        contact=_minutes(group.contact),
        travel=_minutes(group.travel),
        waiting=_minutes(group.waiting),
        unpaid=_minutes(group.unpaid) if with_terms else None,
        at_terms=pounds(group.pence(group.terms)) if with_terms else None,
        at_minimum=pounds(group.pence(group.minimum)),
        at_terms_per_contact_hour=_pounds(group.pence_per_contact_hour(group.terms)) if with_terms else None,
        at_minimum_per_contact_hour=_pounds(group.pence_per_contact_hour(group.minimum)),
    )


def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else pounds(pence)


def _minutes(seconds: int) -> Decimal:
    """Minutes of at most two places, half up."""
    return Decimal(half_up(seconds * 10, 6)).scaleb(-2)
