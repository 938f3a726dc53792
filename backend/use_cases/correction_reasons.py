"""The reasons that a manager may give for a correction: those that phones know, refined by the provider's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.sql import query
from schemas.mobile import DAY_REASONS, ReasonCode


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason on offer. `own` is the provider's own code, None where the reason that phones know stands for itself."""

    code: ReasonCode
    own: str | None = None
    words: str | None = None

    @property
    def key(self) -> str:
        """How a form names it."""
        return self.code.value if self.own is None else f"own:{self.own}"

    @property
    def about_day(self) -> bool:
        return self.code in DAY_REASONS


async def reasons_in_force(connection: asyncpg.Connection, provider_id: UUID, day: date) -> list[Reason]:
    """The reasons of a London date: where the provider has its own for what a phone's reason means, those instead."""
    rows = await connection.fetch(query("corrections.reasons_on"), provider_id, day)
    own = [Reason(ReasonCode(row["means"]), row["reference"], row["words"]) for row in rows]
    refined = {reason.code for reason in own}
    return [
        reason
        for code in ReasonCode
        for reason in ([one for one in own if one.code is code] if code in refined else [Reason(code)])
    ]


async def reasons_today(provider_id: UUID) -> list[Reason]:
    """The reasons in force now."""
    async with db.as_provider(provider_id) as connection:
        return await reasons_in_force(connection, provider_id, london_date(clock.now()))


async def kept_reasons(provider_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Every reason that the provider keeps, in its newest version, with the days it is in force."""
    async with db.as_provider(provider_id) as connection:
        rows: Sequence[Mapping[str, Any]] = await connection.fetch(
            query("corrections.kept_reasons"), provider_id
        )
        return rows
