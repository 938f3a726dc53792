"""A wage report for whoever checks it: its workers, those short first, and one worker's test and days.

Reports are large, so that of a list only results are read, and of a worker's page only that worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from backend.faults import DomainError
from backend.tables.ids import thing_id
from backend.use_cases.evidence.masking import changes_for_auditor
from backend.use_cases.pseudonyms import pseudonym, shown_order, unnamed
from backend.use_cases.read_documents import WAGE_REPORTS, document_formats, frozen_document
from backend.use_cases.viewer import Viewer
from schemas.changes import EarlierChange
from schemas.documents import TestedWorker, WageReportSnapshot
from schemas.scalars import Number
from schemas.wage import WageResult


class _ListedTest(Struct, frozen=True):
    employment: str
    name: str | None
    result: WageResult


class _Workers(Struct, frozen=True):
    workers: list[_ListedTest]


class _Employed(Struct, frozen=True):
    employment: str


class _Employments(Struct, frozen=True):
    workers: list[_Employed]


class _RawWorkers(Struct, frozen=True):
    workers: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """A worker in a report's list; `place` counts from 1 in the order of what the reader is shown of workers."""

    place: int
    label: str
    result: WageResult


@dataclass(frozen=True, slots=True)
class ShownNotTested:
    """A worker whose pay could not be tested, and why; `place` as of those tested."""

    place: int
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A wage report. `head` is the snapshot without its workers."""

    id: UUID
    provider_id: UUID
    head: WageReportSnapshot
    workers: list[ListedWorker]
    not_tested: list[ShownNotTested]
    files: list[tuple[str, int]]
    short_if_unresolved: int
    unresolved_minutes: Number
    changes: list[EarlierChange]


@dataclass(frozen=True, slots=True)
class ShownWorker:
    """One worker of a report. `label` is a pseudonym unless the reader may see names; so is `worker.person`."""

    report_id: UUID
    provider_id: UUID
    place: int
    label: str
    masked: bool
    head: WageReportSnapshot
    worker: TestedWorker
    changes: list[EarlierChange]


async def read_wage_report(viewer: Viewer, document_id: UUID) -> ShownReport:
    """The report and its workers. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, document_id)
        files = await document_formats(connection, provider_id, document_id)
        await viewer.note(connection, provider_id, "wage report", document_id)
    head = report_head(content)
    tests = msgspec.json.decode(content, type=_Workers).workers
    order = order_for(viewer, provider_id, [test.employment for test in tests])
    workers = [
        ListedWorker(place, label_of(viewer, provider_id, test.employment, test.name), test.result)
        for place, test in enumerate((tests[at] for at in order), start=1)
    ]
    return ShownReport(
        document_id,
        provider_id,
        head,
        sorted(workers, key=lambda worker: (-worker.result.shortfall, worker.label)),
        [
            ShownNotTested(place, label_of(viewer, provider_id, left.employment, left.name), left.reason)
            for place, left in enumerate(
                (
                    head.not_tested[at]
                    for at in order_for(viewer, provider_id, [one.employment for one in head.not_tested])
                ),
                start=1,
            )
        ],
        files,
        sum(test.result.shortfall_with_unresolved > test.result.shortfall for test in tests),
        head.summary.unresolved_minutes,
        _changes(head, provider_id, viewer.masked),
    )


async def read_worker(
    viewer: Viewer, document_id: UUID, place: int, reason: str | None = None
) -> ShownWorker:
    """One worker's test and days. With a reason an auditor sees the name, and the access log says so.

    Raises DomainError not_found.
    """
    async with viewer.transaction() as connection:
        return await worker_of(connection, viewer, document_id, place, reason)


async def worker_of(
    connection: asyncpg.Connection, viewer: Viewer, document_id: UUID, place: int, reason: str | None = None
) -> ShownWorker:
    """The same inside a transaction of the viewer."""
    provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, document_id)
    raw = msgspec.json.decode(content, type=_RawWorkers).workers
    if not 1 <= place <= len(raw):
        raise DomainError("not_found", f"This report has no worker {place}; it has {len(raw)}.")
    at = order_for(viewer, provider_id, employments_tested(content))[place - 1]
    worker = msgspec.json.decode(raw[at], type=TestedWorker)
    what = "worker in a wage report" if reason is None else "name of a worker in a wage report"
    subject = thing_id(provider_id, "employment", worker.employment)
    await viewer.note(connection, provider_id, what, subject, reason)
    masked = viewer.masked and reason is None
    label = (
        pseudonym(provider_id, worker.employment)
        if masked
        else label_of(viewer, provider_id, worker.employment, worker.name, named=True)
    )
    head = report_head(content)
    shown = unnamed(worker, label) if masked else worker
    changes = [one for one in _changes(head, provider_id, masked) if one.employment == shown.employment]
    return ShownWorker(document_id, provider_id, place, label, masked, head, shown, changes)


def employments_tested(content: bytes) -> list[str]:
    """The employments that a stored report tested, in its order."""
    return [worker.employment for worker in msgspec.json.decode(content, type=_Employments).workers]


def order_for(viewer: Viewer, provider_id: UUID, employments: Sequence[str]) -> list[int]:
    """Which of these stand first, second, ... on the pages that this reader sees."""
    return shown_order([label_of(viewer, provider_id, one, None) for one in employments])


def _changes(head: WageReportSnapshot, provider_id: UUID, masked: bool) -> list[EarlierChange]:
    return changes_for_auditor(head.changes, provider_id) if masked else head.changes


def label_of(
    viewer: Viewer, provider_id: UUID, employment: str, name: str | None, named: bool = False
) -> str:
    """How the reader knows a worker: by a pseudonym, or by name and employment; by name whoever reads if `named`."""
    if viewer.masked and not named:
        return pseudonym(provider_id, employment)
    return f"{name} ({employment})" if name else employment


def report_head(content: bytes) -> WageReportSnapshot:
    """A stored report without its workers."""
    plain: dict[str, Any] = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    plain["workers"] = msgspec.Raw(b"[]")
    return msgspec.json.decode(msgspec.json.encode(plain), type=WageReportSnapshot)
