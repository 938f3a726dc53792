"""A manager decides about several things that wait, for one reason. Each is decided separately, with an outcome of its
own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from backend import clock, db
from backend.domain.queue import DECISIONS, Item
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.release_event import release_event

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `refused` says why nothing did."""

    item: Item
    refused: str | None


async def decide_together(
    provider_id: UUID, user_id: UUID, items: Sequence[Item], decision: str, reason: str
) -> list[Outcome]:
    """Decide about each of the items, in a transaction of its own, by the rules that hold for one alone.

    Raises DomainError bad_request, and then nothing was decided: without a reason, for things of several kinds,
    corrections for several reasons, or a decision that is none for their kind.
    """
    said = reason.strip()
    _refuse_mixed(items, decision)
    if not said or len(said) > LONGEST_REASON:
        raise DomainError(
            "bad_request", f"Say why, in at most {LONGEST_REASON} characters: it is kept with each."
        )
    return [Outcome(item, await _refused(provider_id, user_id, item, decision, said)) for item in items]


def _refuse_mixed(items: Sequence[Item], decision: str) -> None:
    if decision not in DECISIONS:
        raise DomainError("bad_request", "Choose what to decide.")
    if not items:
        raise DomainError("bad_request", "Tick at least one that still waits.")
    if any(item.kind not in DECISIONS[decision] for item in items):
        raise DomainError(
            "bad_request", "This cannot be decided about all that you ticked: tick those of one kind."
        )
    if len({(item.kind, item.code, item.detail) for item in items if item.kind == "correction"}) > 1:
        raise DomainError(
            "bad_request",
            "The ticked corrections are for different reasons: decide about one reason at a time.",
        )


async def _refused(provider_id: UUID, user_id: UUID, item: Item, decision: str, reason: str) -> str | None:
    try:
        if decision in ("accepted", "declined"):
            await decide_correction(provider_id, UUID(item.id), user_id, cast(Any, decision), reason)
        elif decision == "released":
            await release_event(provider_id, UUID(item.id), user_id, reason)
        else:
            await _acknowledge(provider_id, user_id, item, reason)
    except DomainError as error:
        return error.detail
    return None


async def _acknowledge(provider_id: UUID, user_id: UUID, item: Item, reason: str) -> None:
    async with db.as_provider(provider_id) as connection:
        values = (item.kind, UUID(item.id), user_id, clock.now(), reason)
        await connection.execute(query("queue.acknowledge"), provider_id, *values)
