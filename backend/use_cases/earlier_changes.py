"""What late events and corrections change of periods whose reports are frozen: the next report says it, once.

A frozen figure stays. Every report of a pay cycle says what changed of all earlier ones since the newest report before
it, so that its successors begin where it ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend.sql import query
from backend.use_cases.changes_between import changes_between
from backend.use_cases.known_journeys import known_journeys
from backend.use_cases.rulebook import packaged_rulebook
from backend.use_cases.wage_report_facts import RecordedWages, recorded_pay
from backend.use_cases.worked_days import MARGIN, RecordedDays, recorded_days, recorded_places
from schemas.changes import EarlierChange

_JOURNEY: Final = ("mode", "from_lat", "from_lon", "to_lat", "to_lon")


async def newest_report(connection: asyncpg.Connection, provider_id: UUID, pay_cycle: str) -> datetime | None:
    """Up to when the newest frozen report of the pay cycle knew the facts; null where none is frozen."""
    found: datetime | None = await connection.fetchval(query("changes.newest"), provider_id, pay_cycle)
    return found


async def earlier_changes(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    since: datetime | None,
    as_of: datetime,
    today: date,
) -> list[EarlierChange]:
    """What facts recorded after `since` and up to `as_of` change of the periods that were reported by `since`."""
    if since is None or since >= as_of:
        return []
    touched = [
        row["day"] for row in await connection.fetch(query("changes.touched"), provider_id, since, as_of)
    ]
    found: list[EarlierChange] = []
    for row in await connection.fetch(query("changes.reported"), provider_id, pay_cycle, since):
        first, last = row["period_start"], row["period_end"]
        if any(first - MARGIN <= day <= last + MARGIN for day in touched):
            before, after = await _both(connection, provider_id, pay_cycle, row, since, as_of, today)
            found += changes_between(before, after, today, packaged_rulebook())
    return found


async def _both(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    row: Mapping[str, Any],
    since: datetime,
    as_of: datetime,
    today: date,
) -> tuple[RecordedWages, RecordedWages]:
    """What was recorded about a period up to both instants. Pay and employments are as they are known now, and journeys
    that were estimated in the period's own report keep that estimate.
    """
    first, last = row["period_start"], row["period_end"]
    then = await recorded_days(connection, provider_id, first, last, as_of=since)
    now = await recorded_days(connection, provider_id, first, last, as_of=as_of)
    frozen = await known_journeys(connection, provider_id, recorded_places(now), row["frozen_as_of"])
    after = await recorded_pay(
        connection, provider_id, pay_cycle, _estimated(now, frozen), as_of, today, miles={}
    )
    before = _estimated(replace(then, employments=now.employments), frozen)
    return replace(after, days=before), after


def _estimated(days: RecordedDays, frozen: Sequence[Mapping[str, Any]]) -> RecordedDays:
    """The days with what is frozen of their journeys in place of later answers."""
    held = {tuple(row[name] for name in _JOURNEY): row for row in frozen}
    journeys = [held.get(tuple(row[name] for name in _JOURNEY), row) for row in days.journeys]
    return replace(days, journeys=journeys)
