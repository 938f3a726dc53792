"""What a commissioner asked for beside what its people got, by person and week, on all facts held."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend import clock, db
from backend.domain.absences import ABSENCES
from backend.domain.delivered import Commission, Week, delivered_weeks, monday_of
from backend.domain.shares import percent, two_places
from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.verified_visits import verified_visits
from backend.use_cases.viewer import Viewer
from schemas.delivered import DeliveredBlock, DeliveredCare, DeliveredWeek

LONGEST_DAYS: Final = 92


async def read_delivered(viewer: Viewer, first: date, last: date) -> list[DeliveredCare]:
    """The weeks of London dates `first` to `last`, whole, for each provider of the reader; no carer is named.

    A commissioner sees the packages that it commissioned, and people by reference. Raises DomainError bad_request.
    """
    _refuse(first, last)
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        for provider_id in providers:
            await viewer.note(connection, provider_id, "delivered care", None)
    commissioner = None if viewer.provider else viewer.organisation_id
    found = [await delivered_care(provider_id, first, last, commissioner) for provider_id in providers]
    return sorted((care for care in found if care.weeks or care.blocks), key=lambda care: care.provider)


def _refuse(first: date, last: date) -> None:
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise DomainError(
            "bad_request", f"Ask for one day to {LONGEST_DAYS} days, the first before the last."
        )


async def delivered_care(
    provider_id: UUID, first: date, last: date, commissioner: UUID | None = None
) -> DeliveredCare:
    """The same of one provider, for one commissioner alone or for the provider itself, which sees names."""
    _refuse(first, last)
    opens, closes = monday_of(first), monday_of(last) + timedelta(days=6)
    now = clock.now()
    async with db.as_reader(provider_id) as connection:
        start, end = london_midnight(opens), london_midnight(closes + timedelta(days=1))
        ours = await verified_visits(
            connection, provider_id, start, end, as_of=now, commissioner_id=commissioner
        )
        rows = await connection.fetch(
            query("delivered.packages"), provider_id, opens, closes, now, commissioner
        )
        commissions = [_commission(row) for row in rows]
        people = {one.person for one in commissions} | set(ours["service_user_id"].drop_nulls())
        named, absences = await _about(connection, provider_id, people, now)
        names = await parties(connection, [provider_id])
        blocks = await connection.fetch(query("delivered.blocks"), provider_id, opens, closes, commissioner)
    weeks = await asyncio.to_thread(delivered_weeks, ours, commissions, absences, opens, closes, now)
    told = [_told(week, named[week.person], commissioner is None) for week in weeks]
    return DeliveredCare(
        provider=names[provider_id].reference,
        provider_name=names[provider_id].name,
        from_=opens,
        until=closes,
        weeks=sorted(told, key=lambda week: (week.person, week.week)),
        blocks=[_block(row) for row in blocks],
    )


def _block(row: asyncpg.Record) -> DeliveredBlock:
    seconds, used = row["seconds"], row["used_seconds"]
    return DeliveredBlock(
        contract=row["contract"],
        block=row["block"],
        start=row["starts_on"],
        end=row["ends_on"],
        bought_hours=two_places(Fraction(seconds, 3600)),
        used_hours=two_places(Fraction(used, 3600)),
        unused_hours=two_places(Fraction(seconds - used, 3600)),
    )


async def _about(
    connection: asyncpg.Connection, provider_id: UUID, people: set[str], now: datetime
) -> tuple[Mapping[str, asyncpg.Record], pl.DataFrame]:
    """Reference and name of each person, and the absences recorded of them."""
    wanted = [UUID(person) for person in sorted(people)]
    named = await connection.fetch(query("delivered.people"), provider_id, wanted, now)
    away = await connection.fetch(query("invoices.absences"), provider_id, wanted, now)
    return (
        {row["person"]: row for row in named},
        pl.DataFrame([tuple(row) for row in away], ABSENCES, orient="row"),
    )


def _commission(row: asyncpg.Record) -> Commission:
    return Commission(
        row["package"],
        row["person"],
        row["starts_on"],
        row["ends_on"],
        row["carers"],
        row["visits_per_week"],
        row["seconds_per_week"],
    )


def _told(week: Week, about: Mapping[str, Any], with_name: bool) -> DeliveredWeek:
    hours, visits = week.commissioned_seconds, week.commissioned_visits
    return DeliveredWeek(
        person=about["reference"],
        name=about["name"] if with_name else None,
        week=week.monday,
        packages=list(week.packages),
        commissioned_hours=None if hours is None else two_places(hours / 3600),
        planned_hours=two_places(Fraction(week.planned_seconds, 3600)),
        delivered_hours=two_places(Fraction(week.delivered_seconds, 3600)),
        delivered_percent=percent(week.delivered_seconds, hours) if hours else None,
        commissioned_visits=None if visits is None else two_places(visits),
        planned_visits=week.planned_visits,
        made=week.made,
        missed=week.missed,
        refused=week.refused,
        called_off=week.called_off,
        unsettled=week.unsettled,
        to_come=week.to_come,
        days_away=week.days_away,
    )
