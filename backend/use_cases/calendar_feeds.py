"""A calendar of a carer's own visits, at an address that cannot be guessed: made for her, read, and revoked."""

import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from backend import clock, db, settings
from backend.documents.calendar_feed import CalendarVisit, calendar_feed
from backend.domain.time import london_date, london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.sign_in import token_hash

PATH: Final = "/calendar"
ENDING: Final = ".ics"
DAYS_BACK: Final = 14
DAYS_AHEAD: Final = 42
"""About as far as rotas are planned, and far enough back to look a week up."""


async def read_feeds(provider_id: UUID) -> list[dict[str, Any]]:
    """The calendars in use: id, carer's reference and name, created_at, read_at (to the day)."""
    async with db.as_provider(provider_id) as connection:
        return [dict(row) for row in await connection.fetch(query("calendar_feeds.feeds"), provider_id)]


async def make_feed(provider_id: UUID, carer: str, user_id: UUID) -> str:
    """The address of a new calendar of a carer, in place of any she has. Raises DomainError bad_request."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    async with db.as_provider(provider_id) as connection:
        carer_id = await connection.fetchval(query("calendar_feeds.carer"), provider_id, carer)
        if carer_id is None:
            raise DomainError("bad_request", "Choose a carer.")
        await connection.execute(query("calendar_feeds.revoke_of_carer"), provider_id, carer_id, now)
        kept = (provider_id, uuid4(), carer_id, token_hash(token), user_id, now)
        await connection.execute(query("calendar_feeds.add"), *kept)
    return f"{settings.current().base_url}{PATH}/{token}{ENDING}"


async def revoke_feed(provider_id: UUID, feed_id: UUID) -> None:
    """From now on the address leads nowhere. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        if (
            await connection.fetchval(query("calendar_feeds.revoke"), provider_id, feed_id, clock.now())
            is None
        ):
            raise DomainError("not_found", "There is no such calendar.")


async def read_feed(name: str) -> bytes:
    """The calendar at an address, as the rota is now. Raises DomainError not_found."""
    day = london_date(clock.now())
    async with db.as_system() as connection:
        token = token_hash(name.removesuffix(ENDING))
        found = await connection.fetchrow("SELECT * FROM calendar_of($1)", token)
    if found is None:
        raise DomainError("not_found", "There is no such calendar, or it was revoked.")
    provider_id = found["provider_id"]
    opens, closes = (
        london_midnight(day - timedelta(days=DAYS_BACK)),
        london_midnight(day + timedelta(days=DAYS_AHEAD)),
    )
    async with db.as_provider(provider_id) as connection:
        await connection.execute(
            query("calendar_feeds.note_read"), provider_id, found["id"], london_midnight(day)
        )
        wanted = (provider_id, found["carer_id"], opens, closes)
        rows = await connection.fetch(query("calendar_feeds.visits"), *wanted)
    visits = [
        CalendarVisit(id=row["visit_id"], **{k: v for k, v in row.items() if k != "visit_id"}) for row in rows
    ]
    return calendar_feed(visits, urlsplit(settings.current().base_url).hostname or "localhost")
