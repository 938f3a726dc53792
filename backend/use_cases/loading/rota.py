"""Load the rota: planned visits, version by version. A change after the visit began is stored; readers flag it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec

from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.moments import moment
from backend.use_cases.loading.periods import Period, stored_periods
from backend.use_cases.loading.report import Line, LoadFault
from backend.use_cases.loading.session import Days, Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.loading import RotaRow

_CONTENT: Final = (
    ("package_id", "uuid"),
    ("commissioner_id", "uuid"),
    ("starts_at", "timestamptz"),
    ("ends_at", "timestamptz"),
    ("carer", "uuid"),
    ("second_carer", "uuid"),
    ("tasks", "jsonb"),
    ("status", "text"),
    ("cancelled_at", "timestamptz"),
    ("cancelled_by", "text"),
)
_VERSIONS: Final = Versioned("visit_version", (("provider_id", "uuid"), ("visit_id", "uuid")), _CONTENT)
_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))
LONGEST: Final = timedelta(days=31)

# A rota names few days, packages and carers beside its rows: each is worked out once.
_day: Final = lru_cache(maxsize=20_000)(london_date)
_id: Final = lru_cache(maxsize=20_000)(thing_id)


@dataclass(frozen=True, slots=True)
class _Times:
    """The instants of a visit in UTC. `cancelled` is null of a visit that stands."""

    start: datetime
    end: datetime
    cancelled: datetime | None


@dataclass(frozen=True, slots=True)
class _Package:
    period: Period
    commissioner_id: UUID


async def store(session: Session, lines: Sequence[Line[RotaRow]]) -> Counts:
    """Append what is new of each visit; of a complete rota, cancel what it leaves out, as the provider."""
    counts = Counts()
    if session.complete is not None and not lines and not session.report.faults:
        detail = "holds no visit, so --complete cannot tell whose rota it is"
        session.report.faults.append(LoadFault(file="rota", detail=detail))
    async for provider_id, rows in session.by_provider(lines):
        # Seconds for many thousands of visits: phones must not wait for them.
        times = await asyncio.to_thread(_all_times, session, rows)
        packages = await _packages(session, provider_id, rows)
        await _check_carers(session, provider_id, rows, times)
        facts = await asyncio.to_thread(_facts, session, provider_id, rows, times, packages)
        if session.report.faults:
            continue
        things = [_thing(provider_id, line.row.visit) for line in rows]
        await ensure(session.connection, "visit", _THING, things)
        counts.add(await append(session.connection, _VERSIONS, [fact for fact in facts if fact], session.now))
        if session.complete is not None:
            kept = {line.row.visit for line in rows}
            session.cancelled += await _cancel_missing(session, provider_id, session.complete, kept)
    return counts


def _thing(provider_id: UUID, reference: str) -> tuple[UUID, UUID, str]:
    return provider_id, thing_id(provider_id, "visit", reference), reference


def _all_times(session: Session, lines: Sequence[Line[RotaRow]]) -> list[_Times | None]:
    return [_times(session, line) for line in lines]


def _times(session: Session, line: Line[RotaRow]) -> _Times | None:
    """The instants of a row; None, with faults, where a London time is ambiguous or impossible, or the end is early."""
    row = line.row
    start = moment(session, line, "start", row.start, row.start_offset)
    end = moment(session, line, "end", row.end, row.end_offset)
    cancelled = moment(session, line, "cancelled_at", row.cancelled_at, None)
    if start is None or end is None:
        return None
    if end <= start:
        session.report.fault(line, "end", "must be after the start")
    elif end - start > LONGEST:
        session.report.fault(line, "end", "is more than 31 days after the start")
    return _Times(start, end, cancelled)


async def _packages(
    session: Session, provider_id: UUID, lines: Sequence[Line[RotaRow]]
) -> dict[str, list[_Package]]:
    """The versions of each package named, in order. A package unknown is a fault."""
    wanted = list({line.row.package for line in lines})
    packages: dict[str, list[_Package]] = {}
    for record in await session.connection.fetch(query("loading.package_periods"), provider_id, wanted):
        version = _Package(Period(record["starts_on"], record["ends_on"]), record["commissioner_id"])
        packages.setdefault(record["reference"], []).append(version)
    missing(lines, "package", set(packages), "package", session.report)
    return packages


def _in_force(session: Session, line: Line[RotaRow], packages: Sequence[_Package], day: date) -> _Package:
    """The version of the package on the day. Only a visit that will not take place may lie outside them all."""
    for package in packages:
        if package.period.holds(day):
            return package
    if line.row.status == "planned":
        periods = ", ".join(str(package.period) for package in packages)
        session.report.fault(
            line, "package", f"{line.row.package} is not in force on {day}; it holds {periods}"
        )
    earlier = [package for package in packages if package.period.first <= day]
    return earlier[-1] if earlier else packages[0]


async def _check_carers(
    session: Session, provider_id: UUID, lines: Sequence[Line[RotaRow]], times: Sequence[_Times | None]
) -> None:
    """A fault for each carer who is not known, or of a planned visit not employed on its London date."""
    wanted = {line.row.carer for line in lines} | {line.row.second_carer for line in lines}
    records = await session.connection.fetch(query("loading.employments"), provider_id, list(wanted - {None}))
    employed = {reference: periods[0] for reference, periods in stored_periods(records).items()}
    for column in ("carer", "second_carer"):
        missing(lines, column, set(employed), "employment", session.report)
    await asyncio.to_thread(_refuse_all_unemployed, session, lines, times, employed)


def _refuse_all_unemployed(
    session: Session,
    lines: Sequence[Line[RotaRow]],
    times: Sequence[_Times | None],
    employed: Mapping[str, Period],
) -> None:
    for line, when in zip(lines, times, strict=True):
        if when is not None and line.row.status == "planned":
            _refuse_unemployed(session, line, employed, _day(when.start))


def _refuse_unemployed(
    session: Session, line: Line[RotaRow], employed: Mapping[str, Period], day: date
) -> None:
    for column in ("carer", "second_carer"):
        reference = getattr(line.row, column)
        period = employed.get(reference)
        if period is not None and not period.holds(day):
            session.report.fault(
                line, column, f"{reference} is not employed on {day}; the employment is {period}"
            )


def _facts(
    session: Session,
    provider_id: UUID,
    lines: Sequence[Line[RotaRow]],
    times: Sequence[_Times | None],
    packages: Mapping[str, Sequence[_Package]],
) -> list[Fact | None]:
    return [
        _fact(session, provider_id, line, when, packages.get(line.row.package))
        for line, when in zip(lines, times, strict=True)
    ]


def _fact(
    session: Session,
    provider_id: UUID,
    line: Line[RotaRow],
    when: _Times | None,
    packages: Sequence[_Package] | None,
) -> Fact | None:
    if when is None or not packages:
        return None
    row = line.row
    content = (
        _id(provider_id, "package", row.package),
        _in_force(session, line, packages, _day(when.start)).commissioner_id,
        when.start,
        when.end,
        _employment(provider_id, row.carer),
        _employment(provider_id, row.second_carer),
        msgspec.json.encode(row.tasks).decode(),
        row.status,
        when.cancelled,
        row.cancelled_by,
    )
    return Fact(_thing(provider_id, row.visit)[:2], content)


def _employment(provider_id: UUID, reference: str | None) -> UUID | None:
    return None if reference is None else _id(provider_id, "employment", reference)


async def _cancel_missing(session: Session, provider_id: UUID, days: Days, kept: set[str]) -> int:
    """Cancel, as the provider and as of now, the visits of those London days that the file does not hold."""
    first, after = london_midnight(days.first), london_midnight(days.last + timedelta(days=1))
    records = await session.connection.fetch(query("loading.rota_between"), provider_id, first, after)
    gone = [record for record in records if record["reference"] not in kept]
    facts = [_cancellation(record, session.now.astimezone(UTC)) for record in gone]
    await append(session.connection, _VERSIONS, facts, session.now)
    return len(gone)


def _cancellation(record: Mapping[str, Any], now: datetime) -> Fact:
    changed = {"status": "cancelled", "cancelled_at": now, "cancelled_by": "provider"}
    content = tuple(changed.get(name, record[name]) for name, _ in _CONTENT)
    return Fact((record["provider_id"], record["visit_id"]), content)
