"""One load: read the files, check every row, write in one transaction, or write nothing and name every fault."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from backend import clock, db
from backend.use_cases.loading import (
    absences,
    activities,
    approved_places,
    bank_holidays,
    budgets,
    carers,
    correction_reasons,
    organisations,
    packages,
    patterns,
    pay,
    payroll,
    planning,
    postcodes,
    rota,
    service_users,
    standards,
    templates,
    terms,
)
from backend.use_cases.loading.files import SourceFile, read_sheet
from backend.use_cases.loading.half_read import refuse_unknown
from backend.use_cases.loading.payroll_export import Given
from backend.use_cases.loading.report import Line, LoadFault, Report
from backend.use_cases.loading.rows import columns_of, decode_rows, refuse_duplicates
from backend.use_cases.loading.session import EVERYBODY, Days, Scope, Session
from backend.use_cases.loading.versions import Counts
from schemas.contract import ContractVersion
from schemas.delivery import DeliveryTemplateVersion
from schemas.loading import (
    AbsenceRow,
    ActivityRow,
    BankHolidayRow,
    BudgetRow,
    CarerRow,
    CorrectionReasonRow,
    LeaveRow,
    LoadedCounts,
    LoadKind,
    OrganisationRow,
    PackageRow,
    PayRow,
    PlaceRow,
    RotaRow,
    ServiceUserRow,
)
from schemas.pay import PayTermsVersion
from schemas.payroll import PayMappingRow, PayTemplateVersion
from schemas.planning import NeedRow, PatternRow, SkillRow, WorkingHoursRow
from schemas.standards import StandardVersion

Store = Callable[[Session, Any], Awaitable[Counts]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind is loaded: its row type, the fields that make a row one of its own, and what stores the rows."""

    row: type[msgspec.Struct]
    key: tuple[str, ...]
    column: str
    store: Store
    nested: bool = False


_KINDS: Final[Mapping[LoadKind, _Kind]] = {
    "organisations": _Kind(OrganisationRow, ("reference",), "reference", organisations.store),
    "carers": _Kind(CarerRow, ("provider", "employment"), "employment", carers.store),
    "service-users": _Kind(ServiceUserRow, ("provider", "reference"), "reference", service_users.store),
    "contracts": _Kind(
        ContractVersion, ("provider", "reference", "from_"), "reference", terms.store_contracts, True
    ),
    "pay-terms": _Kind(
        PayTermsVersion, ("provider", "reference", "from_"), "reference", terms.store_pay_terms, True
    ),
    "places": _Kind(PlaceRow, ("provider", "service_user", "name", "from_"), "name", approved_places.store),
    "packages": _Kind(PackageRow, ("provider", "reference", "from_"), "reference", packages.store),
    "rota": _Kind(RotaRow, ("provider", "visit"), "visit", rota.store),
    "pay": _Kind(PayRow, ("provider", "employment", "reference"), "reference", pay.store),
    "pay-templates": _Kind(
        PayTemplateVersion,
        ("provider", "reference"),
        "reference",
        partial(templates.store_templates, kind=templates.PAY),
        True,
    ),
    "delivery-templates": _Kind(
        DeliveryTemplateVersion,
        ("provider", "reference"),
        "reference",
        partial(templates.store_templates, kind=templates.DELIVERY),
        True,
    ),
    "pay-mapping": _Kind(PayMappingRow, ("provider", "reference", "from_"), "element", payroll.store_mapping),
    "standards": _Kind(
        StandardVersion, ("provider", "reference", "from_"), "reference", standards.store, True
    ),
    "absences": _Kind(
        AbsenceRow,
        ("provider", "commissioner", "service_user", "kind", "from_"),
        "from",
        absences.store_absences,
    ),
    "leave": _Kind(LeaveRow, ("provider", "employment", "kind", "from_"), "from", absences.store_leave),
    "skills": _Kind(SkillRow, ("provider", "carer", "skill", "from_"), "skill", planning.store_skills),
    "needs": _Kind(NeedRow, ("provider", "service_user", "skill", "from_"), "skill", planning.store_needs),
    "working-hours": _Kind(
        WorkingHoursRow, ("provider", "employment", "from_"), "from", planning.store_working_hours
    ),
    "patterns": _Kind(PatternRow, ("provider", "reference", "from_"), "reference", patterns.store),
    "activities": _Kind(ActivityRow, ("provider", "reference"), "reference", activities.store),
    "correction-reasons": _Kind(
        CorrectionReasonRow, ("provider", "reference", "from_"), "reference", correction_reasons.store
    ),
    "bank-holidays": _Kind(BankHolidayRow, ("division", "date"), "date", bank_holidays.store),
    "budgets": _Kind(BudgetRow, ("commissioner", "reference", "from_"), "reference", budgets.store),
}

NOTHING_GIVEN: Final = Given()


def row_of(kind: LoadKind) -> tuple[type[msgspec.Struct] | None, bool]:
    """The row type of a kind, none for postcode lists, and whether it is nested, so from JSON alone."""
    held = _KINDS.get(kind)
    return (None, False) if held is None else (held.row, held.nested)


