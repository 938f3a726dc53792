"""Thousands of sessions with the same server: what one has learnt of the types that come with it, the others know."""

from types import SimpleNamespace
from typing import Any, Final

import asyncpg

FIRST_OF_OURS: Final = 16384
"""PostgreSQL gives no type of its own a number from here on: those below are the same in each of its databases."""


def share_types(patch: Any) -> None:
    """Ask once in a process, not in each session, what PostgreSQL's own types are: to ask takes it 8 ms."""
    asked = asyncpg.Connection._introspect_types
    known: dict[frozenset[int], Any] = {}

    async def share(session: asyncpg.Connection, numbers: set[int], seconds: float | None) -> tuple[Any, Any]:
        types = frozenset(numbers)
        if max(types) >= FIRST_OF_OURS:
            return await asked(session, numbers, seconds)  # type: ignore[no-any-return]
        if types not in known:
            known[types], statement = await asked(session, numbers, seconds)
            return known[types], statement
        return known[types], SimpleNamespace(name="none was made")

    patch.setattr(asyncpg.Connection, "_introspect_types", share)
