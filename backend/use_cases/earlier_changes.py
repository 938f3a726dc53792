"""What late facts change of periods whose reports are frozen: the next report says it, once.

A frozen figure stays. Every report of a pay cycle says in what all earlier periods differ by now from what is stated of
them, where something came since the newest report before it.
"""

import asyncio
from datetime import date, datetime
from uuid import UUID

import asyncpg

from backend.sql import query
from backend.use_cases.changes_between import changes_between
from backend.use_cases.late_facts import late_facts
from backend.use_cases.make_checkpoint import SLOWEST_CALL
from backend.use_cases.rulebook import packaged_rulebook
from backend.use_cases.stated_periods import StatedPeriods
from backend.use_cases.wage_report_facts import recorded_pay
from backend.use_cases.worked_days import MARGIN, recorded_days
from schemas.changes import EarlierChange


async def newest_report(connection: asyncpg.Connection, provider_id: UUID, pay_cycle: str) -> datetime | None:
    """Up to when the newest frozen report of the pay cycle knew the facts; null where none is frozen.

    Nobody else makes one of the cycle before this transaction ends, so that a change is told by one report alone.
    """
    await connection.execute(query("changes.lock"), provider_id, pay_cycle)
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
    """In what the periods that were reported by `since` differ, by facts recorded up to `as_of`, from what is stated of
    them.
    """
    if since is None or since >= as_of:
        return []
    # What a slow call brings is dated when the call came, and may have been committed after the newest report was made.
    came = since - SLOWEST_CALL
    dated = await connection.fetch(query("changes.touched"), provider_id, came, as_of)
    late = await late_facts(connection, provider_id, came, as_of)
    days = late.days | {row["day"] for row in dated}
    stated = await StatedPeriods.read(connection, provider_id, pay_cycle, since)
    found: list[EarlierChange] = []
    for first, last in stated.periods():
        by_policy = late.policy_from is not None and late.policy_from <= last
        if by_policy or any(first - MARGIN <= day <= last + MARGIN for day in days):
            known = await recorded_days(connection, provider_id, first, last, as_of=as_of)
            now = await recorded_pay(connection, provider_id, pay_cycle, known, as_of, today, miles={})
            said = await stated.of((first, last))
            found += await asyncio.to_thread(changes_between, said, now, today, packaged_rulebook())
    return found
