"""The provider decides a dispute: the line stands, or some or all of it is credited with the payer's next document.

A visit that no document bills yet is billed with the next one, or never.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.credits import left_to_ask, of_facts
from backend.domain.money import pounds, printed
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.disputed_lines import in_words, open_dispute
from backend.use_cases.invoice_snapshot import billed_line, credit

Outcome = Literal["stands", "credit", "not_billed"]


async def decide_dispute(
    provider_id: UUID,
    dispute_id: UUID,
    decided_by: UUID,
    outcome: Outcome,
    pence: int | None,
    words: str,
) -> None:
    """Decide once and for good. `pence` is what is credited, before VAT; None credits all that the payer is asked.

    Raises DomainError: bad_request (no words, more than is asked, or an outcome that does not fit), forbidden (their
    own), not_found, conflict.
    """
    said = in_words(words, "Say why.")
    async with db.as_provider(provider_id) as connection:
        dispute = await open_dispute(connection, provider_id, dispute_id)
        if dispute["raised_by"] == decided_by:
            raise DomainError("forbidden", "Nobody settles what they raised: ask a colleague.")
        if outcome != "stands" and (outcome == "not_billed") != (dispute["document_id"] is None):
            raise DomainError(
                "bad_request", "What is billed is credited; what is not billed yet is billed, or never is."
            )
        asked = await _asked(connection, provider_id, dispute)
        credited = _credited(asked, pence) if outcome == "credit" else 0
        values = (outcome, asked, credited, said, decided_by, clock.now())
        await connection.execute(query("disputes.insert_decision"), provider_id, dispute_id, *values)


async def still_asked(provider_id: UUID, dispute_id: UUID) -> int:
    """What the payer of an open dispute is asked for the visit by now, in pence before VAT. Raises DomainError."""
    async with db.as_provider(provider_id) as connection:
        dispute = await open_dispute(connection, provider_id, dispute_id)
        return await _asked(connection, provider_id, dispute)


async def _asked(connection: asyncpg.Connection, provider_id: UUID, dispute: Mapping[str, Any]) -> int:
    """What all documents so far ask, less credits that are decided and in no document yet. Nothing for a visit that no
    document bills.
    """
    if dispute["document_id"] is None:
        return 0
    visit = (provider_id, [dispute["visit_id"]], dispute["contract_id"])
    billed = await connection.fetch(query("invoices.billed"), *visit, date.max, False)
    credits = await connection.fetch(query("invoices.credits"), *visit, date.max, clock.now())
    payer = dispute["payer"]
    due = sum(line.shares.get(payer, 0) for line in of_facts(map(billed_line, billed)))
    return left_to_ask(due, [each for each in map(credit, credits) if each.payer == payer])


def _credited(asked: int, pence: int | None) -> int:
    if asked <= 0:
        raise DomainError(
            "bad_request", "Nothing is asked for this visit any more, so nothing can be credited."
        )
    wanted = asked if pence is None else pence
    if wanted <= 0:
        raise DomainError("bad_request", "Credit more than nothing, or let the line stand.")
    if wanted > asked:
        limit = printed(pounds(asked))
        raise DomainError(
            "bad_request", f"The payer is asked {limit} for this visit: credit no more than that."
        )
    return wanted
