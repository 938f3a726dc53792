"""What audits flagged: a provider sees its own, a commissioner's auditor what concerns visits of theirs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.audit_tests.registry import BY_ID, TESTS
from backend.faults import DomainError
from backend.sql import query
from backend.statute.catalogue import rule
from backend.statute.entries import Rule
from backend.use_cases.audited_attendances import Attendance, attendance, carer_label
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer

PAGE: Final = 20
RUNS: Final = 50
_ALL: Final = 1_000_000_000
Behind = tuple[datetime, UUID]
"""When the last row of a page of a list, the newest first, was made, and its id: the next page goes on behind it."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One audit: whose visits, from which day to which, as recorded when."""

    id: UUID
    provider_id: UUID
    provider: str
    starts_on: date
    ends_on: date
    as_of: datetime
    limits_id: str
    visits: int
    flags: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One test with how much it flagged, and how much of that nobody has decided about."""

    rule: Rule
    unit: str
    flags: int
    open: int


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """One decision about a flag: what was decided, the state it left the flag in, why, when and by whom."""

    decision: str
    state: str
    reason: str
    decided_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """One flag. `carer` is a reference, or a pseudonym for an auditor; visits are (id, reference), the reference None
    for one that is none of the reader's or was not planned; events are the ids that phones gave them.

    `attendances`: as they stood when the flag was raised, those of the reader's; `unnamed` counts visits of others.
    `decisions`: the oldest first.
    """

    number: int
    key: str
    test: str
    carer: str | None
    employment: str | None
    visit: str | None
    visits: list[tuple[UUID, str | None]]
    attendances: list[Attendance]
    unnamed: int
    events: list[UUID]
    others: list[str]
    at: datetime | None
    measured: float | None
    limit: float
    state: str
    decisions: list[ShownDecision]


async def read_runs(
    viewer: Viewer, behind: Behind | None = None
) -> tuple[list[ShownRun], Behind | None, list[tuple[UUID, str]]]:
    """A page of the audits that the reader may see, the newest first, and where the next page begins, if there is one;
    and the providers that could be audited (id and name)."""
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        rows = await connection.fetch(
            query("audit.runs"), providers, RUNS + 1, viewer.commissioner, *(behind or (None, None))
        )
        names = await parties(connection, providers)
    known = [(one, names[one].name) for one in providers]
    runs = [_run(row, names[row["provider_id"]].name, row["flags"]) for row in rows[:RUNS]]
    return runs, end_of_page(rows, RUNS), sorted(known, key=lambda pair: pair[1])


def end_of_page(rows: Sequence[Mapping[str, Any]], most: int) -> Behind | None:
    """Where the next page of a list begins, of which one row more was read than a page has; None if none follows."""
    return (rows[most - 1]["created_at"], rows[most - 1]["id"]) if len(rows) > most else None


async def read_run(viewer: Viewer, run_id: UUID) -> tuple[ShownRun, list[Counted]]:
    """One audit with the count of every test. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        row = await _found(connection, viewer, run_id)
        counts = await connection.fetch(query("audit.counts"), row["provider_id"], run_id)
        names = await parties(connection, [row["provider_id"]])
    counted = {each["test"]: each for each in counts}
    tests = [Counted(rule(test.id), test.unit, *_flags_of(counted.get(test.id))) for test in TESTS]
    return _run(row, names[row["provider_id"]].name, sum(test.flags for test in tests)), tests


def _flags_of(row: Mapping[str, Any] | None) -> tuple[int, int]:
    return (0, 0) if row is None else (row["flags"], row["open"])


async def read_flags(
    viewer: Viewer, run_id: UUID, test: str, after: int = 0
) -> tuple[ShownRun, Counted, list[ShownFlag], bool]:
    """The flags of one test behind a number, and whether more follow. Raises DomainError not_found."""
    if test not in BY_ID:
        raise DomainError("not_found", "There is no such audit test.")
    run, tests = await read_run(viewer, run_id)
    async with viewer.transaction() as connection:
        rows = await connection.fetch(query("audit.flags"), run.provider_id, run_id, test, after, PAGE + 1)
        shown = await _shown(connection, run.provider_id, run_id, rows[:PAGE], viewer.masked)
        await viewer.note(connection, run.provider_id, f"audit flags: {test}", run_id)
    counted = next(each for each in tests if each.rule.id == test)
    return run, counted, shown, len(rows) > PAGE


async def own_run(provider_id: UUID, run_id: UUID) -> Mapping[str, Any]:
    """The row of a provider's run, for its own command line. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("audit.run"), [provider_id], run_id, None)
    if row is None:
        raise DomainError("not_found", "There is no such audit.")
    return dict(row)


async def all_flags(provider_id: UUID, run_id: UUID) -> list[ShownFlag]:
    """Every flag of a run, for the provider's own command line."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("audit.flags"), provider_id, run_id, None, 0, _ALL)
        return await _shown(connection, provider_id, run_id, rows, masked=False)


