"""Load dated terms: contracts with commissioners, and what an employer pays. Nested, so from JSON alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from backend.domain.billing_period import period_containing
from backend.domain.payer_bills import PERSON
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.files import SourceFile, read_objects
from backend.use_cases.loading.periods import note_gaps, refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line, Report
from backend.use_cases.loading.session import Session, no_commissioner
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.contract import ContractVersion
from schemas.pay import PayTermsVersion
from schemas.strict import decode

T = TypeVar("T", bound=msgspec.Struct)

_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))
_CONTRACTS: Final = Versioned(
    "contract_version",
    (("provider_id", "uuid"), ("contract_id", "uuid"), ("starts_on", "date")),
    (
        ("commissioner_id", "uuid"),
        ("ends_on", "date"),
        ("terms", "jsonb"),
        ("billing_period", "text"),
        ("self_billed", "boolean"),
        ("purchase_order", "text"),
        ("punctual_minutes", "smallint"),
        ("full_length_percent", "smallint"),
    ),
)
_PAY_TERMS: Final = Versioned(
    "pay_terms_version",
    (("provider_id", "uuid"), ("pay_terms_id", "uuid"), ("starts_on", "date")),
    (("ends_on", "date"), ("terms", "jsonb")),
)
_BESIDE: Final = (
    "billing_period",
    "self_billed",
    "purchase_order",
    "punctual_minutes",
    "full_length_percent",
)
_PARTIES: Final = frozenset({"provider", "commissioner", *_BESIDE})
_DATES: Final = frozenset({"from", "until"})
_PART: Final = (
    "{} is not the {} day of a billing period ({}), and blocks are bought for whole periods: take {} or {}, and "
    "load the days that are left as a version without blocks"
)


def read_terms(kind: type[T], sources: Sequence[SourceFile], report: Report) -> list[Line[T]]:
    """The terms of the files that hold no fault."""
    lines = []
    for source in sources:
        for index, element in enumerate(read_objects(source, report)):
            decoded = decode(kind, element)
            at = Line(source.name, index, True, decoded.value)
            report.faults.extend(at.fault(fault.pointer, fault.detail) for fault in decoded.faults)
            if decoded.value is not None:
                lines.append(Line(source.name, index, True, decoded.value))
            else:
                report.unread.append(Line(source.name, index, True, element))
    return lines


async def store_contracts(session: Session, lines: Sequence[Line[ContractVersion]]) -> Counts:
    """Append what is new of each contract. Its commissioner never changes, and its versions may not overlap."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        commissioners = await _commissioners(session, provider_id, rows)
        await _refuse_overlaps(session, "contract_periods", provider_id, rows)
        await _note_payers(session, rows)
        _refuse_parts_of_periods(session, rows)
        if session.report.faults:
            continue
        things = [
            (*_thing(provider_id, "contract", line.row.reference), commissioners[line.row.commissioner])
            for line in rows
        ]
        await ensure(session.connection, "contract", (*_THING, ("commissioner_id", "uuid")), things)
        facts = [_contract(provider_id, line.row, commissioners[line.row.commissioner]) for line in rows]
        counts.add(await append(session.connection, _CONTRACTS, facts, session.now))
    return counts


def _refuse_parts_of_periods(session: Session, lines: Sequence[Line[ContractVersion]]) -> None:
    """Blocks are bought for whole billing periods: nobody could say what a block costs for three days of a week."""
    for line in lines:
        row = line.row
        first = period_containing(row.billing_period, row.from_)
        last = None if row.until is None else period_containing(row.billing_period, row.until)
        if row.blocks and first.start != row.from_:
            starts = first.end + timedelta(days=1)
            detail = _PART.format(row.from_, "first", row.billing_period, first.start, starts)
            session.report.fault(line, "from", detail)
        if row.blocks and last is not None and last.end != row.until:
            ended = last.start - timedelta(days=1)
            detail = _PART.format(row.until, "last", row.billing_period, ended, last.end)
            session.report.fault(line, "until", detail)


async def store_pay_terms(session: Session, lines: Sequence[Line[PayTermsVersion]]) -> Counts:
    """Append what is new of each employer's terms, whose versions may not overlap."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        await _refuse_overlaps(session, "pay_terms_periods", provider_id, rows)
        if session.report.faults:
            continue
        things = [_thing(provider_id, "pay_terms", line.row.reference) for line in rows]
        await ensure(session.connection, "pay_terms", _THING, things)
        facts = [_pay_terms(provider_id, line.row) for line in rows]
        counts.add(await append(session.connection, _PAY_TERMS, facts, session.now))
    return counts


def _thing(provider_id: UUID, table: str, reference: str) -> tuple[UUID, UUID, str]:
    return provider_id, thing_id(provider_id, table, reference), reference


def _contract(provider_id: UUID, row: ContractVersion, commissioner_id: UUID) -> Fact:
    key = (*_thing(provider_id, "contract", row.reference)[:2], row.from_)
    terms = _terms(row, _PARTIES | _DATES)
    return Fact(key, (commissioner_id, row.until, terms, *(getattr(row, name) for name in _BESIDE)))


def _pay_terms(provider_id: UUID, row: PayTermsVersion) -> Fact:
    key = (*_thing(provider_id, "pay_terms", row.reference)[:2], row.from_)
    return Fact(key, (row.until, _terms(row, _DATES | {"provider", "reference"})))


def _terms(row: msgspec.Struct, apart: frozenset[str]) -> str:
    """The calculator's object, defaults filled in, as JSON: what stands in columns of its own is left out."""
    plain: dict[str, Any] = msgspec.to_builtins(row, str_keys=True)
    kept = {name: value for name, value in plain.items() if name not in apart}
    return msgspec.json.encode(kept, order="sorted").decode()


async def _refuse_overlaps(
    session: Session, name: str, provider_id: UUID, lines: Sequence[Line[Any]]
) -> None:
    wanted = list({line.row.reference for line in lines})
    records = await session.connection.fetch(query(f"loading.{name}"), provider_id, wanted)
    stored = stored_periods(records)
    refuse_overlaps(lines, stored, session.report)
    note_gaps(lines, stored, session.report)


async def _commissioners(
    session: Session, provider_id: UUID, lines: Sequence[Line[ContractVersion]]
) -> dict[str, UUID]:
    """The ids of the commissioners named. One that is unknown, or not the contract's own, is a fault."""
    wanted = list({line.row.reference for line in lines})
    records = await session.connection.fetch(query("loading.contracts"), provider_id, wanted)
    held = {record["reference"]: record["commissioner_id"] for record in records}
    found: dict[str, UUID] = {}
    for line in lines:
        named = line.row.commissioner
        organisation = await session.organisation(named)
        wrong = no_commissioner(organisation, named)
        if organisation is None or wrong is not None:
            session.report.fault(line, "commissioner", str(wrong))
        elif held.setdefault(line.row.reference, organisation.id) != organisation.id:
            detail = f"the contract {line.row.reference} is with another commissioner: give this one its own reference"
            session.report.fault(line, "commissioner", detail)
        else:
            found[named] = organisation.id
    return found


async def _note_payers(session: Session, lines: Sequence[Line[ContractVersion]]) -> None:
    payers = {funder.payer for line in lines for funder in line.row.funding} - {PERSON}
    unknown = [payer for payer in payers if await session.organisation(payer) is None]
    session.report.note(unknown, "named as payer but no organisation's reference, on invoices as written")
