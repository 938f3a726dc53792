"""Tell the office about visits that are late, missed, or have run far over without a check-out, and silent phones."""

from datetime import datetime
from uuid import UUID

from backend import db, settings
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.provider_policy import provider_policy


async def raise_alerts(provider_id: UUID | None, now: datetime) -> str:
    """Raise each alert once for each visit, or each silence. Returns what was raised, in words."""
    assert provider_id is not None
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        late = await connection.fetch(
            query("jobs.late_visits"),
            provider_id,
            now,
            policy.late_after_minutes,
            policy.missed_after_minutes,
        )
        missed = await connection.fetch(
            query("jobs.missed_visits"), provider_id, now, policy.missed_after_minutes
        )
        overdue = await connection.fetch(
            query("jobs.overdue_visits"), provider_id, now, policy.overdue_after_minutes
        )
        silent = await connection.fetch(
            query("jobs.silent_phones"), provider_id, now, settings.current().silent_hours
        )
    return f"{len(late)} late, {len(missed)} missed, {len(overdue)} overdue, {len(silent)} silent"
