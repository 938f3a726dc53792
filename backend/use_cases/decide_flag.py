"""Say what became of a flag: explained, upheld, or open again. Every word is kept."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from backend import clock
from backend.domain.flag_states import Party, State, state_after
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.viewer import Viewer

SHORTEST_REASON = 10


async def decide_flag(viewer: Viewer, run_id: UUID, number: int, decision: State, reason: str) -> None:
    """Record a decision about a flag of a run; it holds for the same flag in later runs.

    Only the commissioner of the care may uphold a flag, or open one again; a provider can explain it. Raises
    DomainError bad_request without a reason, forbidden, or not_found.
    """
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise DomainError("bad_request", f"Say why in at least {SHORTEST_REASON} characters.")
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        run = await connection.fetchrow(query("audit.run"), providers, run_id, viewer.commissioner)
        key = run and await connection.fetchval(query("audit.flag_key"), run["provider_id"], run_id, number)
        if key is None:
            raise DomainError("not_found", "There is no such flag.")
        await connection.execute(query("audit.lock_flag"), str(run["provider_id"]), key)
        before = await connection.fetch(query("audit.decisions"), run["provider_id"], [key])
        state = _after(viewer, before, decision)
        values = (decision, state, said, viewer.user_id, viewer.organisation_id, clock.now())
        await connection.execute(query("audit.insert_decision"), run["provider_id"], key, *values)


def _after(viewer: Viewer, before: Sequence[Mapping[str, Any]], decision: State) -> State:
    """The state that a decision leads to, after those before. Raises DomainError forbidden."""
    state = cast(State, before[-1]["state"] if before else "open")
    upheld_by = [row["organisation_id"] for row in before if row["decision"] == "upheld"]
    after = state_after(state, _party(viewer, upheld_by[-1] if state == "upheld" else None), decision)
    if after is None:
        raise DomainError(
            "forbidden",
            "A provider can explain a flag; its commissioner decides whether it stands."
            if viewer.provider
            else "Another commissioner upheld this flag, and only it can open it again.",
        )
    return after


def _party(viewer: Viewer, upheld_by: UUID | None) -> Party:
    if viewer.provider:
        return "provider"
    return "commissioner" if upheld_by in (None, viewer.organisation_id) else "another_commissioner"
