"""Record what was found about one attendance of a sample. Only its drawer may; every word stays; the newest counts."""

from uuid import UUID

from backend import clock
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.viewer import Viewer


async def record_finding(viewer: Viewer, sample_id: UUID, position: int, deviates: bool, note: str) -> None:
    """Raises DomainError bad_request for a deviation that nobody describes, or not_found, for another's sample too."""
    said = note.strip()
    if deviates and not said:
        raise DomainError("bad_request", "Say in what it deviates.")
    async with viewer.transaction() as connection:
        row = await connection.fetchrow(query("audit.sample"), await viewer.providers(connection), sample_id)
        if row is None:
            raise DomainError("not_found", "There is no such sample.")
        await connection.execute(query("audit.lock_flag"), str(sample_id), str(position))
        values = (row["provider_id"], sample_id, position, deviates, said, viewer.user_id, clock.now())
        if await connection.fetchval(query("audit.insert_finding"), *values) is None:
            raise DomainError("not_found", "No such attendance was drawn.")
