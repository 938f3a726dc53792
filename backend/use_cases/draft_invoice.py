"""What a billing period comes to so far: its documents as they would be issued now. Nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.clock import is_simulated
from backend.domain.billing_period import period_containing
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import SETTLED
from backend.use_cases.invoice_facts import invoice_facts
from backend.use_cases.invoice_snapshot import invoice, left_out_visits
from backend.use_cases.issue_invoice import build_invoice
from schemas.documents import InvoiceSnapshot, ParkedVisit
from schemas.wage import Period

DRAFT: Final = "draft"
"""Stands where an issued document has its number."""


@dataclass(frozen=True, slots=True)
class BilledContract:
    """A contract and the billing period that holds a day. `issued` are the numbers of that period's documents."""

    provider_id: UUID
    id: UUID
    reference: str
    billing_period: str
    period: Period
    issued: Sequence[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """The documents of a period as they would be issued now, one for each payer; `left_out` have no line in any."""

    contract: BilledContract
    snapshots: Sequence[InvoiceSnapshot]
    left_out: Sequence[ParkedVisit]


async def billed_contracts(provider_id: UUID, day: date) -> list[BilledContract]:
    """Every contract of a provider with its billing period that holds a London date, by reference."""
    async with db.as_provider(provider_id) as connection:
        return await contracts_on(connection, provider_id, day)


async def contracts_on(connection: asyncpg.Connection, provider_id: UUID, day: date) -> list[BilledContract]:
    """The same within a transaction."""
    rows = await connection.fetch(query("jobs.billing_periods"), provider_id)
    found = [await _billed(connection, provider_id, row, day) for row in rows]
    return sorted(found, key=lambda contract: contract.reference)


async def _billed(connection: asyncpg.Connection, provider_id: UUID, row: Any, day: date) -> BilledContract:
    period = period_containing(row["billing_period"], day)
    numbers = await connection.fetch(query("invoices.numbers"), provider_id, row["id"], period.start)
    return BilledContract(
        provider_id,
        row["id"],
        row["reference"],
        row["billing_period"],
        period,
        [each["number"] for each in numbers],
    )


def contract_named(contracts: Sequence[BilledContract], reference: str) -> BilledContract:
    """The contract of a reference. Raises DomainError not_found."""
    for contract in contracts:
        if contract.reference == reference:
            return contract
    raise DomainError("not_found", f"There is no contract {reference}.")


async def draft_invoice(provider_id: UUID, reference: str, day: date, now: datetime) -> Draft:
    """The documents of a contract's period that holds a London date, on the facts there are.

    Raises DomainError: not_found, or conflict for a period whose documents are issued.
    """
    async with db.as_provider(provider_id) as connection:
        contract = contract_named(await contracts_on(connection, provider_id, day), reference)
        if contract.issued:
            raise DomainError(
                "conflict", f"The documents of this period are issued: {', '.join(contract.issued)}."
            )
        period = contract.period
        facts = await invoice_facts(
            connection, provider_id, contract.id, period.start, period.end, now - SETTLED
        )
        made = invoice(facts)
        snapshots = [
            await build_invoice(connection, facts, made, bill, DRAFT, now, is_simulated())
            for bill in made.bills
        ]
    return Draft(contract, snapshots, left_out_visits(made))
