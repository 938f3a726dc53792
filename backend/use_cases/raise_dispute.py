"""Whoever may read an invoice says what is wrong with one of its lines, or with a visit that no document bills yet."""

from uuid import UUID, uuid4

import asyncpg

from backend import clock
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.disputed_lines import in_words
from backend.use_cases.viewer import Viewer


async def raise_dispute(viewer: Viewer, document_id: UUID, line: int, words: str) -> UUID:
    """Keep the dispute and return its id. A provider's own people raise one for a payer who rang or wrote.

    Raises DomainError: bad_request without words, not_found, or conflict while another about the line is open.
    """
    said = in_words(words, "Say what is wrong with the line.")
    async with viewer.transaction() as connection:
        wanted = (query("disputes.line"), await viewer.providers(connection), document_id, line)
        row = await connection.fetchrow(*wanted)
        if row is None:
            raise DomainError("not_found", "There is no such line among the invoices you may see.")
        await connection.execute(query("disputes.lock"), row["visit_id"])
        row = await connection.fetchrow(*wanted)
        if row["open"]:
            raise DomainError("conflict", "A dispute about this line is open already.")
        dispute_id, about = uuid4(), (document_id, line, row["raised"] + 1)
        who = (viewer.user_id, viewer.organisation_id, clock.now())
        await connection.execute(
            query("disputes.insert"), row["provider_id"], dispute_id, *about, said, *who, None
        )
        await viewer.note(connection, row["provider_id"], "dispute raised", document_id)
    return dispute_id


async def dispute_visit(viewer: Viewer, provider_id: UUID, visit_id: UUID, words: str) -> UUID:
    """Say what is wrong with a visit that no document bills yet; it is not billed until that is decided.

    Raises DomainError: bad_request without words, not_found, or conflict before the visit, while another dispute about
    it is open, or once it is never to be billed.
    """
    said = in_words(words, "Say what happened.")
    async with viewer.transaction() as connection:
        await connection.execute(query("disputes.lock"), visit_id)
        dispute_id = await keep_about_visit(connection, viewer, provider_id, visit_id, said)
        await viewer.note(connection, provider_id, "dispute raised", visit_id)
    return dispute_id


async def keep_about_visit(
    connection: asyncpg.Connection, viewer: Viewer, provider_id: UUID, visit_id: UUID, said: str
) -> UUID:
    """Keep what was said of a visit that the reader may see. Raises DomainError as `dispute_visit` does."""
    starts = await connection.fetchval(query("disputes.starts"), provider_id, visit_id)
    if starts is None:
        raise DomainError("not_found", "There is no such visit among those you may see.")
    if starts > clock.now():
        raise DomainError("conflict", "This visit has not begun. To call it off, ask the provider.")
    before = await connection.fetch(query("disputes.of_visit"), provider_id, visit_id)
    if any(row["outcome"] is None for row in before):
        raise DomainError("conflict", "A dispute about this visit is open already.")
    if any(row["outcome"] == "not_billed" for row in before):
        raise DomainError("conflict", "It was decided that this visit is never billed.")
    dispute_id, about = uuid4(), (None, None, len(before) + 1)
    who = (viewer.user_id, viewer.organisation_id, clock.now())
    await connection.execute(query("disputes.insert"), provider_id, dispute_id, *about, said, *who, visit_id)
    return dispute_id
