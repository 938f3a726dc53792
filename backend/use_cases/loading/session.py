"""One load: its transaction, who is loading, and the tenants its rows belong to."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg

from backend import clock
from backend.sql import query
from backend.use_cases.loading.report import Line, Report
from schemas.scalars import parse_date

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be loaded: one provider's, what one commissioner reports, or (neither) anybody's.

    `user` is who loads them; nobody on the command line.
    """

    provider: UUID | None = None
    commissioner: UUID | None = None
    user: UUID | None = None

    @property
    def everybody(self) -> bool:
        return self.provider is None and self.commissioner is None


EVERYBODY: Final = Scope()
ORGANISATIONS: Final = "organisations"
BANK_HOLIDAYS: Final = "bank holidays"
"""The names that loads of facts shared by all providers lock, as loads of a provider's own facts lock its id."""


@dataclass(frozen=True, slots=True)
class Days:
    """London dates, first and last, both included."""

    first: date
    last: date


def parse_days(text: str) -> Days:
    """Days written `2026-11-02..2026-11-29`. Raises ValueError saying what is wrong."""
    first, dots, last = text.partition("..")
    if not dots:
        raise ValueError("must be two London dates, such as 2026-11-02..2026-11-29")
    days = Days(parse_date(first.strip()), parse_date(last.strip()))
    if days.last < days.first:
        raise ValueError(f"ends on {days.last}, before it starts on {days.first}")
    return days


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
    reason: str | None = None
    """Why a manager plans visits on a page, where something speaks against them."""
    taken_off_by: str = "provider"
    """Who cancels the visits that follow from no pattern any more."""
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
        known: dict[UUID, list[Line[Any]]] = {}
        for reference, named in groups.items():
            provider_id = await self.provider(reference, named)
            if provider_id is not None:
                known[provider_id] = named
        for provider_id in sorted(known):  # always in this order, so that two loads never wait for each other
            await self.enter(provider_id)
            yield provider_id, known[provider_id]

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
        await self.see(provider_id)
        await self.lock(str(provider_id))

    async def see(self, provider_id: UUID) -> None:
        """Open the transaction for what a provider holds, to look at it alone."""
        await self.connection.execute("SELECT set_config('doorstep.provider_id', $1, true)", str(provider_id))

    async def lock(self, name: str) -> None:
        """Wait until no other load holds this name; held until the transaction ends.

        What is stored is dated when the wait is over: a document that finds no load under way then sees, however long
        loads take, everything that is dated earlier.
        """
        await self.connection.execute(query("loading.lock"), name)
        self.now = max(self.now, clock.now())

    async def enter_commissioner(self, commissioner_id: UUID) -> None:
        """Open the transaction for what a commissioner sees, beside the provider it stands at."""
        await self.connection.execute(
            "SELECT set_config('doorstep.commissioner_id', $1, true)", str(commissioner_id)
        )


def no_commissioner(found: Organisation | None, named: str) -> str | None:
    """Why the organisation that a row names is none that commissions; None if it is one."""
    if found is None:
        return f"no organisation has the reference {named}"
    return f"{named} is a provider" if found.kind == "provider" else None


def missing(lines: Sequence[Line[T]], column: str, known: set[str], thing: str, report: Report) -> None:
    """A fault for each row that names something in `column` that is not known. An empty cell names nothing, and neither
    does one that could not be read.
    """
    for line in lines:
        row: Any = line.row
        reference = row.get(column) if isinstance(row, dict) else getattr(row, column)
        if reference is not None and reference not in known:
            report.fault(line, column, f"no {thing} has the reference {reference}")
