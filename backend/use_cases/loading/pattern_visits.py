"""Make visits of patterns as far as planning looks ahead: the same versions that a loaded rota makes.

A visit that somebody has changed by hand since, or that a file has, stays as it is. What lies ahead and follows from no
pattern any more is taken off. A day on which the package is not in force makes no visit, and one on which the usual
carer is not employed makes one without a carer.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec

from backend.domain.patterns import Repeat, days_of, span_on
from backend.domain.time import london_date
from backend.sql import query
from backend.statute.planning import PlanningPolicy, planning_on
from backend.tables.ids import thing_id
from backend.use_cases.loading import rota
from backend.use_cases.loading.periods import Period, stored_periods
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts
from backend.use_cases.parties import parties
from schemas.cells import Task
from schemas.loading import RotaRow
from schemas.scalars import WEEKDAYS

_SOON: Final = timedelta(days=1)
_tasks: Final = msgspec.json.Decoder(list[Task])


@dataclass(frozen=True, slots=True)
class _Held:
    """When each package is in force and each employment holds, by reference."""

    packages: Mapping[str, Sequence[Period]]
    employments: Mapping[str, Sequence[Period]]

    def works(self, reference: str | None, day: date) -> str | None:
        """The employment if it holds on a London date."""
        held = self.employments.get(reference or "", ())
        return reference if any(period.holds(day) for period in held) else None


async def make_visits(session: Session, provider_id: UUID, references: Sequence[str] | None = None) -> Counts:
    """Bring the visits ahead up to what the patterns say: those named, or (none) all that go on.

    Runs in the session's transaction under its lock. The new versions carry the pattern, and who said it.
    """
    today = london_date(session.now)
    policy = planning_on(today)
    wanted_of = None if references is None else list(references)
    rows = await session.connection.fetch(query("patterns.periods"), provider_id, wanted_of, today)
    ids = {row["reference"]: row["pattern_id"] for row in rows}
    provider = (await parties(session.connection, [provider_id]))[provider_id].reference
    held = await _held(session, provider_id, rows)
    wanted = {row.visit: row for row in _wanted(provider, rows, held, session.now, policy)}
    made = await _made(session, provider_id, list(wanted), list(ids.values()))
    lines = _lines(provider, wanted, made, session)
    counts = await rota.store(session, lines)
    if not session.report.faults:
        await _note(session, provider_id, lines, ids)
    return counts


async def _held(session: Session, provider_id: UUID, rows: Sequence[Mapping[str, Any]]) -> _Held:
    packages = list({row["package"] for row in rows})
    carers = list({row[name] for row in rows for name in ("carer", "second_carer")} - {None})
    found = await session.connection.fetch(query("loading.package_periods"), provider_id, packages)
    employed = await session.connection.fetch(query("loading.employments"), provider_id, carers)
    return _Held(stored_periods(found), stored_periods(employed))


async def _made(
    session: Session, provider_id: UUID, visits: Sequence[str], patterns: Sequence[UUID]
) -> dict[str, Mapping[str, Any]]:
    """Rows of patterns.made by the visit's reference."""
    ids = [thing_id(provider_id, "visit", one) for one in visits]
    now = session.now
    rows = await session.connection.fetch(
        query("patterns.made"), provider_id, ids, list(patterns), now, now + _SOON
    )
    return {row["reference"]: row for row in rows}


def _wanted(
    provider: str,
    rows: Sequence[Mapping[str, Any]],
    held: _Held,
    now: datetime,
    policy: PlanningPolicy,
) -> Iterator[RotaRow]:
    """The visits that the patterns say, of those that have not begun yet."""
    today = london_date(now)
    horizon = today + timedelta(days=policy.horizon_days)
    for reference, group in groupby(rows, key=lambda row: row["reference"]):
        periods = [row for row in group if not row["withdrawn"]]
        repeats = [_repeat(row) for row in periods]
        for day, number in days_of(repeats, today, horizon):
            row, repeat = periods[number], repeats[number]
            start, end = span_on(day, repeat.start, repeat.minutes, policy.ends_by_clock_from_minutes)
            in_force = any(period.holds(day) for period in held.packages.get(row["package"], ()))
            if start > now and in_force:
                yield _visit(provider, f"{reference} {day}", row, (start, end), held, day)


def _repeat(row: Mapping[str, Any]) -> Repeat:
    days = frozenset(WEEKDAYS.index(day) + 1 for day in row["days"].split(";"))
    return Repeat(
        row["starts_on"], row["ends_on"], days, row["every_weeks"], row["starts_time"], row["minutes"]
    )


def _visit(
    provider: str,
    visit: str,
    row: Mapping[str, Any],
    span: tuple[datetime, datetime],
    held: _Held,
    day: date,
) -> RotaRow:
    first, second = (held.works(row[name], day) for name in ("carer", "second_carer"))
    return RotaRow(
        provider=provider,
        visit=visit,
        package=row["package"],
        start=span[0],
        end=span[1],
        carer=first,
        second_carer=second,
        tasks=_tasks.decode(row["tasks"]),
    )


def _lines(
    provider: str, wanted: Mapping[str, RotaRow], made: Mapping[str, Mapping[str, Any]], session: Session
) -> list[Line[RotaRow]]:
    """Rows of visits that are new, changed or taken off, among those that only a pattern has planned so far."""
    rows = [
        row
        for name, row in wanted.items()
        if name not in made or (made[name]["pattern_id"] is not None and not made[name]["began"])
    ]
    rows += [
        _off(provider, one, session)
        for name, one in made.items()
        if name not in wanted
        and one["pattern_id"] is not None
        and one["status"] == "planned"
        and one["starts_at"] > session.now
        and not one["began"]
    ]
    return [Line("pattern", number, True, row) for number, row in enumerate(rows)]


def _off(provider: str, made: Mapping[str, Any], session: Session) -> RotaRow:
    return RotaRow(
        provider=provider,
        visit=made["reference"],
        package=made["package"],
        start=made["starts_at"],
        end=made["ends_at"],
        carer=made["carer"],
        second_carer=made["second_carer"],
        tasks=_tasks.decode(made["tasks"]),
        status="cancelled",
        cancelled_at=session.now,
        cancelled_by=session.taken_off_by,
    )


async def _note(
    session: Session, provider_id: UUID, lines: Sequence[Line[RotaRow]], ids: Mapping[str, UUID]
) -> None:
    """Keep beside each new version which pattern made it."""
    visits: dict[UUID, list[UUID]] = defaultdict(list)
    for line in lines:
        pattern = ids[line.row.visit.rpartition(" ")[0]]
        visits[pattern].append(thing_id(provider_id, "visit", line.row.visit))
    for pattern, made in visits.items():
        user, reason, none = session.scope.user, session.reason, list[str]()
        await session.connection.execute(
            query("roster.note"), provider_id, made, session.now, user, pattern, reason, none
        )
