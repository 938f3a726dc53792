"""Load absences: days on which a person supported is not at home, and days on which a carer is on leave."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.loading import AbsenceRow, LeaveRow

_ABSENCES: Final = Versioned(
    "absence_version",
    (("provider_id", "uuid"), ("service_user_id", "uuid"), ("kind", "text"), ("starts_on", "date")),
    (("ends_on", "date"), ("reported_by", "uuid")),
)
_LEAVE: Final = Versioned(
    "leave_version",
    (("provider_id", "uuid"), ("employment_id", "uuid"), ("kind", "text"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("hours", "numeric"),
        ("pay", "text"),
        ("starts_time", "time"),
        ("ends_time", "time"),
    ),
)


async def store_leave(session: Session, lines: Sequence[Line[LeaveRow]]) -> Counts:
    """Append what is new of each carer's leave. The employment must be known."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.employment for line in rows})
        records = await session.connection.fetch(query("loading.employments"), provider_id, wanted)
        missing(rows, "employment", {record["reference"] for record in records}, "employment", session.report)
        if session.report.faults:
            continue
        facts = [
            Fact(
                (provider_id, thing_id(provider_id, "employment", row.employment), row.kind, row.from_),
                (row.until, row.hours, row.pay, row.from_time, row.until_time),
            )
            for row in (line.row for line in rows)
        ]
        counts.add(await append(session.connection, _LEAVE, facts, session.now))
    return counts


async def store_absences(session: Session, lines: Sequence[Line[AbsenceRow]]) -> Counts:
    """Append what is new of each person's absences, reported by the provider or by the commissioner.

    A commissioner may name the person by the provider's reference alone, if only one of its providers has it.
    """
    groups: dict[UUID, list[tuple[Line[AbsenceRow], UUID]]] = defaultdict(list)
    for line in lines:
        reporter = await _reporter(session, line)
        provider_id = None if reporter is None else await _provider(session, line, reporter)
        if reporter is not None and provider_id is not None:
            groups[provider_id].append((line, reporter))
    counts = Counts()
    for provider_id in sorted(groups):
        await session.enter(provider_id)
        rows = [line for line, _ in groups[provider_id]]
        await _refuse_unknown(session, provider_id, rows)
        if not session.report.faults:
            facts = [_absence(provider_id, line.row, reporter) for line, reporter in groups[provider_id]]
            counts.add(await append(session.connection, _ABSENCES, facts, session.now))
    return counts


def _absence(provider_id: UUID, row: AbsenceRow, reporter: UUID) -> Fact:
    person = thing_id(provider_id, "service_user", row.service_user)
    return Fact((provider_id, person, row.kind, row.from_), (row.until, reporter))


async def _refuse_unknown(session: Session, provider_id: UUID, lines: Sequence[Line[AbsenceRow]]) -> None:
    wanted = list({line.row.service_user for line in lines})
    records = await session.connection.fetch(query("loading.service_users"), provider_id, wanted)
    missing(
        lines, "service_user", {record["reference"] for record in records}, "service user", session.report
    )


async def _reporter(session: Session, line: Line[AbsenceRow]) -> UUID | None:
    """Who reports the absence: the commissioner where one is named, else the provider."""
    named = line.row.commissioner
    if named is None:
        if session.scope.commissioner is not None:
            session.report.fault(line, "commissioner", "is required: give your own reference")
            return None
        return await session.provider(str(line.row.provider), [line])
    found = await session.organisation(named)
    if session.scope.provider is not None:
        session.report.fault(line, "commissioner", "must be empty: you report as the provider")
        return None
    if session.scope.commissioner is not None and (found is None or found.id != session.scope.commissioner):
        wrong = f"{named} is not your organisation"
    elif found is None:
        wrong = f"no organisation has the reference {named}"
    elif found.kind == "provider":
        wrong = f"{named} is a provider"
    else:
        return found.id
    session.report.fault(line, "commissioner", wrong)
    return None


async def _provider(session: Session, line: Line[AbsenceRow], reporter: UUID) -> UUID | None:
    """The provider whose person this is. What a commissioner reports must concern somebody it pays for."""
    if line.row.commissioner is None:
        return reporter
    among = None
    if line.row.provider is not None:
        among = await session.provider(line.row.provider, [line])
        if among is None:
            return None
    homes = [key for key in await _homes(session, line.row, reporter) if among in (None, key)]
    if len(homes) == 1:
        return homes[0]
    name = line.row.service_user
    wrong = (
        f"several providers have a service user {name}: give the provider too"
        if homes
        else f"{line.row.commissioner} commissions no package for a service user {name}"
    )
    session.report.fault(line, "provider" if homes else "service_user", wrong)
    return None


async def _homes(session: Session, row: AbsenceRow, commissioner_id: UUID) -> list[UUID]:
    if commissioner_id not in session.people:
        await session.enter_commissioner(commissioner_id)
        records = await session.connection.fetch(query("loading.people_of_commissioner"), commissioner_id)
        session.people[commissioner_id] = records
    return [
        record["provider_id"]
        for record in session.people[commissioner_id]
        if record["service_user_id"] == thing_id(record["provider_id"], "service_user", row.service_user)
    ]