async def _found(connection: asyncpg.Connection, viewer: Viewer, run_id: UUID) -> Any:
    providers = await viewer.providers(connection)
    row = await connection.fetchrow(query("audit.run"), providers, run_id, viewer.commissioner)
    if row is None:
        raise DomainError("not_found", "There is no such audit.")
    return row


def _run(row: Mapping[str, Any], provider: str, flags: int) -> ShownRun:
    return ShownRun(
        row["id"], row["provider_id"], provider, row["starts_on"], row["ends_on"], row["as_of"], row["limits_id"],
        row["visits"], flags,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside flags: references of visits and the phones' ids of events by ours, carers (none for an
    auditor), attendances by visit, decisions by key."""

    visits: Mapping[UUID, str]
    events: Mapping[UUID, UUID]
    carers: Mapping[UUID, Any]
    attendances: Mapping[UUID, list[Attendance]]
    decisions: Mapping[str, list[ShownDecision]]


async def _shown(
    connection: asyncpg.Connection, provider_id: UUID, run_id: UUID, rows: list[Any], masked: bool
) -> list[ShownFlag]:
    named = sorted({one for row in rows for one in row["visit_ids"]})
    events = sorted({one for row in rows for one in row["event_rows"]})
    visits = await _labels(connection, "visit_labels", provider_id, named)
    # An auditor is told no reference of a carer, but the pseudonym that wage reports of the provider give her.
    carers = {} if masked else {
        row["id"]: row for row in await connection.fetch(query("audit.carer_labels"), provider_id)
    }  # fmt: skip
    attended: dict[UUID, list[Attendance]] = defaultdict(list)
    for row in await connection.fetch(query("audit.run_visits"), provider_id, run_id, named):
        label = carer_label(provider_id, row, carers, masked)
        attended[row["visit_id"]].append(attendance(row, visits, label))
    beside = _Beside(
        visits,
        await _labels(connection, "event_labels", provider_id, events),
        carers,
        attended,
        await _decisions(connection, provider_id, {row["key"] for row in rows}),
    )
    return [_flag(row, provider_id, beside, masked) for row in rows]


async def _decisions(
    connection: asyncpg.Connection, provider_id: UUID, keys: Collection[str]
) -> dict[str, list[ShownDecision]]:
    """All that was decided about flags, by their keys."""
    rows = await connection.fetch(query("audit.decisions"), provider_id, sorted(keys))
    names = await parties(connection, {row["organisation_id"] for row in rows})
    found: dict[str, list[ShownDecision]] = defaultdict(list)
    for row in rows:
        role = "manager" if row["organisation_id"] == provider_id else "auditor"
        who = row["email"] or f"{role} of {names[row['organisation_id']].name}"
        found[row["key"]].append(
            ShownDecision(row["decision"], row["state"], row["reason"], row["decided_at"], who)
        )
    return found


async def _labels(
    connection: asyncpg.Connection, name: str, provider_id: UUID, ids: list[UUID]
) -> dict[UUID, Any]:
    rows = await connection.fetch(query(f"audit.{name}"), provider_id, ids)
    return {row[0]: row[1] for row in rows}


def _flag(row: Mapping[str, Any], provider_id: UUID, beside: _Beside, masked: bool) -> ShownFlag:
    attendances, unnamed = _attendances(row, beside)
    return ShownFlag(
        number=row["number"],
        key=row["key"],
        test=row["test"],
        carer=carer_label(provider_id, row, beside.carers, masked),
        employment=None if masked else row["employment"],
        visit=beside.visits.get(row["visit_id"]),
        visits=[(one, beside.visits.get(one)) for one in row["visit_ids"]],
        attendances=attendances,
        unnamed=unnamed,
        events=[beside.events[one] for one in row["event_rows"] if one in beside.events],
        others=[] if masked else row["others"],
        at=row["at"],
        measured=row["measured"],
        limit=row["limited"],
        state=row["state"],
        decisions=beside.decisions.get(row["key"], []),
    )


def _attendances(row: Mapping[str, Any], beside: _Beside) -> tuple[list[Attendance], int]:
    """Those at a flag's visits, of its own carer where it is about one, and how many visits are not the reader's."""
    found = [
        one
        for visit in row["visit_ids"]
        for one in _of_carer(beside.attendances.get(visit, []), row["carer_id"])
    ]
    return found, len(set(row["visit_ids"]) - {one.visit_id for one in found})


def _of_carer(attendances: list[Attendance], carer_id: UUID | None) -> list[Attendance]:
    own = [one for one in attendances if one.carer_id == carer_id]
    return own or attendances
