"""Make the evidence bundle of a frozen wage report, or of one worker in it."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import keys
from backend.documents.bundle import write_bundle
from backend.documents.canonical import canonical_json, read_wage_report
from backend.documents.wage_report import alone, worker_record_pdf
from backend.domain.canonical import sha256
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.evidence.facts_file import facts_of
from backend.use_cases.evidence.gather import Gathered, Withheld, gather, members_of
from backend.use_cases.evidence.masking import masked_id, shown_to_auditor, without_names
from backend.use_cases.evidence.narrowing import (
    has_activities,
    of_one_carer,
    visits_for,
)
from backend.use_cases.frozen_documents import File, snapshot_bytes
from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.rulebook import rulebook_texts
from backend.use_cases.wage_report_facts import RecordedWages, recorded_wages
from schemas.documents import Dates, WageReportSnapshot
from schemas.evidence import FORMAT, LeftOut, Manifest, Member, Sealed, Subject, encoded

MEDIA_TYPE: Final = "application/zip"
README: Final = b"""Evidence of a minimum wage test, made by Doorstep.

`doorstep verify THIS-FILE` checks it without a database or a network and says what it proves.
docs/evidence.md in Doorstep's source describes every member, so that anybody can write a verifier.
Compare the signing key with the one that the service publishes at /schema/keys.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stored report with its row, whose bundle it is to be: of one worker's employments, for an auditor or not."""

    provider_id: UUID
    row: Mapping[str, Any]
    carer_id: UUID | None = None
    employments: tuple[str, ...] = ()
    auditor_of: UUID | None = None


