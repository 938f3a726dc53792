"""Events that were kept but do not count, for a manager to look at, oldest first."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend import db
from backend.sql import query
from backend.use_cases.release_event import may_be_released

PAGE: Final = 200

After = tuple[datetime, UUID]


async def read_quarantine(provider_id: UUID, after: After | None = None) -> tuple[list[dict[str, Any]], bool]:
    """A page of events with their `carer` named and whether each is `releasable`; whether more follow."""
    async with db.as_provider(provider_id) as connection:
        people = await connection.fetch(query("console.carers"), provider_id)
        rows = await connection.fetch(
            query("console.quarantine"), provider_id, *(after or (None, None)), PAGE + 1
        )
    names = {row["carer_id"]: row["name"] for row in people}
    found = [
        {
            **row,
            "carer": names.get(row["carer_id"], "unknown"),
            "releasable": may_be_released(
                row["code"], row["event_id"] is not None and row["paid_at"] is not None
            ),
        }
        for row in rows[:PAGE]
    ]
    return found, len(rows) > PAGE
