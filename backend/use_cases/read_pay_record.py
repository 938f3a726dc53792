"""A carer takes away the record of a pay reference period that the law lets her see (SI 2015/621, reg 59)."""

import asyncio
from datetime import date

import msgspec

from backend.documents.wage_report import worker_record_pdf
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.phone_calls import Call, as_device
from schemas.documents import WageReportSnapshot
from schemas.strict import decode


async def read_pay_record(call: Call, first: date) -> tuple[str, bytes]:
    """File name and PDF of the carer's own pages of the newest report on the period that begins on `first`.

    Raises DomainError not_found while there is no report, or where it tested none of her employments.
    """
    async with as_device(call) as (connection, device):
        stored = await connection.fetchval(
            query("phone_documents.wage_report"), device.provider_id, first, device.carer_id
        )
        references = await connection.fetch(
            query("phone_documents.employments"), device.provider_id, device.carer_id
        )
    if stored is None:
        raise DomainError("not_found", f"No record was made yet of a pay reference period from {first}.")
    report = decode(WageReportSnapshot, msgspec.json.decode(snapshot_bytes(stored))).value
    if report is None:
        raise LookupError("a stored wage report cannot be read")
    own = {row["reference"] for row in references}
    tested = [worker.employment for worker in report.workers if worker.employment in own]
    if not tested:
        raise DomainError(
            "not_found", "The report of this period tests none of your employments: no pay is loaded."
        )
    name = f"pay-record-{first}.pdf"
    return name, await asyncio.to_thread(worker_record_pdf, report, *tested)
