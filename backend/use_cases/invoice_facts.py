"""The facts an invoice is made from: the contract's terms, the visits to bill or look at again, what was billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.absences import ABSENCES
from backend.domain.time import LONDON_NAME, london_date, london_midnight
from backend.sql import query
from backend.use_cases.block_periods import bought_for
from backend.use_cases.driven_miles import driven_miles, driven_otherwise
from backend.use_cases.invoice_terms import Terms, newest_on, terms_known
from backend.use_cases.known_bank_holidays import known_bank_holidays
from backend.use_cases.make_checkpoint import SLOWEST_CALL
from backend.use_cases.parties import parties
from backend.use_cases.verified_visits import verified_visits, visits_named
from schemas.wage import Period

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """All that goes into one invoice. `visits`: one row an attendance; `billed`: one a line of an earlier document;
    `credits`: one for each decided after a dispute about such a line, oldest first.

    `orders` are the order numbers of payers, by reference; `bank_holidays` are those of each division that the terms
    name; `absences` are in ABSENCES. `beside` are visits that are there for the block of hours they share with others;
    `blocks_told` is what earlier documents said of blocks, and `first_period` where the earliest of them begins.
    `disputed` is what was last said of visits before they were billed, and what was decided of it.
    """

    provider_id: UUID
    contract_id: UUID
    reference: str
    commissioner_id: UUID
    start: date
    end: date
    terms: Sequence[Terms]
    self_billed: bool
    orders: dict[str, str | None]
    visits: pl.DataFrame
    billed: Sequence[asyncpg.Record]
    credits: Sequence[asyncpg.Record]
    names: dict[str, str]
    bank_holidays: dict[str, frozenset[date]]
    absences: pl.DataFrame
    beside: frozenset[str]
    blocks_told: Sequence[asyncpg.Record]
    first_period: date
    disputed: Sequence[asyncpg.Record]

    def terms_on(self, day: date) -> int | None:
        """The place in `terms` of the version in force on a London date, or None."""
        return next((place for place, terms in enumerate(self.terms) if terms.hold(day)), None)


async def invoice_facts(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    start: date,
    end: date,
    as_of: datetime,
) -> InvoiceFacts:
    """Everything recorded up to `as_of` that bears on the invoice of a contract for London dates `start` to `end`."""
    visits = await _visits(connection, provider_id, contract_id, start, end, as_of)
    return await facts_about(connection, provider_id, contract_id, start, end, as_of, visits, start)


async def facts_about(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    start: date,
    end: date,
    as_of: datetime,
    visits: pl.DataFrame,
    whole_from: date = date.max,
) -> InvoiceFacts:
    """The same for these attendances alone, in domain.visit.VISIT_SCHEMA; the facts hold their `miles` besides.

    All the contract's visits from `whole_from` to `end` are among them.
    """
    contract = await connection.fetchrow(query("invoices.contract"), provider_id, contract_id)
    terms = await terms_known(connection, provider_id, contract_id, as_of)
    days = _days_of(visits)
    held = {period.start: period for _, period in filter(None, (bought_for(terms, day) for day in days))}
    parts = [each for each in held.values() if not whole_from <= each.start <= each.end <= end]
    beside = await _beside(connection, provider_id, contract_id, parts, visits, as_of)
    visits = visits if beside.is_empty() else _ordered(pl.concat([visits, beside]))
    newest = newest_on(terms, end)
    ids = visits["visit_id"].unique(maintain_order=True).to_list()
    billed = await connection.fetch(query("invoices.billed"), provider_id, ids, contract_id, start, True)
    ids += {row["visit_id"] for row in billed if row["block"] is not None}
    told = await connection.fetch(query("invoices.blocks_told"), provider_id, contract_id, start)
    first = await connection.fetchval(query("invoices.first_period"), provider_id, contract_id, start)
    visits = await _with_miles(connection, provider_id, visits, terms, as_of)
    return InvoiceFacts(
        provider_id,
        contract_id,
        contract["reference"],
        contract["commissioner_id"],
        start,
        end,
        terms,
        newest.self_billed,
        await _orders(connection, contract["commissioner_id"], newest),
        visits,
        billed,
        await connection.fetch(query("invoices.credits"), provider_id, ids, contract_id, start, as_of),
        await _names(connection, provider_id, visits),
        {
            division: await known_bank_holidays(connection, as_of, division)
            for division in dict.fromkeys(version.contract.division for version in terms)
        },
        await _absences(connection, provider_id, visits, as_of),
        frozenset(beside["visit_id"]),
        told,
        first or start,
        await connection.fetch(query("invoices.disputed"), provider_id, ids, as_of),
    )


async def _beside(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    periods: Sequence[Period],
    visits: pl.DataFrame,
    as_of: datetime,
) -> pl.DataFrame:
    """The contract's visits of these billing periods that are not among `visits`, in the same columns."""
    if not periods:
        return visits.clear()
    known = visits["visit_id"].unique().to_list()
    others = (pl.col("contract_id") == str(contract_id)) & ~pl.col("visit_id").is_in(known)
    found = [
        await verified_visits(connection, provider_id, *_instants(period.start, period.end), as_of=as_of)
        for period in periods
    ]
    return _ordered(_without_strangers(pl.concat(found)).filter(others.fill_null(False)))


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    return london_midnight(first), london_midnight(last + timedelta(days=1))