async def build_bundle(connection: asyncpg.Connection, wanted: Wanted) -> File:
    """The bundle, the same bytes each time. `connection` is a transaction of the provider.

    Raises DomainError conflict where the stored report is not as it was frozen.
    """
    frozen = await asyncio.to_thread(_frozen, wanted.row)
    recorded = await _recorded(connection, wanted, frozen)
    scope = await asyncio.to_thread(_Scope.of, wanted, recorded)
    rows = await gather(connection, wanted.provider_id, recorded, scope.of_visits)
    pdf = None
    if wanted.auditor_of is None and wanted.carer_id is None:
        pdf = await connection.fetchval(query("evidence.report_pdf"), wanted.provider_id, wanted.row["id"])
    # Seconds of hashing and writing for a large provider: phones must not wait for them.
    return await asyncio.to_thread(_made, wanted, frozen, recorded, scope, rows, pdf)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the reader may have: `hidden` visits not; `whole`: the facts too; `of_visits`: events of these alone."""

    hidden: Collection[str]
    whole: bool
    of_visits: Collection[UUID] | None
    withheld: Withheld
    left_out: list[LeftOut]

    @classmethod
    def of(cls, wanted: Wanted, recorded: RecordedWages) -> "_Scope":
        if wanted.auditor_of is not None:
            own, hidden = visits_for(recorded, wanted.auditor_of)
            whole = not hidden and not has_activities(recorded)
            left_out: list[LeftOut] = ["names", "positions_and_words"]
            if not whole:
                left_out += ["facts", "events_for_others"]
            return cls(hidden, whole, {UUID(visit) for visit in own}, lambda row: True, left_out)
        if wanted.carer_id is not None:
            carer = wanted.carer_id
            return cls((), True, None, lambda row: row["carer_id"] != carer, ["others_positions_and_words"])
        return cls((), True, None, lambda row: False, [])


def _made(
    wanted: Wanted,
    frozen: WageReportSnapshot,
    recorded: RecordedWages,
    scope: _Scope,
    rows: Gathered,
    pdf: bytes | None,
) -> File:
    """The file, from all that was read for it."""
    result = _result(wanted, frozen, scope.hidden)
    masked = str if wanted.auditor_of is None else partial(masked_id, wanted.provider_id)
    members = {
        "readme.txt": README,
        "keys.json": encoded(keys.current().jwk_set()),
        "result.json": canonical_json(result),
        **{f"statute/{name}": text.encode() for name, text in rulebook_texts().items()},
        **{name: encoded(content) for name, content in members_of(rows, scope.withheld, masked).items()},
    }
    if scope.whole:
        named = recorded if wanted.auditor_of is None else without_names(recorded, wanted.provider_id)
        members["facts.json"] = encoded(facts_of(named, frozen))
    if wanted.auditor_of is None:
        members["result.pdf"] = pdf or worker_record_pdf(frozen, *wanted.employments)
    return File("zip", MEDIA_TYPE, _name(result, wanted), _sealed(wanted, frozen, scope.left_out, members))


def _frozen(row: Mapping[str, Any]) -> WageReportSnapshot:
    content = snapshot_bytes(row["snapshot"])
    if sha256(content) != row["snapshot_digest"]:
        raise DomainError(
            "conflict", "This document is not as it was frozen. Tell whoever runs this service."
        )
    return read_wage_report(content)


async def _recorded(
    connection: asyncpg.Connection, wanted: Wanted, frozen: WageReportSnapshot
) -> RecordedWages:
    row = wanted.row
    today = date.fromisoformat(msgspec.json.decode(row["summary"])["today"])
    as_of: datetime = row["as_of"]
    found = await recorded_wages(
        connection,
        wanted.provider_id,
        row["scope"],
        frozen.period.start,
        frozen.period.end,
        as_of,
        today,
    )
    # What changed of earlier periods is stated as it was frozen: its own facts are in the bundles of those.
    found = replace(found, changes=frozen.changes, changes_since=frozen.changes_since)
    if wanted.carer_id is None:
        return found
    return await asyncio.to_thread(of_one_carer, found, wanted.carer_id)


def _result(wanted: Wanted, frozen: WageReportSnapshot, hidden: Collection[str]) -> WageReportSnapshot:
    own = alone(frozen, *wanted.employments) if wanted.carer_id is not None else frozen
    return own if wanted.auditor_of is None else shown_to_auditor(own, wanted.provider_id, hidden)


def _sealed(
    wanted: Wanted, frozen: WageReportSnapshot, left_out: list[LeftOut], members: Mapping[str, bytes]
) -> bytes:
    manifest = encoded(
        Manifest(
            format=FORMAT,
            subject=_subject(wanted, frozen),
            reader="provider" if wanted.auditor_of is None else "auditor",
            left_out=left_out,
            files=[Member(name, len(members[name]), sha256(members[name]).hex()) for name in sorted(members)],
        )
    )
    made = keys.current().sign(manifest)
    seal = encoded(Sealed(made["kid"], made["signature"]))
    return write_bundle({**members, "manifest.json": manifest, "signature.json": seal})


def _subject(wanted: Wanted, frozen: WageReportSnapshot) -> Subject:
    row = wanted.row
    return Subject(
        kind="wage_report",
        document=str(row["id"]),
        provider=frozen.provider.reference,
        provider_id=str(wanted.provider_id),
        pay_cycle=frozen.pay_cycle,
        period=Dates(start=frozen.period.start, end=frozen.period.end),
        status=frozen.status,
        as_of=frozen.as_of,
        frozen_at=row["created_at"],
        snapshot_sha256=row["snapshot_digest"].hex(),
        facts_sha256=frozen.facts_digest,
        worker=_worker(wanted),
    )


def _worker(wanted: Wanted) -> str | None:
    if not wanted.employments:
        return None
    labels = wanted.employments
    if wanted.auditor_of is not None:
        labels = tuple(pseudonym(wanted.provider_id, one) for one in labels)
    return ", ".join(labels)


def _name(result: WageReportSnapshot, wanted: Wanted) -> str:
    parts = ["evidence", result.provider.reference, result.pay_cycle.replace(":", "-"), result.period.start]
    parts += [result.status, *(worker.employment for worker in result.workers if wanted.employments)]
    return "_".join(map(str, parts)) + ".zip"
