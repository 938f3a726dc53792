"""A commissioner's budgets on a day: what documents ask of it, what is not billed yet, and what is still to come."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend import clock, db
from backend.domain.billing_period import period_containing
from backend.domain.budgets import A_PENNY, AMOUNTS, BUDGETS, KINDS, SPENT, UNBILLED, against
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.forecast_spend import Contracted, Expected, commissioned, expected
from backend.use_cases.frozen_documents import SETTLED
from backend.use_cases.invoice_facts import invoice_facts
from backend.use_cases.invoice_snapshot import Invoice, invoice
from backend.use_cases.invoice_terms import terms_known
from backend.use_cases.known_bank_holidays import known_bank_holidays
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer
from schemas.documents import Dates

LONGEST_UNBILLED: Final = timedelta(days=92)
"""How far back days without documents are worked out: what is older has been forgotten, not delayed."""


@dataclass(frozen=True, slots=True)
class BudgetMonth:
    """Pence of one month of a budget, by kind."""

    month: date
    spent: int
    unbilled: int
    forecast: int


@dataclass(frozen=True, slots=True)
class SpentBy:
    """What a document asks against a budget, in pence."""

    id: UUID
    number: str
    provider: str
    period: tuple[date, date]
    pence: int


@dataclass(frozen=True, slots=True)
class ShownBudget:
    """A budget with every month of its year, in pence, and the documents behind what is spent."""

    reference: str
    name: str
    starts_on: date
    ends_on: date
    provider: str | None
    contract: str | None
    service: str | None
    pence: int
    months: list[BudgetMonth]
    documents: list[SpentBy]

    def total(self, kind: str) -> int:
        """What a kind comes to over the year."""
        return sum(getattr(month, kind) for month in self.months)

    @property
    def end(self) -> int:
        """What the year comes to, if all that is commissioned is delivered."""
        return sum(self.total(kind) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class ShownBudgets:
    """The budgets of the years that hold a day. `unsaid` packages say no hours; `unpriced` days have no price;
    `forgotten` contracts have older days without documents that are not worked out.
    """

    budgets: list[ShownBudget]
    unsaid: int
    unpriced: int
    forgotten: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """What one transaction of the commissioner read."""

    budgets: Sequence[Mapping[str, Any]]
    spent: Sequence[Mapping[str, Any]]
    contracts: Sequence[Mapping[str, Any]]
    contracted: Sequence[Contracted]
    packages: Sequence[Mapping[str, Any]]
    names: Mapping[UUID, Any]
    days: tuple[date, date]


async def read_budgets(viewer: Viewer, day: date) -> ShownBudgets:
    """The budgets of a London date, on all facts held. A document counts in the month in which its period begins."""
    now = clock.now()
    tomorrow = london_date(now) + timedelta(days=1)
    async with viewer.transaction() as connection:
        read = await _read(connection, viewer.organisation_id, day, tomorrow, now)
    if read is None:
        return ShownBudgets([], 0, 0, [])
    own = read.names[viewer.organisation_id].reference
    amounts, forgotten = [_spent(read.spent)], []
    for row in read.contracts:
        days, more = _unbilled_days(row, read.days[0], min(london_date(now), read.days[1]))
        amounts += [] if days is None else [await _unbilled(row, days, own, now)]
        forgotten += [row["reference"]] if more else []
    coming = await asyncio.to_thread(
        expected, read.packages, read.contracted, own, max(tomorrow, read.days[0]), read.days[1]
    )
    return await asyncio.to_thread(_shown, read, pl.concat([*amounts, coming.amounts]), coming, forgotten)


async def _read(
    connection: asyncpg.Connection, commissioner_id: UUID, day: date, tomorrow: date, now: datetime
) -> _Read | None:
    budgets = await connection.fetch(query("budgets.on_day"), commissioner_id, day)
    if not budgets:
        return None
    first, last = min(row["starts_on"] for row in budgets), max(row["ends_on"] for row in budgets)
    contracts = await connection.fetch(query("budgets.contracts"), commissioner_id)
    named = {commissioner_id, *(row["provider_id"] for row in (*budgets, *contracts))} - {None}
    return _Read(
        budgets,
        await connection.fetch(query("budgets.spent"), commissioner_id, first, last),
        contracts,
        [await _contracted(connection, row, now) for row in contracts],
        await commissioned(connection, commissioner_id, max(tomorrow, first), last),
        await parties(connection, named),
        (first, last),
    )


async def _contracted(connection: asyncpg.Connection, row: Mapping[str, Any], now: datetime) -> Contracted:
    terms = await terms_known(connection, row["provider_id"], row["id"], now)
    holidays = [await known_bank_holidays(connection, now, each.contract.division) for each in terms]
    return Contracted(row["provider_id"], row["id"], row["reference"], terms, holidays)


def _spent(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return _amounts(
        (SPENT, row["provider_id"], row["contract_id"], row["service"], row["period_start"], row["pence"])
        for row in rows
    )


def _amounts(rows: Any) -> pl.DataFrame:
    told = [
        (kind, str(provider), str(contract), service, day, pence * A_PENNY)
        for kind, provider, contract, service, day, pence in rows
    ]
    return pl.DataFrame(told, AMOUNTS, orient="row")


def _unbilled_days(row: Mapping[str, Any], first: date, today: date) -> tuple[Dates | None, bool]:
    """The days without documents up to the end of today's billing period, and whether there are older ones."""
    after = row["issued_until"] + timedelta(days=1) if row["issued_until"] else row["starts_on"]
    end = period_containing(row["billing_period"], today).end
    opens = max(after, first)
    start = max(opens, period_containing(row["billing_period"], today - LONGEST_UNBILLED).start)
    return (Dates(start=start, end=end) if start <= end else None), opens < start


