"""Which providers a command is for."""

from typing import Any

from backend.faults import DomainError
from backend.sql import query


async def providers(wanted: str | None) -> list[tuple[Any, str]]:
    """Id and reference of every provider, or of the one wanted. Raises DomainError not_found."""
    from backend import db

    async with db.as_system() as connection:
        rows = await connection.fetch(query("jobs.every_provider"))
    found = [(row["id"], row["reference"]) for row in rows if wanted in (None, row["reference"])]
    if wanted is not None and not found:
        raise DomainError("not_found", f"There is no provider with the reference {wanted}.")
    return found
