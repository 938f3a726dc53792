"""How issued documents stand: paid, disputed, credited or waiting."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from backend.domain.invoice_state import Standing, standing
from backend.sql import query


async def standings(
    connection: asyncpg.Connection, providers: Sequence[UUID], documents: Sequence[UUID]
) -> dict[UUID, Standing]:
    """By document, of those that the transaction may see."""
    rows = await connection.fetch(query("payments.standings"), list(providers), list(documents))
    return {
        row["id"]: standing(
            row["total_pence"], row["vat_pence"], [row["paid"]], [row["changed"]], row["disputes"]
        )
        for row in rows
    }
