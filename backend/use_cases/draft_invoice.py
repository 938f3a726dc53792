"""What a billing period comes to so far: its documents as they would be issued now. Nothing is kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.clock import is_simulated
from backend.domain.billing_period import period_containing
from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import SETTLED
from backend.use_cases.invoice_facts import InvoiceFacts, invoice_facts
from backend.use_cases.invoice_lines import Parked
from backend.use_cases.invoice_snapshot import Invoice, invoice, left_out_visits
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
    """The documents of a period as they would be issued now, one for each payer; `left_out` have no line in any.

    They count what was recorded up to `as_of`. `following` is the contract's next period to be issued, None before a
    visit is planned. `earlier_lines` of `earlier_pence` are of days before the period: they are in these documents if
    this period is the next one to be issued, and otherwise in those of the next one.
    """

    contract: BilledContract
    snapshots: Sequence[InvoiceSnapshot]
    left_out: Sequence[ParkedVisit]
    as_of: datetime
    following: Period | None
    earlier_lines: int = 0
    earlier_pence: int = 0

    @property
    def closed(self) -> bool:
        """Whether the period's turn is over without a document: what is recorded of it later goes with `following`."""
        return self.following is not None and self.contract.period.end < self.following.start

    @property
    def comes_first(self) -> Period | None:
        """The period whose documents are issued before these, if there is one."""
        return self.following if _comes_first(self.contract, self.following) else None


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


def _comes_first(contract: BilledContract, following: Period | None) -> bool:
    return following is not None and following.start < contract.period.start


async def draft_invoice(
    provider_id: UUID, reference: str, day: date, now: datetime, following: date | None
) -> Draft:
    """The documents of a contract's period that holds a London date, on the facts there are.

    `following` is the first day of the contract's next period to be issued, None before a visit is planned.

    Raises DomainError: not_found, or conflict for a period whose documents are issued.
    """
    async with db.as_provider(provider_id) as connection:
        contract = contract_named(await contracts_on(connection, provider_id, day), reference)
        if contract.issued:
            raise DomainError(
                "conflict", f"The documents of this period are issued: {', '.join(contract.issued)}."
            )
        first = None if following is None else period_containing(contract.billing_period, following)
        empty = Draft(contract, [], [], now - SETTLED, first)
        return empty if empty.closed else await _drafted(connection, empty, now)


async def _drafted(connection: asyncpg.Connection, empty: Draft, now: datetime) -> Draft:
    contract, period = empty.contract, empty.contract.period
    facts = await invoice_facts(
        connection, contract.provider_id, contract.id, period.start, period.end, empty.as_of
    )
    whole = await asyncio.to_thread(invoice, facts)
    own = await asyncio.to_thread(_of_the_period, facts, whole)
    made = own if empty.comes_first else whole
    snapshots = [
        await build_invoice(connection, facts, made, bill, DRAFT, now, is_simulated()) for bill in made.bills
    ]
    return replace(
        empty,
        snapshots=snapshots,
        left_out=left_out_visits(made),
        earlier_lines=len(whole.lines) - len(own.lines),
        earlier_pence=whole.pence - own.pence,
    )


def _of_the_period(facts: InvoiceFacts, made: Invoice) -> Invoice:
    """Only what belongs to the period's own days: all that will be left of it once the periods before it are issued."""
    within = facts.visits.filter(facts.visits["starts_at"] >= london_midnight(facts.start))["visit_id"]
    own = {*within, *(block.id for block in made.blocks if block.period.end >= facts.start)}
    bills = [
        replace(bill, lines=[part for part in bill.lines if part.whole.visit in own]) for bill in made.bills
    ]
    priced = replace(
        made.priced, parked=_within(made.priced.parked, own), free=_within(made.priced.free, own)
    )
    lines = [line for line in made.lines if line.visit in own]
    return replace(made, lines=lines, bills=[bill for bill in bills if bill.lines], priced=priced)


def _within(found: Sequence[Parked], own: set[str]) -> list[Parked]:
    return [item for item in found if item.visit_id in own]
