"""Load the people who are cared for, and the places their visits are made to."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend.tables.ids import thing_id
from backend.use_cases.loading.places import Postcode, note_ended, place_of, postcodes
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.loading import ServiceUserRow

_VERSIONS: Final = Versioned(
    "service_user_version",
    (("provider_id", "uuid"), ("service_user_id", "uuid")),
    (
        ("name", "text"),
        ("address", "text"),
        ("postcode", "text"),
        ("lat", "double precision"),
        ("lon", "double precision"),
        ("place_source", "text"),
        ("radius_m", "integer"),
        ("access_note", "text"),
    ),
)
_THING: Final = (("provider_id", "uuid"), ("id", "uuid"), ("reference", "text"))


async def store(session: Session, lines: Sequence[Line[ServiceUserRow]]) -> Counts:
    """Append what is new of each person. A postcode without a place is a fault unless coordinates are given."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        known = await postcodes(session.connection, (line.row.postcode for line in rows))
        note_ended(rows, "postcode", known, session.report)
        facts = [_fact(session, provider_id, line, known) for line in rows]
        if session.report.faults:
            continue
        things = [(*fact.key, line.row.reference) for fact, line in zip(facts, rows, strict=True)]
        await ensure(session.connection, "service_user", _THING, things)
        counts.add(await append(session.connection, _VERSIONS, facts, session.now))
    return counts


def _fact(
    session: Session, provider_id: UUID, line: Line[ServiceUserRow], known: dict[str, Postcode]
) -> Fact:
    row = line.row
    lat, lon = place_of(line, "postcode", (row.lat, row.lon), known, session.report)
    source = "postcode" if row.lat is None else "given"
    content = (row.name, row.address, row.postcode, lat, lon, source, row.radius_m, row.access_note)
    return Fact((provider_id, thing_id(provider_id, "service_user", row.reference)), content)
