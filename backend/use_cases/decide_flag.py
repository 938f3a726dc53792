"""Say what became of a flag: explained, upheld, or open again. Every word is kept."""

from typing import Literal
from uuid import UUID

from backend import clock
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.viewer import Viewer

SHORTEST_REASON = 10
State = Literal["open", "explained", "upheld"]


async def decide_flag(viewer: Viewer, run_id: UUID, number: int, state: State, reason: str) -> None:
    """Record a decision about a flag of a run; it holds for the same flag in later runs.

    Only who commissions the care may uphold a flag, or open one again: a provider explains. Raises DomainError
    bad_request without a reason, forbidden, or not_found.
    """
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise DomainError("bad_request", f"Say why in at least {SHORTEST_REASON} characters.")
    if viewer.provider and state != "explained":
        raise DomainError(
            "forbidden", "A provider can explain a flag; its commissioner decides whether it stands."
        )
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        run = await connection.fetchrow(query("audit.run"), providers, run_id)
        key = run and await connection.fetchval(query("audit.flag_key"), run["provider_id"], run_id, number)
        if key is None:
            raise DomainError("not_found", "There is no such flag.")
        await connection.execute(query("audit.lock_flag"), str(run["provider_id"]), key)
        who = (viewer.user_id, viewer.organisation_id, clock.now())
        await connection.execute(query("audit.insert_decision"), run["provider_id"], key, state, said, *who)