def _days_of(visits: pl.DataFrame) -> list[date]:
    """The London dates on which visits start, in order."""
    return visits["starts_at"].dt.convert_time_zone(LONDON_NAME).dt.date().unique().sort().to_list()


def _ordered(visits: pl.DataFrame) -> pl.DataFrame:
    return visits.sort("starts_at", "visit_id", "employment_id", nulls_last=True)


async def _orders(
    connection: asyncpg.Connection, commissioner_id: UUID, newest: Terms
) -> dict[str, str | None]:
    """The contract's order number is its commissioner's alone; who else pays a share may have one of its own."""
    own = {funder.payer: funder.purchase_order for funder in newest.contract.funding}
    commissioner = (await parties(connection, [commissioner_id]))[commissioner_id].reference
    return {**own, commissioner: newest.purchase_order}


async def _absences(
    connection: asyncpg.Connection, provider_id: UUID, visits: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    people = visits["service_user_id"].drop_nulls().unique().sort().to_list()
    rows = await connection.fetch(query("invoices.absences"), provider_id, people, as_of)
    return pl.DataFrame([tuple(row) for row in rows], ABSENCES, orient="row")


async def _visits(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    start: date,
    end: date,
    as_of: datetime,
) -> pl.DataFrame:
    """Attendance rows of the contract's visits in the period, and of earlier ones that must be looked at again."""
    opens, closes = _instants(start, end)
    previous = await connection.fetchval(query("invoices.previous"), provider_id, contract_id, start)
    # What a slow call brings is dated when the call came, and may have been committed after the last document was made.
    since = LONG_AGO if previous is None else previous - SLOWEST_CALL
    earlier = await connection.fetch(
        query("invoices.earlier_visits"), provider_id, contract_id, since, as_of, opens, start
    )
    named = {row["visit_id"] for row in earlier}
    if previous is not None and _pays_mileage(await terms_known(connection, provider_id, contract_id, as_of)):
        named |= {*await driven_otherwise(connection, provider_id, contract_id, start, since, as_of)}
    again = await visits_named(connection, provider_id, sorted(named), london_date(closes), as_of)
    found = _without_strangers(await verified_visits(connection, provider_id, opens, closes, as_of=as_of))
    homeless = await _homeless(connection, provider_id, contract_id, found, as_of)
    both = pl.concat([_without_strangers(again.filter(pl.col("starts_at") < opens)), found])
    ours = pl.col("contract_id") == str(contract_id)
    return _ordered(both.filter(ours.fill_null(False) | pl.col("visit_id").is_in(homeless)))


async def _with_miles(
    connection: asyncpg.Connection,
    provider_id: UUID,
    visits: pl.DataFrame,
    terms: Sequence[Terms],
    as_of: datetime,
) -> pl.DataFrame:
    """Add `miles`, hundredths of a mile that each carer went by car to a visit; null unless a version pays mileage."""
    if visits.is_empty() or not _pays_mileage(terms):
        return visits.with_columns(miles=pl.lit(None, pl.Int64))
    driven = await driven_miles(connection, provider_id, _days_of(visits), as_of)
    return visits.join(driven, on=["visit_id", "carer_id"], how="left", maintain_order="left")


def _pays_mileage(terms: Sequence[Terms]) -> bool:
    return any(version.contract.mileage for version in terms)


def _without_strangers(visits: pl.DataFrame) -> pl.DataFrame:
    """Leave out what a carer whom no plan names said of a planned visit: it must not hold up that visit's bill."""
    planned = visits.filter(pl.col("contract_id").is_not_null())["visit_id"].unique()
    return visits.filter(pl.col("contract_id").is_not_null() | ~pl.col("visit_id").is_in(planned.to_list()))


async def _homeless(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    visits: pl.DataFrame,
    as_of: datetime,
) -> list[str]:
    """Visits of the period without a package, as far as this contract is the one to show them as parked."""
    loose = (
        visits.filter(pl.col("contract_id").is_null())
        .select("visit_id", "service_user_id", "starts_at")
        .unique("visit_id", keep="first", maintain_order=True)
    )
    known = loose.filter(pl.col("service_user_id").is_not_null())
    rows = await connection.fetch(
        query("invoices.contracts_of_people"),
        provider_id,
        known["visit_id"].to_list(),
        known["service_user_id"].to_list(),
        [london_date(at) for at in known["starts_at"]],
        as_of,
    )
    contracts = {str(row["visit_id"]): row["contract_id"] for row in rows}
    fallback = await connection.fetchval(query("invoices.first_contract"), provider_id)
    return [visit for visit in loose["visit_id"] if contracts.get(visit, fallback) == contract_id]


async def _names(connection: asyncpg.Connection, provider_id: UUID, visits: pl.DataFrame) -> dict[str, str]:
    """References of the people and employments that the visits name, by id."""
    people, employments = (
        visits[column].drop_nulls().unique(maintain_order=True).to_list()
        for column in ("service_user_id", "employment_id")
    )
    rows = await connection.fetch(query("invoices.references"), provider_id, people, employments)
    return {row["id"]: row["reference"] for row in rows}
