"""Recompute frozen documents from the facts: the same snapshot and the same files must come out, byte for byte."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend import db
from backend.documents.canonical import canonical_json
from backend.documents.delivery import delivery_file
from backend.documents.wage_report import wage_report_json, wage_report_pdf
from backend.documents.wage_workbook import wage_report_xlsx
from backend.sql import query
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.invoice_facts import invoice_facts
from backend.use_cases.invoice_files import PEPPOL, addressed, file_name, invoice_files, peppol_file
from backend.use_cases.invoice_snapshot import invoice, payer_key
from backend.use_cases.issue_invoice import build_invoice
from backend.use_cases.issue_wage_report import build_wage_report
from backend.use_cases.verification.recomputed import differences
from schemas.delivery import DeliveryTemplate
from schemas.documents import InvoiceSnapshot, WageReportSnapshot
from schemas.strict import decode

_WAGE_REPORT: dict[str, Any] = {"pdf": wage_report_pdf, "xlsx": wage_report_xlsx, "json": wage_report_json}


@dataclass(frozen=True, slots=True)
class Verified:
    """The finding on one document: `faults` says in words what differs, and is empty when nothing does."""

    kind: str
    name: str
    faults: tuple[str, ...]


async def verify_documents(provider_id: UUID) -> AsyncIterator[Verified]:
    """Recompute every document of a provider, in the order they were made. No transaction is open between them."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("documents.frozen"), provider_id)
    for row in rows:
        name = row["number"] or f"{row['scope']} {row['period_start']} {row['edition']}"
        async with db.as_provider(provider_id) as connection:
            faults = tuple(await _faults(connection, provider_id, row))
        yield Verified(row["kind"], name, faults)


async def _faults(connection: asyncpg.Connection, provider_id: UUID, row: Any) -> list[str]:
    stored = snapshot_bytes(row["snapshot"])
    if sha256(stored).digest() != row["snapshot_digest"]:
        return ["the stored snapshot does not match its own digest"]
    known = msgspec.json.decode(stored)
    again = await _recomputed(connection, provider_id, row, known)
    if again is None:
        return ["the facts leave nothing to bill"]
    faults = [] if canonical_json(again) == stored else differences(known, msgspec.to_builtins(again))
    return faults + await _file_faults(connection, provider_id, row, again)


async def _recomputed(
    connection: asyncpg.Connection, provider_id: UUID, row: Any, known: dict[str, Any]
) -> InvoiceSnapshot | WageReportSnapshot | None:
    """The snapshot that the facts give, or None if they leave nothing to bill."""
    start, end, as_of = row["period_start"], row["period_end"], row["as_of"]
    if row["kind"] == "wage_report":
        since = known.get("changes_since")
        today = date.fromisoformat(msgspec.json.decode(row["summary"])["today"])
        return await build_wage_report(
            connection,
            provider_id,
            row["scope"],
            start,
            end,
            row["edition"],
            as_of,
            today,
            known["simulated_clock"],
            since and datetime.fromisoformat(since),
        )
    facts = await invoice_facts(connection, provider_id, row["contract_id"], start, end, as_of)
    made = invoice(facts)
    bill = next((bill for bill in made.bills if payer_key(facts, bill) == row["payer"]), None)
    if bill is None:
        return None
    return await build_invoice(
        connection, facts, made, bill, row["number"], row["created_at"], known["simulated_clock"]
    )


async def _file_faults(
    connection: asyncpg.Connection,
    provider_id: UUID,
    document: Any,
    again: InvoiceSnapshot | WageReportSnapshot,
) -> list[str]:
    drawn = _drawn(again)
    found = []
    for file in await connection.fetch(query("documents.files"), provider_id, document["id"]):
        if file["format"] == PEPPOL and isinstance(again, InvoiceSnapshot):
            bill = await addressed(connection, provider_id, document["contract_id"], again, file["as_of"])
            peppol, _ = peppol_file(bill, file_name(again), drawn["pdf"], drawn["csv"])
            drawn[PEPPOL] = peppol.content if peppol else b""
        if sha256(file["content"]).digest() != file["sha256"]:
            found.append(f"{file['file_name']} does not match its own digest")
        elif drawn[file["format"]] != file["content"]:
            found.append(f"{file['file_name']} comes out otherwise")
    if isinstance(again, InvoiceSnapshot):
        found += await _delivery_faults(connection, provider_id, document["id"], again)
    return found


async def _delivery_faults(
    connection: asyncpg.Connection, provider_id: UUID, document_id: UUID, again: InvoiceSnapshot
) -> list[str]:
    """The same for the files that were written for a council, each by the template of its time."""
    found = []
    for file in await connection.fetch(query("delivery.of_document"), provider_id, document_id):
        template = decode(DeliveryTemplate, msgspec.json.decode(file["template"])).value
        if template is None or sha256(file["content"]).digest() != file["sha256"]:
            found.append(f"{file['file_name']} does not match its own digest")
        elif delivery_file(again, template, file["number"], file["made_at"]) != file["content"]:
            found.append(f"{file['file_name']} comes out otherwise")
    return found


def _drawn(again: InvoiceSnapshot | WageReportSnapshot) -> dict[str, bytes]:
    """The files of a snapshot, drawn anew, by format."""
    if isinstance(again, InvoiceSnapshot):
        return {file.format: file.content for file in invoice_files(again)}
    return {kind: render(again) for kind, render in _WAGE_REPORT.items()}
