"""Load contractual standards: by the commissioner that requires them, or by the provider."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from backend.sql import query
from backend.use_cases.loading.periods import refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.standards import StandardVersion

_STANDARDS: Final = Versioned(
    "standard_version",
    (("provider_id", "uuid"), ("reference", "text"), ("starts_on", "date")),
    (("ends_on", "date"), ("name", "text"), ("commissioner_id", "uuid"), ("standard", "jsonb")),
)


async def store(session: Session, lines: Sequence[Line[StandardVersion]]) -> Counts:
    """Append what is new of each standard. One that a commissioner requires is changed by that commissioner alone."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.reference for line in rows})
        records = await session.connection.fetch(query("loading.standards"), provider_id, wanted)
        refuse_overlaps(rows, stored_periods(records), session.report)
        held = {record["reference"]: record["commissioner_id"] for record in records}
        owners = [await _owner(session, provider_id, line, held) for line in rows]
        if session.report.faults:
            continue
        facts = [_fact(provider_id, line.row, owner) for line, owner in zip(rows, owners, strict=True)]
        counts.add(await append(session.connection, _STANDARDS, facts, session.now))
    return counts


async def _owner(
    session: Session, provider_id: UUID, line: Line[StandardVersion], held: dict[str, UUID | None]
) -> UUID | None:
    """Who requires the standard, after a fault for one that the loader may not speak for."""
    named, loader = line.row.commissioner, session.scope
    found = None if named is None else await session.organisation(named)
    owner = None if found is None else found.id
    if named is not None and (
        owner is None
        or not await session.connection.fetchval(query("loading.contracted"), provider_id, owner)
    ):
        session.report.fault(line, "commissioner", f"{named} has no contract with {line.row.provider}")
    elif loader.commissioner is not None and owner != loader.commissioner:
        session.report.fault(line, "commissioner", "must be your own organisation")
    known = held.get(line.row.reference, owner)
    if known != owner or (loader.provider is not None and known is not None):
        detail = (
            f"the standard {line.row.reference} is kept by another organisation: give yours its own reference"
        )
        session.report.fault(line, "reference", detail)
    return owner


def _fact(provider_id: UUID, row: StandardVersion, owner: UUID | None) -> Fact:
    plain = msgspec.to_builtins(row)
    said = {name: plain[name] for name in ("hourly", "kinds", "travel_at_least")}
    standard = msgspec.json.encode(said, order="sorted").decode()
    return Fact((provider_id, row.reference, row.from_), (row.until, row.name, owner, standard))
