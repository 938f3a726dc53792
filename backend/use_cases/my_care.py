"""What a person supported, or who speaks for them, sees of their own: who comes next, and what they said was wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from backend import clock
from backend.domain.statement import first_name
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.disputed_lines import in_words
from backend.use_cases.parties import parties
from backend.use_cases.person_statement import person_statement
from backend.use_cases.raise_dispute import keep_about_visit
from backend.use_cases.viewer import Viewer
from schemas.documents import Party
from schemas.statements import PersonStatement

AHEAD: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """A visit that has not ended yet. `carers` are first names."""

    starts_at: datetime
    ends_at: datetime
    service: str
    carers: list[str]
    off: bool


@dataclass(frozen=True, slots=True)
class MyCare:
    """The person's next visits, what they said of earlier ones, and whom to ask."""

    coming: list[ComingVisit]
    told: list[dict[str, Any]]
    provider: Party


def own(viewer: Viewer) -> UUID:
    """The person whose own things a reader sees. Raises DomainError forbidden for any other reader."""
    if viewer.person is None:
        raise DomainError("forbidden", "This page is for a person who gets care.")
    return viewer.person


async def read_my_care(viewer: Viewer) -> MyCare:
    """The visits of the next two weeks that are not over, and everything that was said of the person's visits."""
    own(viewer)
    now = clock.now()
    async with viewer.transaction() as connection:
        rows = await connection.fetch(query("statements.to_come"), now - timedelta(days=1), now + AHEAD)
        told = await connection.fetch(query("statements.told"), viewer.organisation_id)
        known = await parties(connection, [viewer.organisation_id])
    coming = [
        ComingVisit(
            row["starts_at"],
            row["ends_at"],
            row["service"],
            [first_name(name) for name in row["carers"]],
            row["status"] != "planned",
        )
        for row in rows
        if row["ends_at"] > now
    ]
    return MyCare(coming, [dict(row) for row in told], known[viewer.organisation_id])


async def my_statement(viewer: Viewer, first: date, last: date) -> PersonStatement:
    """The person's own statement. Raises DomainError as `person_statement` does."""
    return await person_statement(viewer.organisation_id, own(viewer), first, last)


async def say_what_was_wrong(viewer: Viewer, visit_id: UUID, words: str) -> None:
    """Keep a dispute about where the person's visit was billed, or about the visit, which then waits to be billed.

    The provider answers and decides it. Raises DomainError: bad_request without words, not_found for a visit that is
    not the person's, conflict before the visit or while what was said before is not decided.
    """
    own(viewer)
    said = in_words(words, "Say what happened.")
    async with viewer.transaction() as connection:
        await connection.execute(query("disputes.lock"), visit_id)
        line = await connection.fetchrow(query("statements.own_line"), viewer.organisation_id, visit_id)
        if line is None:
            await keep_about_visit(connection, viewer, viewer.organisation_id, visit_id, said)
            return
        if line["open"]:
            raise DomainError("conflict", "You have told us about this visit. We are looking into it.")
        about = (line["document_id"], line["line"], line["raised"] + 1)
        who = (viewer.user_id, viewer.organisation_id, clock.now())
        await connection.execute(
            query("disputes.insert"), viewer.organisation_id, uuid4(), *about, said, *who, None
        )