class _Undo(Exception):
    """Leaves the transaction of a dry run without keeping anything."""


async def load(
    kind: LoadKind,
    files: Sequence[SourceFile],
    *,
    scope: Scope = EVERYBODY,
    complete: Days | None = None,
    dry_run: bool = False,
) -> LoadedCounts:
    """Load files of one kind in one transaction. `complete` (rota alone): the files are the whole rota of those days.

    Raises LoadRefused with every fault found; then, and in a dry run, nothing is changed.
    """
    if kind == "postcodes":
        return await load_postcodes([(file.name, file.content) for file in files], dry_run=dry_run)
    report = Report()
    if complete is not None and kind != "rota":
        report.faults.append(LoadFault(file=kind, detail="only a rota can be complete"))
    # Reading a county's rota takes a second or two: not in the loop that answers everybody else.
    lines = await asyncio.to_thread(_read, _KINDS[kind], files, report)
    async with _session(scope, complete, report, dry_run) as session:
        counts = await _KINDS[kind].store(session, lines)
        await refuse_unknown(session, kind)
        report.refuse()
    return _loaded(kind, dry_run, len(lines), counts, session)


@asynccontextmanager
async def planning_session(
    provider_id: UUID, user: UUID, reason: str | None = None
) -> AsyncIterator[Session]:
    """A load of a provider's own rows in steps, each by `load_within`: one transaction, under the loading lock.

    What is raised inside, such as LoadRefused, leaves everything as it was.
    """
    async with db.as_provider(provider_id) as connection:
        scope = Scope(provider=provider_id, user=user)
        session = Session(connection, clock.now(), scope, Report(), reason=reason)
        await session.enter(provider_id)
        yield session


async def load_within(session: Session, kind: LoadKind, rows: Sequence[Mapping[str, str]]) -> Counts:
    """Store rows as a page gives them (an empty field is left out), with the checks of a file.

    Faults are in the session's report, each with a pointer to its row and field; the caller refuses them.
    """
    source = SourceFile("form", msgspec.json.encode(rows), "json")
    lines = _read(_KINDS[kind], [source], session.report)
    counts = await _KINDS[kind].store(session, lines)
    await refuse_unknown(session, kind)
    return counts


async def load_postcodes(
    sources: Sequence[tuple[str, Path | bytes]], *, dry_run: bool = False
) -> LoadedCounts:
    """Load published postcode lists, by name and path (or bytes), in one transaction. Raises LoadRefused."""
    report = Report()
    async with _session(EVERYBODY, None, report, dry_run) as session:
        rows, counts = await postcodes.store(session, sources)
        report.refuse()
    return _loaded("postcodes", dry_run, rows, counts, session)


async def load_payroll(
    files: Sequence[SourceFile],
    *,
    provider: str | None,
    template: str,
    given: Given = NOTHING_GIVEN,
    scope: Scope = EVERYBODY,
    dry_run: bool = False,
) -> LoadedCounts:
    """Load a provider's payroll exports by a template, in one transaction. Raises LoadRefused, as `load` does.

    `provider` is its reference, and may be left out where the scope is one provider.
    """
    report = Report()
    async with _session(scope, None, report, dry_run) as session:
        rows, counts = await payroll.store_export(session, provider, files, template, given)
        report.refuse()
    return _loaded("pay", dry_run, rows, counts, session)


def _read(kind: _Kind, files: Sequence[SourceFile], report: Report) -> list[Line[Any]]:
    if kind.nested:
        lines: list[Line[Any]] = terms.read_terms(kind.row, files, report)
    else:
        known = [column.heading for column in columns_of(kind.row)]
        sheets = [sheet for file in files if (sheet := read_sheet(file, known, report)) is not None]
        lines = [line for sheet in sheets for line in decode_rows(kind.row, sheet, report)]
    refuse_duplicates(_in_order(kind, files, lines, report), kind.key, kind.column, report)
    return lines


def _in_order(
    kind: _Kind, files: Sequence[SourceFile], lines: Sequence[Line[Any]], report: Report
) -> list[Line[Any]]:
    """The rows as they stand in the files, with those that hold a fault; of nested ones nobody knows what was read."""
    if kind.nested:
        return list(lines)
    places = {file.name: place for place, file in enumerate(files)}
    return sorted([*lines, *report.unread], key=lambda line: (places[line.file], line.number))


@asynccontextmanager
async def _session(
    scope: Scope, complete: Days | None, report: Report, dry_run: bool
) -> AsyncIterator[Session]:
    try:
        async with db.as_system() as connection:
            yield Session(connection, clock.now(), scope, report, complete)
            if dry_run:
                raise _Undo
    except _Undo:
        return


def _loaded(kind: str, dry_run: bool, rows: int, counts: Counts, session: Session) -> LoadedCounts:
    return LoadedCounts(
        kind=kind,
        dry_run=dry_run,
        rows=rows,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        cancelled=session.cancelled,
        notes=session.report.notes,
    )
