"""The files of an invoice or credit note, and its Peppol e-invoice if it can be one."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from backend.documents.bill import Bill, bill_of
from backend.documents.bill_faults import bill_faults
from backend.documents.invoice import invoice_csv, invoice_json, invoice_pdf
from backend.documents.invoice_workbook import invoice_xlsx
from backend.documents.ubl import MEDIA_TYPE, Attachment, ubl_xml
from backend.documents.workbook import XLSX
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.frozen_documents import File
from backend.use_cases.parties import parties
from schemas.documents import InvoiceSnapshot, Party

PEPPOL: Final = "ubl"
"""The format of the e-invoice among a document's files."""
_ADDRESSING: Final = ("vat_identifier", "tax_identifier", "peppol_identifier")


def invoice_files(snapshot: InvoiceSnapshot) -> list[File]:
    """The files that every invoice has."""
    name = file_name(snapshot)
    return [
        File("pdf", "application/pdf", f"{name}.pdf", invoice_pdf(snapshot)),
        File("csv", "text/csv", f"{name}.csv", invoice_csv(snapshot)),
        File("xlsx", XLSX, f"{name}.xlsx", invoice_xlsx(snapshot)),
        File("json", "application/json", f"{name}.json", invoice_json(snapshot)),
    ]


def file_name(snapshot: InvoiceSnapshot) -> str:
    """The name of a document's files, without what follows the point."""
    kind = snapshot.kind.replace("_", "-")
    return f"{kind}_{snapshot.number}_{snapshot.contract_reference}_{snapshot.period.start}"


async def addressed(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    snapshot: InvoiceSnapshot,
    at: datetime,
) -> Bill:
    """The snapshot as a bill, with the identifiers and the order number it lacks as they were known at an instant.

    What the snapshot holds stays: only what was missing when it was frozen is filled in, so that an invoice can be
    sent once its payer has told them.
    """
    known = await parties(connection, [provider_id, organisation_id(snapshot.payer.reference)], at)
    by_reference = {party.reference: party for party in known.values()}
    sharing = (
        None if snapshot.payer.reference == snapshot.commissioner.reference else snapshot.payer.reference
    )
    order = snapshot.purchase_order or await connection.fetchval(
        query("invoices.purchase_order"), provider_id, contract_id, snapshot.period.end, at, sharing
    )
    return bill_of(
        msgspec.structs.replace(
            snapshot,
            provider=_filled(snapshot.provider, by_reference),
            payer=_filled(snapshot.payer, by_reference),
            purchase_order=order,
        )
    )


def _filled(party: Party, known: dict[str, Party]) -> Party:
    now = known.get(party.reference, party)
    return msgspec.structs.replace(
        party, **{name: getattr(party, name) or getattr(now, name) for name in _ADDRESSING}
    )


def peppol_file(bill: Bill, name: str, pdf: bytes, csv: bytes) -> tuple[File | None, list[str]]:
    """The e-invoice with its PDF and its visits embedded; or none, and why, for a finance officer."""
    faults = bill_faults(bill)
    if faults:
        return None, faults
    attachments = [
        Attachment(f"{name}.pdf", "The document for people", "application/pdf", pdf),
        Attachment(f"{name}.csv", "Each visit with its times", "text/csv", csv),
    ]
    return File(PEPPOL, MEDIA_TYPE, f"{name}.ubl.xml", ubl_xml(bill, attachments)), []
