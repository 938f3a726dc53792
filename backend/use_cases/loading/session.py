"""One load: its transaction, who is loading, and the tenants its rows belong to."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg

from backend.sql import query
from backend.use_cases.loading.report import Line, Report

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be loaded: one provider's, what one commissioner reports, or (neither) anybody's."""

    provider: UUID | None = None
    commissioner: UUID | None = None

    @property
    def everybody(self) -> bool:
        return self.provider is None and self.commissioner is None


EVERYBODY: Final = Scope()


@dataclass(frozen=True, slots=True)
class Days:
    """London dates, first and last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that a row names."""

    id: UUID
    reference: str
    kind: str


@dataclass(slots=True)
class Session:
    """What the loaders of all kinds share during one load."""

    connection: asyncpg.Connection
    now: datetime
    scope: Scope
    report: Report
    complete: Days | None = None
    cancelled: int = 0
    people: dict[UUID, list[Any]] = field(default_factory=dict)
    """Provider and service user ids of each commissioner's packages, once asked for."""
    _organisations: dict[str, Organisation | None] = field(default_factory=dict)

    async def organisation(self, reference: str) -> Organisation | None:
        """The organisation with a reference, whoever it is; None if there is none."""
        if reference not in self._organisations:
            found = await self.connection.fetchrow("SELECT * FROM organisation_by_reference($1)", reference)
            known = None if found is None else Organisation(found["id"], reference, found["kind"])
            self._organisations[reference] = known
        return self._organisations[reference]

    async def by_provider(self, lines: Sequence[Line[Any]]) -> AsyncIterator[tuple[UUID, list[Line[Any]]]]:
        """The rows of each provider, with the transaction opened for that provider and its loads locked.

        A row whose `provider` is unknown, no provider, or not the loader's own is a fault and left out.
        """
        groups: dict[str, list[Line[Any]]] = defaultdict(list)
        for line in lines:
            groups[line.row.provider].append(line)
        for reference in sorted(groups):
            provider = await self.provider(reference, groups[reference])
            if provider is not None:
                await self.enter(provider)
                yield provider, groups[reference]

    async def provider(self, reference: str, lines: Sequence[Line[Any]]) -> UUID | None:
        """The id of the provider that rows name; None, with a fault on each row, if they may not."""
        found = await self.organisation(reference)
        if self.scope.provider is not None and (found is None or found.id != self.scope.provider):
            wrong = f"{reference} is not your organisation"
        elif found is None:
            wrong = f"no organisation has the reference {reference}"
        elif found.kind != "provider":
            wrong = f"{reference} is not a provider"
        else:
            return found.id
        for line in lines:
            self.report.fault(line, "provider", wrong)
        return None

    async def enter(self, provider_id: UUID) -> None:
        """Open the transaction for a provider. Loads of one provider wait for each other."""
        await self.connection.execute(query("loading.enter_provider"), str(provider_id))

    async def enter_commissioner(self, commissioner_id: UUID) -> None:
        """Open the transaction for what a commissioner sees, beside the provider it stands at."""
        await self.connection.execute(
            "SELECT set_config('doorstep.commissioner_id', $1, true)", str(commissioner_id)
        )


def missing(lines: Sequence[Line[T]], column: str, known: set[str], thing: str, report: Report) -> None:
    """A fault for each row that names something in `column` that is not known. An empty cell names nothing."""
    for line in lines:
        reference = getattr(line.row, column)
        if reference is not None and reference not in known:
            report.fault(line, column, f"no {thing} has the reference {reference}")
