"""Record what was paid for an invoice, or paid out for a credit note."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.disputed_lines import in_words
from schemas.cells import parse_reference

_MOST_PENCE: Final = 10**12


async def record_payment(
    provider_id: UUID,
    document: UUID | str,
    paid_on: date,
    amount: Decimal,
    reference: str,
    recorded_by: UUID | None = None,
) -> None:
    """Append a payment: `amount` in pounds, below zero for what was paid out or to take an entry back.

    `document` is an id or a number. Raises DomainError: bad_request, not_found, or conflict for the same payment twice.
    """
    named = in_words(reference, "Give the payment's reference.", parse_reference)
    pence = _pence(amount)
    if paid_on > london_date(clock.now()):
        raise DomainError("bad_request", "The day of the payment is still to come.")
    async with db.as_provider(provider_id) as connection:
        document_id = await _document(connection, provider_id, document)
        values = (document_id, paid_on, pence, named, recorded_by, clock.now())
        if await connection.fetchval(query("payments.insert"), provider_id, uuid4(), *values) is None:
            raise DomainError(
                "conflict",
                "A payment of this amount with this reference is recorded already. If it is another one, give it a "
                "reference of its own.",
            )


def _pence(amount: Decimal) -> int:
    pence = amount * 100
    if pence % 1 or not pence:
        raise DomainError("bad_request", "Give an amount in pounds and whole pence, other than zero.")
    if abs(pence) > _MOST_PENCE:
        raise DomainError(
            "bad_request", f"The amount must be no more than £{_MOST_PENCE // 100:,}, either way."
        )
    return int(pence)


async def _document(connection: asyncpg.Connection, provider_id: UUID, document: UUID | str) -> UUID:
    wanted = (document, None) if isinstance(document, UUID) else (None, document)
    found: UUID | None = await connection.fetchval(query("payments.invoice"), provider_id, *wanted)
    if found is None:
        raise DomainError("not_found", "There is no such invoice.")
    return found
