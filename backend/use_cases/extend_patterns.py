"""A job makes the visits of patterns as far as planning looks ahead, each day a day further."""

from datetime import datetime
from uuid import UUID

import asyncpg

from backend.use_cases.loading.pattern_visits import make_visits
from backend.use_cases.loading.report import Report
from backend.use_cases.loading.session import Scope, Session


async def extend_patterns(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> str:
    """Bring a provider's visits ahead up to what its patterns say. Returns what was done, in words."""
    session = Session(connection, now, Scope(provider=provider_id), Report())
    await session.enter(provider_id)
    counts = await make_visits(session, provider_id)
    session.report.refuse()
    return f"{counts.new} visits made, {counts.changed} changed"
