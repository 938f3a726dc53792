"""The facts a person's statement is made from: the visits, what they cost, what was billed of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.absences import ABSENCES
from backend.domain.invoicing import NextLine
from backend.domain.payer_bills import PERSON
from backend.domain.statement import own_rows
from backend.domain.time import london_midnight
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.invoice_facts import facts_about
from backend.use_cases.invoice_snapshot import invoice
from backend.use_cases.parties import parties
from backend.use_cases.read_people import known_person
from backend.use_cases.verified_visits import verified_visits
from schemas.documents import Party


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """All that goes into one statement. `rows` are attendances; `priced` the lines of what could be priced, as they
    would be billed if nothing had been; `versions` the contract versions behind them; `in_blocks` are
    visits that a block of hours pays for; `disputed` is what was last said of
    visits before they were billed.
    """

    provider: Party
    person: Party
    commissioners: Sequence[Party]
    start: date
    end: date
    as_of: datetime
    rows: pl.DataFrame
    absences: pl.DataFrame
    priced: Sequence[NextLine]
    free: frozenset[str]
    in_blocks: frozenset[str]
    versions: Sequence[tuple[str, str, int, str]]
    billed: Sequence[asyncpg.Record]
    invoices: Sequence[asyncpg.Record]
    disputed: Sequence[asyncpg.Record]
    names: Mapping[str, str]
    carers: Mapping[str, str]


async def statement_facts(
    connection: asyncpg.Connection,
    provider_id: UUID,
    person_id: UUID,
    start: date,
    end: date,
    as_of: datetime,
    commissioner: UUID | None,
) -> StatementFacts:
    """What was recorded up to `as_of` of a person's visits on London dates `start` to `end`.

    With `commissioner` only of the visits it commissioned. Raises DomainError not_found for a person who is not this
    provider's.
    """
    known = await known_person(connection, provider_id, person_id)
    home = (await connection.fetch(query("invoices.homes"), provider_id, [person_id], as_of) or [known])[0]
    opens, closes = london_midnight(start), london_midnight(end + timedelta(days=1))
    visits = await verified_visits(
        connection, provider_id, opens, closes, as_of=as_of, commissioner_id=commissioner
    )
    rows = own_rows(visits, str(person_id))
    away = await connection.fetch(query("invoices.absences"), provider_id, [person_id], as_of)
    ids = [UUID(visit) for visit in rows["visit_id"].unique(maintain_order=True)]
    carers = await connection.fetch(query("statements.carers"), provider_id, as_of)
    billed = await connection.fetch(query("statements.billed"), provider_id, ids, as_of)
    costs = await _costs(connection, provider_id, rows, start, end, as_of)
    payer = f"{PERSON} {home['reference']}"
    names = await _names(connection, provider_id, rows, billed, costs.lines)
    return StatementFacts(
        provider=names[provider_id],
        person=Party(
            name=home["name"],
            reference=home["reference"],
            address=home["address"],
            postcode=home["postcode"],
        ),
        commissioners=[names[UUID(one)] for one in rows["commissioner_id"].drop_nulls().unique().sort()],
        start=start,
        end=end,
        as_of=as_of,
        rows=rows,
        absences=pl.DataFrame([tuple(row) for row in away], ABSENCES, orient="row"),
        priced=costs.lines,
        free=costs.free,
        in_blocks=costs.in_blocks,
        versions=costs.versions,
        billed=billed,
        invoices=await connection.fetch(query("statements.invoices"), provider_id, payer, start, end, as_of),
        disputed=await connection.fetch(query("invoices.disputed"), provider_id, ids, as_of),
        names={party.reference: party.name for party in names.values()},
        carers={row[key]: row["name"] for row in carers for key in ("employment_id", "carer_id")},
    )


@dataclass(frozen=True, slots=True)
class _Costs:
    lines: Sequence[NextLine]
    free: frozenset[str]
    in_blocks: frozenset[str]
    versions: Sequence[tuple[str, str, int, str]]


async def _costs(
    connection: asyncpg.Connection,
    provider_id: UUID,
    rows: pl.DataFrame,
    start: date,
    end: date,
    as_of: datetime,
) -> _Costs:
    """The lines of every contract of these visits, as if nothing had been billed, and the visits that cost nothing."""
    own = set(rows["visit_id"])
    lines: list[NextLine] = []
    free: set[str] = set()
    in_blocks: set[str] = set()
    versions: list[tuple[str, str, int, str]] = []
    for contract in rows["contract_id"].drop_nulls().unique().sort():
        visits = rows.filter(contract_id=contract)
        facts = await facts_about(connection, provider_id, UUID(contract), start, end, as_of, visits)
        made = invoice(replace(facts, billed=[], credits=[]))
        lines += [line for line in made.lines if line.visit in own]
        free |= {item.visit_id for item in made.priced.free}
        in_blocks |= {row["visit"] for row in made.priced.lines if row["block"] is not None}
        versions += [
            (facts.reference, terms.starts_on.isoformat(), terms.version, terms.digest)
            for terms in facts.terms
        ]
    return _Costs(lines, frozenset(free), frozenset(in_blocks), versions)


async def _names(
    connection: asyncpg.Connection,
    provider_id: UUID,
    rows: pl.DataFrame,
    billed: Sequence[Mapping[str, Any]],
    lines: Sequence[NextLine],
) -> dict[UUID, Party]:
    """The organisations that a statement names, by id: provider, commissioners and payers."""
    payers = {row["payer"] for row in billed} | {payer for line in lines for payer in line.shares}
    wanted = {provider_id, *(UUID(one) for one in rows["commissioner_id"].drop_nulls().unique())}
    return await parties(connection, wanted | {organisation_id(payer) for payer in payers - {PERSON}})
