"""Load packages of care: what is commissioned for one person, under which contract, at which price level."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from backend.domain.payer_bills import PERSON
from backend.domain.pricing.gaps import unpriced_at_first
from backend.domain.zone import squeezed, zone_of
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.periods import Period, covers, refuse_overlaps, stored_periods
from backend.use_cases.loading.places import Postcode, postcodes
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.contract import Contract
from schemas.loading import PackageRow
from schemas.strict import decode

_VERSIONS: Final = Versioned(
    "package_version",
    (("provider_id", "uuid"), ("package_id", "uuid"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("service_user_id", "uuid"),
        ("contract_id", "uuid"),
        ("commissioner_id", "uuid"),
        ("service", "text"),
        ("zone", "text"),
        ("zone_source", "text"),
        ("carers", "integer"),
        ("high_dependency", "boolean"),
        ("visits_per_week", "smallint"),
        ("hours_per_week", "numeric"),
        ("tasks", "jsonb"),
        ("funding", "jsonb"),
    ),
)
_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))


async def store(session: Session, lines: Sequence[Line[PackageRow]]) -> Counts:
    """Append what is new of each package. Its person, contract and payers must be known and its zone settled."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        commissioners = await _check_contracts(session, provider_id, rows)
        await _refuse_overlaps(session, provider_id, rows)
        await _refuse_payers(session, rows)
        zones = await _zones(session, provider_id, rows)
        if session.report.faults:
            continue
        await _note_unpriced(session, provider_id, rows, zones)
        things = [_thing(provider_id, line.row.reference) for line in rows]
        await ensure(session.connection, "package", _THING, things)
        facts = [
            _fact(provider_id, line.row, commissioners[line.row.contract], zone)
            for line, zone in zip(rows, zones, strict=True)
        ]
        counts.add(await append(session.connection, _VERSIONS, facts, session.now))
    return counts


def _thing(provider_id: UUID, reference: str) -> tuple[UUID, UUID, str]:
    return provider_id, thing_id(provider_id, "package", reference), reference


def _fact(provider_id: UUID, row: PackageRow, commissioner_id: UUID, zone: str) -> Fact:
    key = (*_thing(provider_id, row.reference)[:2], row.from_)
    content = (
        row.until,
        thing_id(provider_id, "service_user", row.service_user),
        thing_id(provider_id, "contract", row.contract),
        commissioner_id,
        row.service,
        zone,
        "postcode" if row.zone is None else "given",
        row.carers,
        row.high_dependency,
        row.visits_per_week,
        row.hours_per_week,
        msgspec.json.encode(row.tasks).decode(),
        None if row.funding is None else msgspec.json.encode(row.funding).decode(),
    )
    return Fact(key, content)


async def _check_contracts(
    session: Session, provider_id: UUID, lines: Sequence[Line[PackageRow]]
) -> dict[str, UUID]:
    """The commissioner of each contract named. A contract unknown, or not in force throughout, is a fault."""
    wanted = list({line.row.contract for line in lines})
    records = await session.connection.fetch(query("loading.contracts"), provider_id, wanted)
    commissioners = {record["reference"]: record["commissioner_id"] for record in records}
    periods = stored_periods(
        await session.connection.fetch(query("loading.contract_periods"), provider_id, wanted)
    )
    missing(lines, "contract", set(commissioners), "contract", session.report)
    outlived = []
    for line in lines:
        terms = periods.get(line.row.contract)
        if terms is None:
            continue
        gap = covers(terms, line.row.from_, line.row.until)
        if gap is not None:
            column = "from" if gap == line.row.from_ else "until"
            detail = f"the contract {line.row.contract} has no version for {gap}; it has {', '.join(map(str, terms))}"
            session.report.fault(line, column, detail)
        elif _outlives(line.row, terms):
            outlived.append(line.row.reference)
    session.report.note(outlived, "without an end while the contract has one")
    return commissioners


def _outlives(row: PackageRow, terms: Sequence[Period]) -> bool:
    return row.until is None and terms[-1].last is not None


async def _refuse_overlaps(session: Session, provider_id: UUID, lines: Sequence[Line[PackageRow]]) -> None:
    wanted = list({line.row.reference for line in lines})
    records = await session.connection.fetch(query("loading.package_periods"), provider_id, wanted)
    refuse_overlaps(lines, stored_periods(records), session.report)


async def _refuse_payers(session: Session, lines: Sequence[Line[PackageRow]]) -> None:
    for line in lines:
        for share in line.row.funding or ():
            if share.payer != PERSON and await session.organisation(share.payer) is None:
                session.report.fault(line, "funding", f"no organisation has the reference {share.payer}")


async def _note_unpriced(
    session: Session, provider_id: UUID, lines: Sequence[Line[PackageRow]], zones: Sequence[str]
) -> None:
    """Tell of packages that their contract does not price when they, or a version of it, begin.

    Their visits are left out of documents until it does. It is no fault: the rates may be loaded after the packages.
    """
    wanted = list({line.row.contract for line in lines})
    records = await session.connection.fetch(query("loading.contract_terms"), provider_id, wanted)
    versions = [
        (row["reference"], row["starts_on"], row["ends_on"] or date.max, _terms(row["terms"]))
        for row in records
    ]
    found = []
    for line, zone in zip(lines, zones, strict=True):
        row = line.row
        for reference, first, last, terms in versions:
            since, until = max(first, row.from_), min(last, row.until or date.max)
            if reference == row.contract and since <= until:
                gap = unpriced_at_first(terms, row.service, zone, since, until)
                found += [] if gap is None else [f"{row.reference} ({gap.says})"]
    session.report.note(found, "that the contract does not price, so their visits are not billed")


def _terms(stored: str) -> Contract:
    terms = decode(Contract, msgspec.json.decode(stored)).value
    if terms is None:
        raise ValueError("stored contract terms cannot be read")
    return terms


async def _zones(session: Session, provider_id: UUID, lines: Sequence[Line[PackageRow]]) -> list[str]:
    """The zone of each package: as given, else by its person's postcode. A zone that nothing settles is a fault."""
    wanted = list({line.row.service_user for line in lines})
    records = await session.connection.fetch(query("loading.service_users"), provider_id, wanted)
    homes: dict[str, str] = {record["reference"]: record["postcode"] for record in records}
    missing(lines, "service_user", set(homes), "service user", session.report)
    known = await postcodes(session.connection, homes.values())
    zones = []
    for line in lines:
        home = homes.get(line.row.service_user)
        zone = line.row.zone if line.row.zone or home is None else _zone(session, line, home, known)
        zones.append(zone or "")
    return zones


def _zone(session: Session, line: Line[PackageRow], home: str, known: dict[str, Postcode]) -> str | None:
    found = known.get(squeezed(home))
    zone = zone_of(found.rural_urban) if found else None
    if zone is None:
        session.report.fault(line, "zone", f"is required: {home} {_why(found)}, so it gives no zone")
    return zone


def _why(found: Postcode | None) -> str:
    if found is None:
        return "is not in the postcode list"
    if found.rural_urban is None:
        return "has a blank rural-urban indicator"
    return f"has the rural-urban indicator {found.rural_urban}, of another classification"
