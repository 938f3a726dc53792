"""Disputes about lines of invoices, and visits not billed yet, as the provider and whoever may read them see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.credits import dispute_reference, visit_dispute_reference
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.read_documents import INVOICES, frozen_document
from backend.use_cases.viewer import Viewer
from schemas.documents import InvoiceLine, InvoiceSnapshot

PAGE: Final = 100

After = tuple[datetime, UUID]
DisputeState = Literal["open", "answered", "stands", "credit", "not_billed"]


@dataclass(frozen=True, slots=True)
class ListedDispute:
    """A dispute. `own`: the reader raised it. People of the other side are shown by their organisation's name.

    A visit that no document bills yet has no document, number, line, amount or payer.
    """

    provider_id: UUID
    id: UUID
    reference: str
    document_id: UUID | None
    number: str | None
    line: int | None
    visit_id: UUID
    amount_pence: int | None
    payer: str | None
    words: str
    raised_by: str
    raised_at: datetime
    own: bool
    state: DisputeState
    credit_pence: int
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None

    @property
    def key(self) -> str:
        """Where the next page of the list starts."""
        return f"{self.raised_at.isoformat()}~{self.id}"

    @property
    def undecided(self) -> bool:
        """Whether the provider has still to decide."""
        return self.state in ("open", "answered")


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer with the events that stood behind it, as far as the reader may see them; `held` is their number."""

    words: str
    by: str
    at: datetime
    held: int
    events: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ShownDispute:
    """A dispute with the line it is about, as it was billed, or else the visit as it is planned, and the answers."""

    dispute: ListedDispute
    line: InvoiceLine | None
    visit: Mapping[str, Any] | None
    answers: Sequence[ShownAnswer]


async def read_disputes(
    viewer: Viewer, waiting: bool, after: After | None = None
) -> tuple[list[ListedDispute], bool]:
    """A page of disputes, newest first, only those that nobody has decided if `waiting`; and whether more follow."""
    async with viewer.transaction() as connection:
        found = await disputes(connection, viewer, waiting=waiting, after=after, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


async def disputes(
    connection: asyncpg.Connection,
    viewer: Viewer,
    dispute_id: UUID | None = None,
    document_id: UUID | None = None,
    waiting: bool = False,
    after: After | None = None,
    limit: int = PAGE,
) -> list[ListedDispute]:
    """Those of one id, of one document, or all that the reader may see, newest first."""
    asked = (dispute_id, document_id, waiting, *(after or (None, None)), limit)
    providers = await viewer.providers(connection)
    rows = await connection.fetch(query("disputes.listed"), providers, *asked)
    named = {row[name] for row in rows for name in ("provider_id", "organisation_id", "payer_id")} - {None}
    names = {key: party.name for key, party in (await parties(connection, named)).items()}
    return [_listed(row, names, viewer) for row in rows]


def _listed(row: Any, names: Mapping[UUID, str], viewer: Viewer) -> ListedDispute:
    decided = row["outcome"] is not None
    return ListedDispute(
        provider_id=row["provider_id"],
        id=row["id"],
        reference=(
            visit_dispute_reference(row["visit"], row["nth"])
            if row["number"] is None
            else dispute_reference(row["number"], row["line"], row["nth"])
        ),
        document_id=row["document_id"],
        number=row["number"],
        line=row["line"],
        visit_id=row["visit_id"],
        amount_pence=row["amount_pence"],
        payer=names.get(row["payer_id"], row["addressed"]),
        words=row["words"],
        raised_by=_whose(row["raised_email"], names[row["organisation_id"]]),
        raised_at=row["raised_at"],
        own=row["raised_by"] == viewer.user_id,
        state=row["outcome"] or ("answered" if row["answers"] else "open"),
        credit_pence=row["credit_pence"] or 0,
        decision=row["decision_words"],
        decided_by=_whose(row["decided_email"], names[row["provider_id"]]) if decided else None,
        decided_at=row["decided_at"],
    )


def _whose(email: str | None, organisation: str) -> str:
    return organisation if email is None else f"{email}, {organisation}"


async def read_dispute(viewer: Viewer, dispute_id: UUID) -> ShownDispute:
    """One dispute. Raises DomainError not_found. A look from outside the provider is noted in the access log."""
    async with viewer.transaction() as connection:
        found = await disputes(connection, viewer, dispute_id)
        if not found:
            raise DomainError("not_found", "There is no such dispute among those you may see.")
        [dispute] = found
        line = await _line(connection, viewer, dispute)
        about = None if line else (query("disputes.visit"), dispute.provider_id, dispute.visit_id)
        visit = await connection.fetchrow(*about) if about else None
        answers = await _answers(connection, dispute)
        await viewer.note(connection, dispute.provider_id, "dispute", dispute_id)
    return ShownDispute(dispute, line, visit, answers)


async def _line(connection: asyncpg.Connection, viewer: Viewer, dispute: ListedDispute) -> InvoiceLine | None:
    if dispute.document_id is None or dispute.line is None:
        return None
    _, content = await frozen_document(connection, viewer, INVOICES, dispute.document_id)
    return msgspec.json.decode(content, type=InvoiceSnapshot).lines[dispute.line - 1]


async def _answers(connection: asyncpg.Connection, dispute: ListedDispute) -> list[ShownAnswer]:
    rows = await connection.fetch(query("disputes.answers"), dispute.provider_id, dispute.id)
    provider = (await parties(connection, [dispute.provider_id]))[dispute.provider_id].name
    return [
        ShownAnswer(
            row["words"],
            _whose(row["email"], provider),
            row["answered_at"],
            len(row["event_rows"]),
            await connection.fetch(query("disputes.events"), dispute.provider_id, row["event_rows"]),
        )
        for row in rows
    ]
