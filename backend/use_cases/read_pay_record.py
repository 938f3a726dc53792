"""A carer takes away the record of a pay reference period that the law lets her see (SI 2015/621, reg 59)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from backend.documents.wage_report import alone, worker_records_pdf
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.phone_calls import Call, as_device
from schemas.documents import WageReportSnapshot
from schemas.strict import decode


async def read_pay_record(call: Call, first: date) -> tuple[str, bytes]:
    """File name and PDF of the carer's own pages of the newest reports on the periods that begin on `first`.

    Employments on several pay cycles may have periods that begin on one day: all of them are in it. Raises DomainError
    not_found while there is no report, or where none tested an employment of hers.
    """
    async with as_device(call) as (connection, device):
        who = (device.provider_id, device.carer_id)
        stored = await connection.fetch(query("phone_documents.wage_reports"), *who, first)
        references = await connection.fetch(query("phone_documents.employments"), *who)
    if not stored:
        raise DomainError("not_found", f"No record was made yet of a pay reference period from {first}.")
    own = {row["reference"] for row in references}
    # A report holds everybody's days, and takes long to read: others are answered meanwhile.
    drawn = await asyncio.to_thread(_drawn, stored, own)
    if drawn is None:
        raise DomainError(
            "not_found", "The report of this period tests none of your employments: no pay is loaded."
        )
    return f"pay-record-{first}.pdf", drawn


def _drawn(stored: Sequence[Mapping[str, Any]], own: Collection[str]) -> bytes | None:
    """The PDF of what reports hold of these employments; None if they tested none of them."""
    records = [record for row in stored if (record := _own_record(row["snapshot"], own)) is not None]
    return worker_records_pdf(records) if records else None


def _own_record(stored: bytes, own: Collection[str]) -> WageReportSnapshot | None:
    """What a stored report holds of these employments, if it tested any."""
    report = decode(WageReportSnapshot, msgspec.json.decode(snapshot_bytes(stored))).value
    if report is None:
        raise LookupError("a stored wage report cannot be read")
    tested = [worker.employment for worker in report.workers if worker.employment in own]
    return alone(report, *tested) if tested else None
