"""A statement for a person supported, worked out when it is asked for: the same facts give the same bytes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from backend import clock, db
from backend.domain.money import pounds
from backend.domain.payer_bills import PERSON
from backend.domain.statement import absence_on, attended, first_name, person_visits
from backend.domain.vat import Treatment, treatment_totals
from backend.faults import DomainError
from backend.sql import query
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.frozen_documents import SETTLED, facts_digest
from backend.use_cases.statement_facts import StatementFacts, statement_facts
from backend.use_cases.viewer import Viewer
from schemas.day import Span, span_between
from schemas.documents import Dates
from schemas.statements import (
    Came,
    PersonStatement,
    StatementInvoice,
    StatementPayer,
    StatementVisit,
)

LONGEST_DAYS: Final = 92
TEMPLATE_VERSION: Final = "statement-3"
Cost = tuple[str, str, Treatment, int]
"""A visit, a payer, how it is taxed, and the pence that payer is asked before VAT."""


async def read_statement(
    viewer: Viewer, provider: str, person: str, first: date, last: date
) -> PersonStatement:
    """The statement of a provider's person, both by reference, for somebody who signed in.

    A provider's own people need not name it. A commissioner gets the statement of the visits that it commissioned,
    which is noted. Raises DomainError.
    """
    provider_id = organisation_id(provider) if provider or not viewer.provider else viewer.organisation_id
    person_id = thing_id(provider_id, "service_user", person)
    async with viewer.transaction() as connection:
        known = provider_id in await viewer.providers(connection)
        if known and not viewer.provider:
            known = await connection.fetchval(query("statements.commissioned"), provider_id, person_id)
        if not known:
            raise DomainError("not_found", "There is no such person.")
        await viewer.note(connection, provider_id, "statement", person_id)
    commissioner = None if viewer.provider else viewer.organisation_id
    return await person_statement(provider_id, person_id, first, last, commissioner=commissioner)


async def person_statement(
    provider_id: UUID,
    person_id: UUID,
    first: date,
    last: date,
    as_of: datetime | None = None,
    commissioner: UUID | None = None,
) -> PersonStatement:
    """The statement of London dates `first` to `last`, on what was recorded up to `as_of` (default: a minute ago).

    Raises DomainError: bad_request for dates that no statement can cover, not_found for a person who is not this
    provider's.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise DomainError(
            "bad_request", f"Ask for one day to {LONGEST_DAYS} days, the first before the last."
        )
    at = as_of or clock.now() - SETTLED
    async with db.as_provider(provider_id) as connection:
        facts = await statement_facts(connection, provider_id, person_id, first, last, at, commissioner)
    return statement_of(facts, clock.is_simulated())


def statement_of(facts: StatementFacts, simulated: bool) -> PersonStatement:
    """The snapshot. Pure."""
    costs = [*_billed(facts), *_unbilled(facts)]
    payers = _payers(facts, costs)
    return PersonStatement(
        provider=facts.provider,
        person=facts.person,
        commissioners=list(facts.commissioners),
        period=Dates(start=facts.start, end=facts.end),
        as_of=facts.as_of,
        template_version=TEMPLATE_VERSION,
        visits=[_visit(row, facts, costs) for row in person_visits(facts.rows, facts.absences, facts.as_of)],
        payers=payers,
        total=sum((payer.amount for payer in payers), pounds(0)),
        own=sum((payer.amount for payer in payers if payer.own), pounds(0)),
        invoices=[
            StatementInvoice(
                number=row["number"],
                kind=row["kind"],
                period=Dates(start=row["period_start"], end=row["period_end"]),
                to_pay=pounds(row["pence"]),
            )
            for row in facts.invoices
        ],
        facts_digest=_digest(facts),
        simulated_clock=simulated,
    )


def _billed(facts: StatementFacts) -> list[Cost]:
    """What documents ask for visits: what was billed stands, whatever it would come to now."""
    return [
        (
            row["visit_id"],
            row["payer"],
            Treatment(row["vat_category"], row["vat_rate"], row["vat_reason"]),
            row["amount_pence"],
        )
        for row in facts.billed
    ]


def _unbilled(facts: StatementFacts) -> list[Cost]:
    """What visits that no document holds would come to now."""
    billed = {row["visit_id"] for row in facts.billed}
    return [
        (line.visit, payer, line.vat, pence)
        for line in facts.priced
        if line.visit not in billed
        for payer, pence in line.shares.items()
    ]


def _payers(facts: StatementFacts, costs: Iterable[Cost]) -> list[StatementPayer]:
    """Everybody who pays something, the person first."""
    asked: dict[str, list[tuple[Treatment, Decimal]]] = {}
    for _, payer, treatment, pence in costs:
        asked.setdefault(payer, []).append((treatment, pounds(pence)))
    told = []
    for payer in sorted(asked, key=lambda name: (name != PERSON, name)):
        totals = treatment_totals(asked[payer])
        net = sum((total.net for total in totals), pounds(0))
        told.append(
            StatementPayer(
                name=facts.person.name if payer == PERSON else facts.names.get(payer, payer),
                own=payer == PERSON,
                net=net,
                amount=net + sum((total.tax for total in totals), pounds(0)),
            )
        )
    return [payer for payer in told if payer.net or payer.own]


def _visit(row: Mapping[str, Any], facts: StatementFacts, costs: Sequence[Cost]) -> StatementVisit:
    visit = row["visit_id"]
    pence = Counter[bool]()
    for _, payer, _, asked in (cost for cost in costs if cost[0] == visit):
        pence[payer == PERSON] += asked
    known = visit in facts.free or any(cost[0] == visit for cost in costs)
    return StatementVisit(
        visit=row["reference"] or "",
        visit_id=visit,
        day=row["day"],
        service=row["service"] or "",
        outcome=row["outcome"],
        planned=span_between(row["planned_start"], row["planned_end"]),
        expected=_expected(row, facts),
        came=[
            Came(name=_called(one, facts), actual=Span(start=one["actual_start"], end=one["actual_end"]))
            for one in attended(row)
        ],
        price=pounds(pence[True] + pence[False]) if known else None,
        own=pounds(pence[True]) if known else None,
        billed_on=sorted({each["number"] for each in facts.billed if each["visit_id"] == visit}),
        cancelled_at=row["cancelled_at"],
        cancelled_by=row["cancelled_by"],
        absence=absence_on(facts.absences, row),
        in_block=visit in facts.in_blocks,
        dispute=next(
            (said["outcome"] or "open" for said in facts.disputed if said["visit_id"] == visit), None
        ),
    )


def _expected(row: Mapping[str, Any], facts: StatementFacts) -> list[str]:
    return [_called(one, facts) for one in row["attendances"] if one["assigned"] and one["employment_id"]]


def _called(attendance: Mapping[str, Any], facts: StatementFacts) -> str:
    found = facts.carers.get(attendance["employment_id"]) or facts.carers.get(attendance["carer_id"])
    return first_name(found) if found else "A carer"


def _digest(facts: StatementFacts) -> str:
    """Of the plans, events, terms, absences and documents that went in."""
    return facts_digest(
        [
            facts.rows.select("visit_id", "carer_id", "plan_version", "digests").to_dicts(),
            facts.versions,
            facts.absences.select("absence", "absence_version", "absence_digest").rows(),
            [[row["number"], row["visit_id"], row["payer"], row["amount_pence"]] for row in facts.billed],
            [[row["number"], row["pence"]] for row in facts.invoices],
            [[row["visit_id"], row["number"], row["outcome"]] for row in facts.disputed],
        ]
    )
