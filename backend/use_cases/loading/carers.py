"""Load carers: one row an employment, several employments a person."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from backend import keys
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.places import Place, note_ended, place_of, postcodes
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.loading import CarerRow

_VERSIONS: Final = Versioned(
    "employment_version",
    (("provider_id", "uuid"), ("employment_id", "uuid")),
    (
        ("name", "text"),
        ("date_of_birth", "date"),
        ("home_postcode", "text"),
        ("home_lat", "double precision"),
        ("home_lon", "double precision"),
        ("mode", "text"),
        ("identity_hash", "bytea"),
        ("starts_on", "date"),
        ("ends_on", "date"),
        ("pay_cycle", "text"),
        ("apprenticeship_started", "date"),
        ("apprenticeship_ended", "date"),
        ("pay_terms", "text"),
    ),
)
_WORK: Final = Versioned(
    "employment_work_version",
    (("provider_id", "uuid"), ("employment_id", "uuid"), ("starts_on", "date")),
    (("work_type", "text"), ("basic_hours_per_year", "numeric"), ("calculation_year_start", "date")),
)
_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))
_DEFAULT_MODE: Final = "car"


async def store(session: Session, lines: Sequence[Line[CarerRow]]) -> Counts:
    """Append what is new of each employment, and the persons and employments not held yet."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        await _refuse_moved(session, provider_id, rows)
        _refuse_two_birthdays(session, rows)
        await _note_pay_terms(session, provider_id, rows)
        facts = await _facts(session, provider_id, rows)
        if session.report.faults:
            continue
        persons = [_person(provider_id, line.row) for line in rows]
        employments = [
            (*_employment(provider_id, line.row), _person(provider_id, line.row)[1]) for line in rows
        ]
        await ensure(session.connection, "carer", _THING, persons)
        await ensure(session.connection, "employment", (*_THING, ("carer_id", "uuid")), employments)
        held = await append(session.connection, _VERSIONS, facts, session.now)
        work = {place: fact for place, line in enumerate(rows) if (fact := _work(provider_id, line.row))}
        said = await append(session.connection, _WORK, list(work.values()), session.now)
        only_work = {list(work)[place] for place in said.touched} - held.touched
        held.unchanged -= len(only_work)
        held.changed += len(only_work)
        counts.add(held)
    return counts


def _work(provider_id: UUID, row: CarerRow) -> Fact | None:
    """What kind of work a row says it is, from the first day of the employment unless another is given."""
    if row.work_type is None:
        return None
    return Fact(
        (*_employment(provider_id, row)[:2], row.work_from or row.employment_start),
        (row.work_type, row.basic_hours_per_year, row.calculation_year_start),
    )


def _person(provider_id: UUID, row: CarerRow) -> tuple[UUID, UUID, str]:
    return provider_id, thing_id(provider_id, "carer", row.reference), row.reference


def _employment(provider_id: UUID, row: CarerRow) -> tuple[UUID, UUID, str]:
    return provider_id, thing_id(provider_id, "employment", row.employment), row.employment


async def _facts(session: Session, provider_id: UUID, lines: Sequence[Line[CarerRow]]) -> list[Fact]:
    known = await postcodes(session.connection, (line.row.home_postcode for line in lines))
    note_ended(lines, "home_postcode", known, session.report)
    session.report.note(
        [line.row.employment for line in lines if line.row.mode is None],
        f"without a mode of travel, so {_DEFAULT_MODE} was taken",
    )
    facts = []
    for line in lines:
        given = (line.row.home_lat, line.row.home_lon)
        home = place_of(line, "home_postcode", given, known, session.report)
        facts.append(Fact(_employment(provider_id, line.row)[:2], _content(line.row, home)))
    return facts


def _content(row: CarerRow, home: Place) -> tuple[Any, ...]:
    return (
        row.name,
        row.date_of_birth,
        row.home_postcode,
        *home,
        row.mode or _DEFAULT_MODE,
        keys.current().lookup_hash(_identity(row)),
        row.employment_start,
        row.employment_end,
        row.pay_cycle,
        row.apprenticeship_started,
        row.apprenticeship_ended,
        row.pay_terms,
    )


def _identity(row: CarerRow) -> str:
    """What finds one person at several employers. Only its keyed hash is kept."""
    if row.national_insurance_number is not None:
        return f"ni:{row.national_insurance_number}"
    name = " ".join(row.name.casefold().split())
    return f"person:{name}|{row.date_of_birth}|{row.home_postcode or (row.home_lat, row.home_lon)}"


async def _refuse_moved(session: Session, provider_id: UUID, lines: Sequence[Line[CarerRow]]) -> None:
    """An employment belongs to one person for good."""
    wanted = list({line.row.employment for line in lines})
    records = await session.connection.fetch(query("loading.employment_owners"), provider_id, wanted)
    owners = {record["reference"]: record["carer"] for record in records}
    for line in lines:
        owner = owners.setdefault(line.row.employment, line.row.reference)
        if owner != line.row.reference:
            detail = f"{line.row.employment} is the employment of {owner}: give a new one its own reference"
            session.report.fault(line, "employment", detail)


def _refuse_two_birthdays(session: Session, lines: Sequence[Line[CarerRow]]) -> None:
    born: dict[str, Line[CarerRow]] = {}
    for line in lines:
        first = born.setdefault(line.row.reference, line)
        if first.row.date_of_birth != line.row.date_of_birth:
            detail = f"{first.where} says that {line.row.reference} was born on {first.row.date_of_birth}"
            session.report.fault(line, "date_of_birth", detail)


async def _note_pay_terms(session: Session, provider_id: UUID, lines: Sequence[Line[CarerRow]]) -> None:
    wanted = {line.row.pay_terms for line in lines if line.row.pay_terms is not None}
    records = await session.connection.fetch(query("loading.pay_terms_known"), provider_id, list(wanted))
    unknown = wanted - {record["reference"] for record in records}
    session.report.note(list(unknown), "named here as pay terms and not loaded yet")
