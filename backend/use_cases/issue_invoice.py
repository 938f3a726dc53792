"""Issue the invoice, or credit note, of one contract and billing period."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.clock import is_simulated
from backend.domain.counted import counted
from backend.domain.invoicing import NextLine
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.frozen_documents import SETTLED, File, Frozen, store
from backend.use_cases.invoice_facts import InvoiceFacts, invoice_facts
from backend.use_cases.invoice_files import addressed, file_name, invoice_files, peppol_file
from backend.use_cases.invoice_snapshot import Invoice, invoice, invoice_snapshot
from backend.use_cases.parties import parties
from schemas.documents import InvoiceSnapshot


async def issue_invoice(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    start: date,
    end: date,
    now: datetime,
) -> str:
    """Freeze the document with its files, and take its number. Returns what was issued, in words.

    The e-invoice is among them if nothing that Peppol asks for is missing; else it can be made later, by an export.
    Without a line to bill there is no document: what is parked comes with the next one.
    """
    facts = await invoice_facts(connection, provider_id, contract_id, start, end, now - SETTLED)
    made = invoice(facts)
    if not made.lines:
        return f"nothing to bill, {len(made.left_out)} left out"
    number = await _next_number(connection, provider_id, facts)
    snapshot = await build_invoice(connection, facts, made, number, now, is_simulated())
    document = Frozen(
        provider_id=provider_id,
        kind=made.kind,
        number=number,
        commissioner_id=facts.commissioner_id,
        contract_id=contract_id,
        scope=facts.reference,
        period_start=start,
        period_end=end,
        edition="issued",
        as_of=now - SETTLED,
        created_at=now,
        snapshot=snapshot,
        files=await _files(connection, facts, snapshot),
        total_pence=made.pence,
        summary={"lines": len(made.lines), "parked": len(made.left_out)},
    )
    await store(connection, document)
    await _store_lines(connection, document, made)
    return f"{number}: {counted(len(made.lines), 'line')}, £{snapshot.total}, {len(made.left_out)} left out"


async def build_invoice(
    connection: asyncpg.Connection,
    facts: InvoiceFacts,
    made: Invoice,
    number: str,
    issued_at: datetime,
    simulated: bool,
) -> InvoiceSnapshot:
    """The invoice's snapshot: the same facts always give the same bytes."""
    payers = {payer: organisation_id(payer) for line in made.lines for payer in line.shares}
    wanted = {facts.provider_id, facts.commissioner_id, *payers.values()}
    known = await parties(connection, wanted, issued_at - SETTLED)
    names = {payer: known[payer_id].name for payer, payer_id in payers.items() if payer_id in known}
    return invoice_snapshot(
        facts,
        made,
        number,
        known[facts.provider_id],
        known[facts.commissioner_id],
        names,
        issued_at,
        simulated,
    )


async def _next_number(connection: asyncpg.Connection, provider_id: UUID, facts: InvoiceFacts) -> str:
    number = await connection.fetchval(query("documents.next_number"), provider_id)
    provider = (await parties(connection, [provider_id]))[provider_id]
    return f"{provider.reference}-{number:06d}".upper()


async def _store_lines(connection: asyncpg.Connection, document: Frozen, made: Invoice) -> None:
    columns = list(
        zip(*[_stored(place, line) for place, line in enumerate(made.lines, start=1)], strict=True)
    )
    await connection.execute(
        query("documents.insert_lines"), document.provider_id, document.id, *map(list, columns)
    )
    parked = made.priced.parked
    await connection.execute(
        query("documents.insert_parked"),
        document.provider_id,
        document.id,
        [UUID(item.visit_id) for item in parked],
        [item.reason for item in parked],
        [item.detail for item in parked],
    )


def _stored(place: int, line: NextLine) -> tuple[Any, ...]:
    return (
        place,
        UUID(line.visit),
        UUID(line.carer) if line.carer else None,
        UUID(line.person) if line.person else None,
        line.pence,
        _json(dict(line.shares)),
        _json(_funders(line)),
        None if line.adjusts is None else line.adjusts[0],
    )


def _funders(line: NextLine) -> Sequence[tuple[str, int]]:
    """The percentages by which the line was shared; of a line taken back, that nobody pays any more."""
    return [] if line.charge is None else list(line.charge.funders)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _files(
    connection: asyncpg.Connection, facts: InvoiceFacts, snapshot: InvoiceSnapshot
) -> list[File]:
    pdf, csv, json = invoice_files(snapshot)
    as_of = snapshot.issued_at - SETTLED
    bill = await addressed(connection, facts.provider_id, facts.contract_id, snapshot, as_of)
    peppol, _ = peppol_file(bill, file_name(snapshot), pdf.content, csv.content)
    return [pdf, csv, json] + ([peppol] if peppol else [])
