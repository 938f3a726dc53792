"""The provider answers a dispute; the events of the visit, as they are then, stand behind its words."""

from uuid import UUID

from backend import clock, db
from backend.sql import query
from backend.use_cases.disputed_lines import in_words, open_dispute


async def answer_dispute(provider_id: UUID, dispute_id: UUID, answered_by: UUID, words: str) -> None:
    """Append an answer; there may be several. Raises DomainError: bad_request, not_found, conflict (decided)."""
    said = in_words(words, "Write an answer.")
    async with db.as_provider(provider_id) as connection:
        dispute = await open_dispute(connection, provider_id, dispute_id)
        await connection.execute(
            query("disputes.insert_answer"),
            provider_id,
            dispute_id,
            dispute["visit_id"],
            said,
            answered_by,
            clock.now(),
        )
