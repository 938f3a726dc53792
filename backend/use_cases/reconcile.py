"""Hold a provider's issued invoices against its visits, both ways: none billed without a visit, none forgotten."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import polars as pl

from backend import db
from backend.domain.reconciliation import Discrepancy, IssuedLine, Key, Period, discrepancies
from backend.domain.time import london_midnight
from backend.sql import query
from backend.use_cases.invoice_facts import invoice_facts
from backend.use_cases.invoice_snapshot import Invoice, invoice


@dataclass(frozen=True, slots=True)
class ReconciledBlock:
    """A block of hours that was bought for the period: its hours in seconds, and pence for all payers together."""

    name: str
    seconds: int
    used_seconds: int
    unused_seconds: int
    pence: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One contract and billing period: how many visits and lines, what each payer is asked in pence, what is amiss.

    `charges` of the lines are those of `blocks` of hours, and of no visit. In `discrepancies` visits stand by their
    references.
    """

    contract: str
    start: date
    end: date
    documents: list[str]
    visits: int
    lines: int
    charges: int
    blocks: list[ReconciledBlock]
    left_out: dict[str, int]
    by_payer: dict[str, int]
    discrepancies: list[Discrepancy]

    @property
    def wrong(self) -> int:
        """How many things are amiss."""
        return len(self.discrepancies)


async def reconcile(
    provider_id: UUID, start: date | None = None, end: date | None = None
) -> AsyncIterator[Reconciled]:
    """Every billing period with a document that begins between two London dates, both included.

    Worked out as of the instant up to which its documents know the facts: what came later is for the next document.
    """
    async with db.as_reader(provider_id) as connection:
        rows = await connection.fetch(query("reconciliation.periods"), provider_id, start, end)
    for row in rows:
        async with db.as_reader(provider_id) as connection:
            yield await _reconciled(connection, provider_id, row)


async def _reconciled(connection: asyncpg.Connection, provider_id: UUID, row: Any) -> Reconciled:
    of_period = (provider_id, row["contract_id"], row["period_start"])
    facts = await invoice_facts(
        connection, provider_id, row["contract_id"], row["period_start"], row["period_end"], row["as_of"]
    )
    made = await asyncio.to_thread(invoice, facts)
    documents = await connection.fetch(query("reconciliation.documents"), *of_period)
    opens = london_midnight(row["period_start"])
    visits = set(facts.visits.filter(pl.col("starts_at") >= opens)["visit_id"])
    bought = {each.id: each for each in made.blocks}
    lines = await _lines(connection, of_period, {*facts.visits["visit_id"], *bought})
    parked = {
        item["visit_id"]: item["reason"]
        for item in await connection.fetch(query("reconciliation.left_out"), *of_period)
    }
    free = {item.visit_id: item.reason for item in made.priced.free}
    period = Period(
        visits,
        free | parked,
        _due(made),
        lines,
        {each["number"]: each["total_pence"] for each in documents},
        _expected(made),
    )
    names = await _references(connection, provider_id, visits | {line.visit for line in lines})
    names |= {key: f"block {each.block.name}" for key, each in bought.items()}
    return Reconciled(
        contract=row["scope"],
        start=row["period_start"],
        end=row["period_end"],
        documents=[each["number"] for each in documents],
        visits=len(visits),
        lines=len(lines),
        charges=sum(line.visit in bought for line in lines),
        blocks=_blocks(made, row["period_start"]),
        left_out=_counts(period.left_out),
        by_payer=_sums(documents),
        discrepancies=[
            Discrepancy(each.code, names.get(each.about, each.about), each.detail)
            for each in discrepancies(period)
        ],
    )


def _blocks(made: Invoice, start: date) -> list[ReconciledBlock]:
    used = made.priced.used
    return [
        ReconciledBlock(
            each.block.name,
            each.block.seconds,
            used.get(each.id, 0),
            each.block.seconds - used.get(each.id, 0),
            each.pence,
        )
        for each in made.blocks
        if each.period.start >= start
    ]


def _due(made: Invoice) -> dict[Key, int]:
    due: Counter[Key] = Counter()
    for line in made.lines:
        due[line.visit, line.carer] += line.pence
    return due


def _expected(made: Invoice) -> dict[tuple[Key, str], int]:
    """How many lines each payer has for a visit: a change of tax or a credit beside a change makes more than one."""
    return Counter(
        ((part.whole.visit, part.whole.carer), bill.payer) for bill in made.bills for part in bill.lines
    )


async def _lines(
    connection: asyncpg.Connection, of_period: tuple[UUID, UUID, date], recorded: set[str]
) -> list[IssuedLine]:
    """The lines of a period's documents. A visit that nobody planned is on record if it was recorded at a door, and a
    block of hours if a version of the contract buys it; `recorded` has both.
    """
    return [
        IssuedLine(
            row["number"],
            row["line"],
            row["payer"],
            row["visit_id"],
            row["employment_id"],
            row["amount_pence"],
            row["planned"] or row["visit_id"] in recorded,
        )
        for row in await connection.fetch(query("reconciliation.lines"), *of_period)
    ]


async def _references(connection: asyncpg.Connection, provider_id: UUID, visits: set[str]) -> dict[str, str]:
    ids = [UUID(visit) for visit in sorted(visits)]
    return dict(await connection.fetch(query("reconciliation.visit_references"), provider_id, ids))


def _counts(left_out: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for reason in sorted(left_out.values()):
        found[reason] = found.get(reason, 0) + 1
    return found


def _sums(documents: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in documents:
        found[each["payer"]] = found.get(each["payer"], 0) + each["total_pence"]
    return found
