"""What late facts change of periods whose reports are frozen: the next report says it, once.

A frozen figure stays. Every report of a pay cycle says what changed of all earlier ones since the newest report before
it, so that its successors begin where it ended.
"""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import asyncpg

from backend.sql import query
from backend.use_cases.changes_between import changes_between
from backend.use_cases.late_facts import late_facts
from backend.use_cases.rulebook import packaged_rulebook
from backend.use_cases.wage_report_facts import RecordedWages, recorded_pay
from backend.use_cases.worked_days import MARGIN, recorded_days
from schemas.changes import EarlierChange


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
    dated = await connection.fetch(query("changes.touched"), provider_id, since, as_of)
    late = await late_facts(connection, provider_id, since, as_of)
    days = late.days | {row["day"] for row in dated}
    found: list[EarlierChange] = []
    for row in await connection.fetch(query("changes.reported"), provider_id, pay_cycle, since):
        first, last = row["period_start"], row["period_end"]
        by_policy = late.policy_from is not None and late.policy_from <= last
        if by_policy or any(first - MARGIN <= day <= last + MARGIN for day in days):
            before, after = await _both(
                connection, provider_id, pay_cycle, (first, last), since, as_of, today
            )
            found += await asyncio.to_thread(changes_between, before, after, today, packaged_rulebook())
    return found


async def _both(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    period: tuple[date, date],
    since: datetime,
    as_of: datetime,
    today: date,
) -> tuple[RecordedWages, RecordedWages]:
    """What was recorded about a period up to both instants. Pay and employments are as they are known now, but for the
    way of travelling, which was what it was.
    """
    then = await recorded_days(connection, provider_id, *period, as_of=since)
    now = await recorded_days(connection, provider_id, *period, as_of=as_of)
    after = await recorded_pay(connection, provider_id, pay_cycle, now, as_of, today, miles={})
    travelled = {row["employment_id"]: row["mode"] for row in then.employments}
    employments = [
        {**row, "mode": travelled.get(row["employment_id"], row["mode"])} for row in now.employments
    ]
    return replace(after, days=replace(then, employments=employments)), after
