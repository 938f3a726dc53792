"""A manager retires a card, fob or tag: it was lost, taken down or replaced."""

from typing import Final
from uuid import UUID

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query

LONGEST_REASON: Final = 200


async def retire_tag(provider_id: UUID, tag_id: UUID, reason: str, user: UUID | None = None) -> None:
    """From now on the tag proves nothing; what it proved before stays. Raises DomainError."""
    said = reason.strip()
    if not 1 <= len(said) <= LONGEST_REASON or not said.isprintable():
        raise DomainError("bad_request", f"Say why in 1 to {LONGEST_REASON} characters.")
    async with db.as_provider(provider_id) as connection:
        if not await connection.fetchval(query("tags.known"), provider_id, tag_id):
            raise DomainError("not_found", f"No tag has the id {tag_id}.")
        done = await connection.fetchval(query("tags.retire"), provider_id, tag_id, clock.now(), said, user)
    if done is None:
        raise DomainError("conflict", "This tag was retired before.")
