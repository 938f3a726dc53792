"""Events for a manager to look at, oldest first: kept but not counted, or waiting for days for the event before."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend import clock, db
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.release_event import may_be_released

PAGE: Final = 200

After = tuple[datetime, UUID]


async def read_quarantine(
    provider_id: UUID, after: After | None = None, carer: str | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of events with their `carer` named and whether each is `releasable`; whether more follow.

    One that merely waits has the code chain_waiting: it counts already. `carer`: only those of this reference.
    """
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        waiting_since = now - timedelta(days=policy.chain_waiting_flag_days)
        people = await connection.fetch(query("console.carers"), provider_id)
        rows = await connection.fetch(
            query("console.quarantine"), provider_id, *(after or (None, None)), PAGE + 1, waiting_since, carer
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
