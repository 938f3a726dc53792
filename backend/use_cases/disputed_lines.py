"""What raising, answering and deciding a dispute have in common."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from backend.faults import DomainError
from backend.sql import query
from schemas.cells import parse_text


def in_words(text: str, missing: str, parse: Callable[[str], str] = parse_text) -> str:
    """What somebody wrote. Raises DomainError bad_request: `missing` if it is nothing, else what is wrong with it."""
    said = text.strip()
    if not said:
        raise DomainError("bad_request", missing)
    try:
        return parse(said)
    except ValueError as error:
        raise DomainError("bad_request", f"The text {error}.") from error


async def open_dispute(
    connection: asyncpg.Connection, provider_id: UUID, dispute_id: UUID
) -> Mapping[str, Any]:
    """A dispute that nobody has decided; nobody else says anything about its visit until the transaction ends.

    Raises DomainError not_found, or conflict once it is decided.
    """
    asked = (query("disputes.listed"), [provider_id], dispute_id, None, False, None, None, 1)
    row = await connection.fetchrow(*asked)
    if row is None:
        raise DomainError("not_found", "There is no such dispute.")
    await connection.execute(query("disputes.lock"), row["visit_id"])
    row = await connection.fetchrow(*asked)
    if row["outcome"] is not None:
        raise DomainError(
            "conflict", "This dispute is decided. If the payer does not agree, it can raise another."
        )
    found: Mapping[str, Any] = row
    return found
