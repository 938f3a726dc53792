"""Load places besides the home where people's visits may be made: a day centre, a relative's house, a hospital."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.sql import query
from backend.tables.ids import place_id, thing_id
from backend.use_cases.judge_again import judge_again
from backend.use_cases.loading.places import Postcode, note_ended, place_of, postcodes
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.loading import PlaceRow

_CONTENT: Final = (
    ("service_user_id", "uuid"),
    ("name", "text"),
    ("lat", "double precision"),
    ("lon", "double precision"),
    ("place_source", "text"),
    ("radius_m", "integer"),
    ("starts_on", "date"),
    ("ends_on", "date"),
)
VERSIONS: Final = Versioned(
    "approved_place_version",
    (("provider_id", "uuid"), ("place_id", "uuid")),
    _CONTENT,
    (("recorded_by", "uuid"),),
)


async def store(session: Session, lines: Sequence[Line[PlaceRow]]) -> Counts:
    """Append what is new of each place. Its person must be known, and a postcode without coordinates listed."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.service_user for line in rows})
        records = await session.connection.fetch(query("loading.service_users"), provider_id, wanted)
        people = {record["reference"] for record in records}
        missing(rows, "service_user", people, "service user", session.report)
        known = await postcodes(session.connection, (line.row.postcode for line in rows))
        note_ended(rows, "postcode", known, session.report)
        facts = [_fact(session, provider_id, line, known) for line in rows]
        if not session.report.faults:
            made = await append(session.connection, VERSIONS, facts, session.now)
            fresh = [facts[number] for number in sorted(made.touched)]
            people, approved = {fact.content[0] for fact in fresh}, [fact.key[1] for fact in fresh]
            await judge_again(session.connection, provider_id, people, approved, session.now)
            counts.add(made)
    return counts


def _fact(session: Session, provider_id: UUID, line: Line[PlaceRow], known: dict[str, Postcode]) -> Fact:
    row = line.row
    person = thing_id(provider_id, "service_user", row.service_user)
    lat, lon = place_of(line, "postcode", (row.lat, row.lon), known, session.report)
    source = "postcode" if row.lat is None else "given"
    content = (person, row.name, lat, lon, source, row.radius_m, row.from_, row.until)
    return Fact((provider_id, place_id(person, row.name, row.from_)), content, (session.scope.user,))


def ended(held: Mapping[str, Any], last: Any, user: UUID | None) -> Fact:
    """The next version of a held place: the same until the London date `last`."""
    said = {**held, "ends_on": last}
    content = tuple(said[name] for name, _ in _CONTENT)
    return Fact((held["provider_id"], held["place_id"]), content, (user,))
