"""Who reads documents: a provider its own, a commissioner's people what its providers made for it, a person theirs."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.sql import query


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in reader of an organisation. `provider`: whether that is a provider, else it commissions care.

    `person`: the reader is this supported person, or speaks for them, and the organisation gives the care.
    """

    user_id: UUID
    organisation_id: UUID
    provider: bool
    role: str
    person: UUID | None = None

    @property
    def masked(self) -> bool:
        """Whether carers stand under pseudonyms: an auditor sees no name without a logged reason."""
        return not self.provider

    @property
    def commissioner(self) -> UUID | None:
        """The reader's organisation if it commissions care, and so sees the visits that it commissioned alone."""
        return None if self.provider else self.organisation_id

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that sees what the organisation may see."""
        async with self._opened() as connection:
            yield connection

    def _opened(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        if self.person is not None:
            return db.as_person(self.organisation_id, self.person)
        return (db.as_provider if self.provider else db.as_commissioner)(self.organisation_id)

    async def providers(self, connection: asyncpg.Connection) -> list[UUID]:
        """The providers whose documents may be for this reader."""
        if self.provider or self.person is not None:
            return [self.organisation_id]
        rows = await connection.fetch(query("console.contracted_providers"), self.organisation_id)
        return [row["provider_id"] for row in rows]

    async def note(
        self,
        connection: asyncpg.Connection,
        provider_id: UUID,
        what: str,
        subject: UUID | None,
        reason: str | None = None,
    ) -> None:
        """Record that somebody outside the provider looked at a person's record; `reason` where one was asked for.

        People who look at what is their own are not noted.
        """
        if self.provider or self.person is not None:
            return
        values: tuple[Any, ...] = (self.user_id, self.organisation_id, clock.now(), what, subject, reason)
        await connection.execute(query("console.note_access"), provider_id, uuid4(), *values)
