"""Load organisations: the providers, councils and NHS bodies of this deployment. The administrator does it."""

from collections.abc import Sequence
from typing import Final

from backend.domain.payer_bills import PERSON
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import ORGANISATIONS, Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append, ensure
from schemas.loading import OrganisationRow

_CONTENT: Final = (
    "name",
    "vat_identifier",
    "tax_identifier",
    "peppol_identifier",
    "address",
    "postcode",
    "email",
)
_VERSIONS: Final = Versioned(
    "organisation_version", (("organisation_id", "uuid"),), tuple((name, "text") for name in _CONTENT)
)
_COLUMNS: Final = (("id", "uuid"), ("kind", "text"), ("reference", "text"), ("created_at", "timestamptz"))


async def store(session: Session, lines: Sequence[Line[OrganisationRow]]) -> Counts:
    """Append what is new of each organisation. An organisation's kind never changes."""
    connection = session.connection
    await session.lock(ORGANISATIONS)
    await connection.execute("SELECT set_config('doorstep.administrator', 'on', true)")
    ids = [organisation_id(line.row.reference) for line in lines]
    held = {
        row["id"]: row["kind"] for row in await connection.fetch(query("loading.organisation_kinds"), ids)
    }
    for line, key in zip(lines, ids, strict=True):
        if held.get(key, line.row.kind) != line.row.kind:
            detail = f"{line.row.reference} is held as {held[key]}, and the kind of an organisation does not change"
            session.report.fault(line, "kind", detail)
        if line.row.reference == PERSON:
            detail = f"{PERSON} stands for the person supported wherever a payer is named: choose another reference"
            session.report.fault(line, "reference", detail)
    if session.report.faults:
        return Counts()
    rows = [
        (key, line.row.kind, line.row.reference, session.now) for key, line in zip(ids, lines, strict=True)
    ]
    await ensure(connection, "organisation", _COLUMNS, rows)
    facts = [
        Fact((key,), tuple(getattr(line.row, name) for name in _CONTENT))
        for key, line in zip(ids, lines, strict=True)
    ]
    return await append(connection, _VERSIONS, facts, session.now)
