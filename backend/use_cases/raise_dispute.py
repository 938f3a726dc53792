"""Whoever may read an invoice says what is wrong with one of its lines."""

from uuid import UUID, uuid4

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
        await connection.execute(query("disputes.insert"), row["provider_id"], dispute_id, *about, said, *who)
        await viewer.note(connection, row["provider_id"], "dispute raised", document_id)
    return dispute_id
