"""Everything that is held about one carer or one person, from every table, as a file for whoever asks for her own."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend import clock, db
from backend.documents.subject_file import subject_zip
from backend.sql import named, query
from backend.use_cases.frozen_documents import File, snapshot_bytes
from backend.use_cases.legal_holds import subject_id
from backend.use_cases.parties import provider_reference

_FILE: Final = "subject_access"
_ADMINISTERED: Final = "user_account"
WAGE_REPORTS: Final = "wage_reports"
LEFT_OUT: Final = {
    "audit_run_population": "counts of visits, about nobody",
    "block_use": "sums of blocks of hours, about nobody",
    "checkpoint_event": "the place of an event in a checkpoint: digests and numbers",
    "delivery_file": "files for councils, drawn from the lines that are in the export",
    "document_file": "invoices and reports as files, drawn from what is in the export; they name others too",
    "elsewhere_check": "that a check was made, and how many it found",
    "event_batch": "signed lists of the digests of events that are in the export",
    "event_key": "an index to events that are in the export",
    "event_link": "an index to events that are in the export",
    "event_position": "an index to positions that are in the export",
    "forgotten": "digests of keys of what is gone",
    "journey_estimate": "how long the way between two places takes, whoever goes it",
    "legal_hold_end": "when a hold that is in the export was lifted: it is told with it on the page",
    "service_user": "of a carer: who she visits is told by its id alone",
    "carer": "of a person: who comes is told by its id alone",
    "user_link": "links to set a password, by hash",
    "user_session": "sessions of accounts, which show themselves on the page of sessions",
    "saved_view": "lists that a user named, on its own page",
}
"""Tables with a key of somebody that the export leaves out, and why."""


_AFTER_READING: Final = (
    *(
        "acknowledgement",
        "audit_decision",
        "audit_finding",
        "audit_flag",
        "audit_run_visit",
        "audit_sample_item",
    ),
    *("access_log", "legal_hold", "correction", "correction_decision", "correction_note", "waiting"),
)
"""What a manager reads before it is handed over: it may be about others, or about an inquiry that is still open."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an export is about: `kind` is carer or person."""

    kind: str
    reference: str


async def own_subject_access(provider_id: UUID, person_id: UUID, user_id: UUID) -> File:
    """The same for a person who asks for her own. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        reference = await connection.fetchval(query("privacy.person_reference"), provider_id, person_id)
    return await subject_access(provider_id, Subject("person", reference), user_id, "their own records", True)


async def subject_access(
    provider_id: UUID, subject: Subject, user_id: UUID | None, reason: str | None, own: bool = False
) -> File:
    """The ZIP file of all that is held about somebody. The look is logged. Raises DomainError not_found.

    `own`: nobody reads it before it is handed over, so what audits and holds say is left out: it can be asked for.
    """
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        whom = await subject_id(connection, provider_id, subject.kind, subject.reference)
        records = await _records(connection, provider_id, subject.kind, whom)
        if subject.kind == "carer":
            records[WAGE_REPORTS] = await _wage_reports(connection, provider_id, records["employment"])
        if user_id is not None:
            seen = (uuid4(), user_id, provider_id, now, f"everything about {subject.kind}", whom, reason)
            await connection.execute(query("console.note_access"), provider_id, *seen)
    if subject.kind == "person":
        async with db.as_administrator() as connection:
            records[_ADMINISTERED] = await _rows(connection, f"person_{_ADMINISTERED}", provider_id, whom)
    if own:
        records = {name: rows for name, rows in records.items() if name not in _AFTER_READING}
    said = {
        "provider": await provider_reference(provider_id),
        "about": subject.kind,
        "reference": subject.reference,
    }
    name = f"{subject.kind}_{subject.reference}_{now:%Y-%m-%d}.zip"
    content = await asyncio.to_thread(subject_zip, {**said, "made_at": _instant(now)}, records)
    return File("zip", "application/zip", name, content)


async def _records(
    connection: asyncpg.Connection, provider_id: UUID, kind: str, whom: UUID
) -> dict[str, list[dict[str, Any]]]:
    prefix = f"{_FILE}.{kind}_"
    names = [name.removeprefix(f"{_FILE}.") for name in named() if name.startswith(prefix)]
    return {
        name.removeprefix(f"{kind}_"): await _rows(connection, name, provider_id, whom)
        for name in names
        if not name.endswith(_ADMINISTERED)
    }


async def _rows(
    connection: asyncpg.Connection, name: str, provider_id: UUID, whom: UUID
) -> list[dict[str, Any]]:
    rows = await connection.fetch(query(f"{_FILE}.{name}"), provider_id, whom, timeout=db.NIGHTLY_SECONDS)
    return [msgspec.json.decode(row["row"]) for row in rows]


async def _wage_reports(
    connection: asyncpg.Connection, provider_id: UUID, employments: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What each frozen wage report says of the carer, and nobody else's part of it."""
    own = {row["reference"] for row in employments}
    found = []
    async for row in db.each_row(connection, query("privacy.wage_reports"), provider_id):
        # A report holds everybody's days, and takes long to read: others are answered meanwhile.
        parts = await asyncio.to_thread(_parts_of, row["snapshot"], own)
        period = {"report": str(row["id"]), "from": str(row["period_start"]), "until": str(row["period_end"])}
        found += [{**period, "edition": row["edition"], **part} for part in parts]
    return found


def _parts_of(stored: bytes, employments: Collection[str]) -> list[dict[str, Any]]:
    """What a stored wage report says of these employments: tested or not, and of changes to earlier periods."""
    said = msgspec.json.decode(snapshot_bytes(stored))
    sections = {"worker": "workers", "not_tested": "not_tested", "change": "changes"}
    return [
        {name: part}
        for name, section in sections.items()
        for part in said[section]
        if part["employment"] in employments
    ]


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