async def _unbilled(row: Mapping[str, Any], days: Dates, payer: str, now: datetime) -> pl.DataFrame:
    """What documents of these days would ask of the payer now, each line on the day of its visit."""
    async with db.as_provider(row["provider_id"]) as connection:
        facts = await invoice_facts(
            connection, row["provider_id"], row["id"], days.start, days.end, now - SETTLED
        )
    made = await asyncio.to_thread(invoice, facts)
    return _amounts(
        (UNBILLED, row["provider_id"], row["id"], service, max(day, days.start), pence)
        for service, day, pence in _asked(made, payer, days.start)
    )


def _asked(made: Invoice, payer: str, usual: date) -> list[tuple[str | None, date, int]]:
    """Service, London date and pence of each line for the payer; of a block of hours the day is `usual`."""
    visits = made.priced.visits
    lines = [line for bill in made.bills if bill.payer == payer for line in bill.lines]
    known = [(visits.get(line.whole.visit), line.pence) for line in lines]
    return [
        (None, usual, pence) if row is None else (row["service"], london_date(row["starts_at"]), pence)
        for row, pence in known
    ]


def _shown(read: _Read, amounts: pl.DataFrame, coming: Expected, forgotten: list[str]) -> ShownBudgets:
    frame = pl.DataFrame(
        [
            (number, row["starts_on"], row["ends_on"], *(_text(row[name]) for name in ("provider_id", "contract_id")),
             row["service"])
            for number, row in enumerate(read.budgets)
        ],
        BUDGETS,
        orient="row",
    )  # fmt: skip
    sums = {
        (budget, month, kind): pence for budget, month, kind, pence in against(frame, amounts).iter_rows()
    }
    shown = [_budget(number, row, read, sums) for number, row in enumerate(read.budgets)]
    return ShownBudgets(shown, coming.unsaid, coming.unpriced, forgotten)


def _budget(
    number: int, row: Mapping[str, Any], read: _Read, sums: Mapping[tuple[int, date, str], int]
) -> ShownBudget:
    provider = None if row["provider_id"] is None else read.names[row["provider_id"]].name
    return ShownBudget(
        row["reference"], row["name"], row["starts_on"], row["ends_on"], provider, row["contract"], row["service"],
        row["pence"],
        [
            BudgetMonth(month, *(sums.get((number, month, kind), 0) for kind in KINDS))
            for month in _months(row["starts_on"], row["ends_on"])
        ],
        _documents(row, read),
    )  # fmt: skip


def _documents(row: Mapping[str, Any], read: _Read) -> list[SpentBy]:
    """The documents that count against a budget, each once."""
    found: dict[UUID, list[Any]] = {}
    for each in read.spent:
        fits = all(row[name] in (None, each[name]) for name in ("provider_id", "contract_id", "service"))
        if fits and row["starts_on"] <= each["period_start"] <= row["ends_on"]:
            found.setdefault(each["id"], []).append(each)
    return [
        SpentBy(
            document, lines[0]["number"], read.names[lines[0]["provider_id"]].name,
            (lines[0]["period_start"], lines[0]["period_end"]), sum(line["pence"] for line in lines),
        )
        for document, lines in found.items()
    ]  # fmt: skip


def _months(first: date, last: date) -> list[date]:
    months = [first.replace(day=1)]
    while (following := (months[-1] + timedelta(days=31)).replace(day=1)) <= last:
        months.append(following)
    return months


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
