"""A manager says until when a place besides the home is approved."""

from datetime import date
from uuid import UUID

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.loading.approved_places import VERSIONS, ended
from backend.use_cases.loading.versions import append


async def end_place(provider_id: UUID, place: UUID, last: date, user: UUID | None = None) -> None:
    """Approve it no longer than the London date `last`. What was judged before stays. Raises DomainError."""
    async with db.as_provider(provider_id) as connection:
        await connection.execute(query("loading.lock"), str(provider_id))
        held = await connection.fetchrow(query("places.newest"), provider_id, place)
        if held is None:
            raise DomainError("not_found", f"No place has the id {place}.")
        if last < held["starts_on"]:
            raise DomainError("bad_request", f"It is approved from {held['starts_on']}: not before then.")
        counts = await append(connection, VERSIONS, [ended(held, last, user)], clock.now())
    if counts.unchanged:
        raise DomainError("conflict", f"It ends on {last} already.")
