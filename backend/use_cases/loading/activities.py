"""Load time besides visits that a provider enters: training registers, meetings, time awake on a sleep-in."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.sql import query
from backend.use_cases.loading.entered import (
    VERSIONS,
    Entry,
    KnownCarer,
    activity_id,
    entry_faults,
    known_carers,
)
from backend.use_cases.loading.moments import moment
from backend.use_cases.loading.places import Place, Postcode, note_ended, place_of, postcodes
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, append
from schemas.loading import ActivityRow


async def store(session: Session, lines: Sequence[Line[ActivityRow]]) -> Counts:
    """Append what is new of each activity. Its carer must be known, and stays the same in every version."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        known = await known_carers(session.connection, provider_id, [line.row.carer for line in rows])
        missing(rows, "carer", set(known), "carer", session.report)
        await _refuse_other_carers(session, provider_id, rows, known)
        listed = await postcodes(session.connection, (line.row.postcode for line in rows))
        note_ended(rows, "postcode", listed, session.report)
        entries = [
            _entry(session, line, known.get(line.row.carer), _place(session, line, listed)) for line in rows
        ]
        if not session.report.faults:
            facts = [entry.fact(provider_id) for entry in entries if entry is not None]
            counts.add(await append(session.connection, VERSIONS, facts, session.now))
    return counts


def _place(session: Session, line: Line[ActivityRow], listed: dict[str, Postcode]) -> Place:
    row = line.row
    if row.postcode is None:
        return row.lat, row.lon
    return place_of(line, "postcode", (row.lat, row.lon), listed, session.report)


def _entry(session: Session, line: Line[ActivityRow], carer: KnownCarer | None, place: Place) -> Entry | None:
    row = line.row
    start = moment(session, line, "start", row.start, row.start_offset)
    end = moment(session, line, "end", row.end, row.end_offset)
    if start is None or end is None:
        return None
    for column, words in entry_faults(carer, start, end, session.now):
        session.report.fault(line, column, words)
    if carer is None:
        return None
    return Entry(row.reference, carer.id, row.kind, start, end, row.reason, row.withdrawn, place=place)


async def _refuse_other_carers(
    session: Session, provider_id: UUID, lines: Sequence[Line[ActivityRow]], known: Mapping[str, KnownCarer]
) -> None:
    """A fault for each reference that stands for another carer's time already."""
    ids = {activity_id(provider_id, line.row.reference): line for line in lines}
    for held in await session.connection.fetch(query("activities.owners"), provider_id, list(ids)):
        line = ids[held["activity_id"]]
        carer = known.get(line.row.carer)
        if carer is not None and carer.id != held["carer_id"]:
            session.report.fault(
                line, "carer", f"{line.row.reference} is another carer's time: withdraw it, and enter it anew"
            )
