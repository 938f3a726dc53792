"""Load patterns of visits, and make of them the visits that lie ahead. See `pattern_visits`."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.pattern_visits import make_visits
from backend.use_cases.loading.periods import Period, refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.planning import PatternRow

_VERSIONS: Final = Versioned(
    "pattern_version",
    (("provider_id", "uuid"), ("pattern_id", "uuid"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("withdrawn", "boolean"),
        ("package_id", "uuid"),
        ("days", "text"),
        ("every_weeks", "integer"),
        ("starts_time", "time"),
        ("minutes", "integer"),
        ("carer", "uuid"),
        ("second_carer", "uuid"),
        ("tasks", "jsonb"),
    ),
)
_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))


async def store(session: Session, lines: Sequence[Line[PatternRow]]) -> Counts:
    """Append what is new of each pattern, and make, change or take off the visits that follow from that."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        await _refuse(session, provider_id, rows)
        if session.report.faults:
            continue
        things = [(provider_id, *_key(provider_id, line.row)[1:2], line.row.reference) for line in rows]
        await ensure(session.connection, "pattern", _THING, things)
        facts = [Fact(_key(provider_id, line.row), _content(provider_id, line.row)) for line in rows]
        counts.add(await append(session.connection, _VERSIONS, facts, session.now))
        await make_visits(session, provider_id, sorted({line.row.reference for line in rows}))
    return counts


def _key(provider_id: UUID, row: PatternRow) -> tuple[object, ...]:
    return provider_id, thing_id(provider_id, "pattern", row.reference), row.from_


def _content(provider_id: UUID, row: PatternRow) -> tuple[object, ...]:
    return (
        row.until,
        row.withdrawn,
        thing_id(provider_id, "package", row.package),
        row.days,
        row.every_weeks,
        row.start,
        row.minutes,
        *(one and thing_id(provider_id, "employment", one) for one in (row.carer, row.second_carer)),
        msgspec.json.encode(row.tasks).decode(),
    )


async def _refuse(session: Session, provider_id: UUID, lines: Sequence[Line[PatternRow]]) -> None:
    """A fault for each package and carer that is not known or does not hold on the first day, and for periods that
    overlap.
    """
    connection = session.connection
    rows = await connection.fetch(
        query("loading.package_periods"), provider_id, list({line.row.package for line in lines})
    )
    _refuse_unheld(session, lines, "package", "package", stored_periods(rows))
    wanted = {line.row.carer for line in lines} | {line.row.second_carer for line in lines}
    rows = await connection.fetch(query("loading.employments"), provider_id, list(wanted - {None}))
    for column in ("carer", "second_carer"):
        _refuse_unheld(session, lines, column, "employment", stored_periods(rows))
    references = list({line.row.reference for line in lines})
    held = await connection.fetch(query("patterns.periods"), provider_id, references, None)
    given = {(line.row.reference, line.row.from_) for line in lines}
    standing = [
        row for row in held if not row["withdrawn"] and (row["reference"], row["starts_on"]) not in given
    ]
    alive = [line for line in lines if not line.row.withdrawn]
    refuse_overlaps(alive, stored_periods(standing), session.report)


def _refuse_unheld(
    session: Session,
    lines: Sequence[Line[PatternRow]],
    column: str,
    thing: str,
    periods: dict[str, list[Period]],
) -> None:
    missing(lines, column, set(periods), thing, session.report)
    for line in lines:
        held = periods.get(getattr(line.row, column) or "")
        if held and not line.row.withdrawn and not any(period.holds(line.row.from_) for period in held):
            words = ", ".join(map(str, held))
            detail = f"{getattr(line.row, column)} does not hold on {line.row.from_}; it holds {words}"
            session.report.fault(line, column, detail)
