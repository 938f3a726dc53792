"""Load payroll exports by their template, and the mapping by which a provider says what their elements are."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.files import SourceFile
from backend.use_cases.loading.pay_doubles import note_doubles
from backend.use_cases.loading.payroll_export import Given, PayrollLine, read_export
from backend.use_cases.loading.periods import refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line, LoadFault, Report
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.templates import PAY, templates_of
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.payroll import PayMappingRow, PayTemplate

_LINES: Final = Versioned(
    "payroll_line",
    (("provider_id", "uuid"), ("employment_id", "uuid"), ("reference", "text")),
    (
        ("template", "text"),
        ("element", "text"),
        ("description", "text"),
        ("amount", "numeric"),
        ("quantity", "numeric"),
        ("time_unit", "text"),
        ("rate", "numeric"),
        ("deductions_negative", "boolean"),
        ("paid_on", "date"),
        ("earned_start", "date"),
        ("earned_end", "date"),
    ),
)
_MAPPING: Final = Versioned(
    "pay_mapping_version",
    (("provider_id", "uuid"), ("element", "text"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("label", "text"),
        ("section", "text"),
        ("kind", "text"),
        ("duties", "text"),
        ("consolidated", "boolean"),
        ("absence_taken", "boolean"),
        ("takes_back_overpayment", "boolean"),
        ("note", "text"),
    ),
)


async def store_mapping(session: Session, lines: Sequence[Line[PayMappingRow]]) -> Counts:
    """Append what is new of the mapping. On each day an element is one thing."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.reference for line in rows})
        records = await session.connection.fetch(query("loading.pay_mapping_periods"), provider_id, wanted)
        refuse_overlaps(rows, stored_periods(records), session.report)
        if not session.report.faults:
            facts = [_mapped(provider_id, line.row) for line in rows]
            counts.add(await append(session.connection, _MAPPING, facts, session.now))
            days = await session.connection.fetch(query("loading.element_payment_dates"), provider_id, wanted)
            await note_doubles(session, provider_id, [row["paid_on"] for row in days], None)
    return counts


def _mapped(provider_id: UUID, row: PayMappingRow) -> Fact:
    said = (row.section, row.kind, row.duties, row.consolidated, row.absence_taken)
    back = bool(row.takes_back_overpayment)
    return Fact((provider_id, row.reference, row.from_), (row.until, row.element, *said, back, row.note))


async def store_export(
    session: Session, provider: str | None, sources: Sequence[SourceFile], template: str, given: Given
) -> tuple[int, Counts]:
    """Append what is new of the exports of one provider; how many lines they hold. Elements need no mapping yet."""
    provider_id = await _provider(session, provider)
    if provider_id is None:
        return 0, Counts()
    await session.enter(provider_id)
    known = await templates_of(session.connection, provider_id, PAY)
    if template not in known:
        detail = f"no template has the name {template}; there are {', '.join(sorted(known))}"
        session.report.faults.append(LoadFault(file="template", detail=detail))
        return 0, Counts()
    # Seconds for a large payroll: phones must not wait for them.
    lines = await asyncio.to_thread(_read, sources, known[template], given, session.report)
    kept = await _employed(session, provider_id, lines, known[template])
    session.report.faults.extend(_repeated(kept))
    if session.report.faults:
        return len(kept), Counts()
    facts = await asyncio.to_thread(_facts, provider_id, kept, known[template])
    counts = await append(session.connection, _LINES, facts, session.now)
    paid = [line.row.paid_on for line in kept]
    await note_doubles(session, provider_id, paid, {(line.row.employee, line.row.reference) for line in kept})
    return len(kept), counts


def _read(
    sources: Sequence[SourceFile], template: PayTemplate, given: Given, report: Report
) -> list[Line[PayrollLine]]:
    return [line for source in sources for line in read_export(source, template, given, report)]


async def _provider(session: Session, provider: str | None) -> UUID | None:
    """The provider named, or else the loader's own; None, with a fault, if there is none or it is another's."""
    own = session.scope.provider
    found = None if provider is None else await session.organisation(provider)
    if provider is None and own is not None:
        return own
    if found is not None and found.kind == "provider" and own in (None, found.id):
        return found.id
    detail = (
        "is required: say whose payroll it is" if provider is None else f"{provider} is no provider of yours"
    )
    session.report.faults.append(LoadFault(file="provider", detail=detail))
    return None


async def _employed(
    session: Session, provider_id: UUID, lines: Sequence[Line[PayrollLine]], template: PayTemplate
) -> list[Line[PayrollLine]]:
    """The lines of known employments. Others are faults, or noted where the template says to leave them out."""
    wanted = list({line.row.employee for line in lines})
    records = await session.connection.fetch(query("loading.employments"), provider_id, wanted)
    known = {record["reference"] for record in records}
    strangers = [line for line in lines if line.row.employee not in known]
    if template.unknown_employees == "leave_out":
        names = [line.row.employee for line in strangers]
        session.report.note(names, "of the payroll but no employment here, and left out")
    else:
        for line in strangers:
            detail = f"no employment has the reference {line.row.employee}"
            session.report.fault(line, template.employee, detail)
    return [line for line in lines if line.row.employee in known]


def _repeated(lines: Sequence[Line[PayrollLine]]) -> list[LoadFault]:
    """A fault for each line whose reference, given by the payroll, stands in an earlier one of the same employee."""
    seen: dict[tuple[str, str], Line[PayrollLine]] = {}
    faults = []
    for line in lines:
        first = seen.setdefault((line.row.employee, line.row.reference), line)
        if first is not line:
            detail = f"the line {line.row.reference} stands in {first.where} of {first.file} already"
            faults.append(LoadFault(file=line.file, row=line.number, detail=detail))
    return faults


def _facts(provider_id: UUID, lines: Sequence[Line[PayrollLine]], template: PayTemplate) -> list[Fact]:
    return [_fact(provider_id, line.row, template) for line in lines]


def _fact(provider_id: UUID, row: PayrollLine, template: PayTemplate) -> Fact:
    return Fact(
        (provider_id, thing_id(provider_id, "employment", row.employee), row.reference),
        (
            template.reference,
            row.element,
            row.description,
            row.amount,
            row.quantity,
            row.time_unit,
            row.rate,
            template.deductions == "negative",
            row.paid_on,
            row.earned_start,
            row.earned_end,
        ),
    )
