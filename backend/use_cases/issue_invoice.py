"""Issue the invoices, or credit notes, of one contract and billing period: one for each payer.

Pricing and drawing may take many seconds. Both are done in a thread, so that the process answers others meanwhile.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.clock import is_simulated
from backend.documents.block_hours import is_charge
from backend.domain.counted import counted
from backend.domain.invoicing import NextLine
from backend.domain.payer_bills import PERSON, PayerBill, PayerLine
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.frozen_documents import SETTLED, File, Frozen, store
from backend.use_cases.invoice_facts import InvoiceFacts, invoice_facts
from backend.use_cases.invoice_files import addressed, file_name, invoice_files, peppol_file
from backend.use_cases.invoice_lines import NOT_BILLED
from backend.use_cases.invoice_snapshot import Addressed, Invoice, invoice, invoice_snapshot, payer_key
from backend.use_cases.kept_identities import as_they_were
from backend.use_cases.parties import parties
from schemas.documents import InvoiceLine, InvoiceSnapshot, Party


async def issue_invoice(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    start: date,
    end: date,
    now: datetime,
) -> str:
    """Freeze a document for each payer with its files, and take its number. Returns what was issued, in words.

    The e-invoice is among them if nothing that Peppol asks for is missing; else it can be made later, by an export.
    Without a line to bill there is no document: what is parked comes with the next one.
    """
    facts = await invoice_facts(connection, provider_id, contract_id, start, end, now - SETTLED)
    made = await asyncio.to_thread(invoice, facts)
    if not made.bills:
        return f"nothing to bill, {len(made.left_out)} left out"
    told = [await _issue(connection, facts, made, bill, now) for bill in made.bills]
    return f"{'; '.join(told)}, {len(made.left_out)} left out"


async def _issue(
    connection: asyncpg.Connection, facts: InvoiceFacts, made: Invoice, bill: PayerBill, now: datetime
) -> str:
    number = await _next_number(connection, facts.provider_id)
    snapshot = await build_invoice(connection, facts, made, bill, number, now, is_simulated())
    payer_id = organisation_id(bill.payer)
    document = Frozen(
        provider_id=facts.provider_id,
        kind=snapshot.kind,
        number=number,
        commissioner_id=facts.commissioner_id,
        contract_id=facts.contract_id,
        payer_id=payer_id if await parties(connection, [payer_id]) else None,
        payer=payer_key(facts, bill),
        scope=facts.reference,
        period_start=facts.start,
        period_end=facts.end,
        edition="issued",
        as_of=now - SETTLED,
        created_at=now,
        snapshot=snapshot,
        files=await _files(connection, facts, snapshot),
        total_pence=bill.pence,
        vat_pence=int((snapshot.to_pay - snapshot.total).scaleb(2)),
        summary={
            "lines": len(snapshot.lines),
            "parked": len(snapshot.parked),
            "services": _by_service(snapshot),
        },
    )
    await store(connection, document)
    await _store_lines(connection, document, bill, snapshot.lines)
    if bill is made.first_bill(facts):
        await _store_parked(connection, document, made)
        await _store_blocks(connection, document, snapshot)
    return f"{number}: {counted(len(snapshot.lines), 'line')}, £{snapshot.total}"


def _by_service(snapshot: InvoiceSnapshot) -> dict[str, int]:
    """What the payer is asked for each service, in pence before tax."""
    found: dict[str, int] = {}
    for line in snapshot.lines:
        found[line.service] = found.get(line.service, 0) + int(line.amount.scaleb(2))
    return found


async def build_invoice(
    connection: asyncpg.Connection,
    facts: InvoiceFacts,
    made: Invoice,
    bill: PayerBill,
    number: str,
    issued_at: datetime,
    simulated: bool,
) -> InvoiceSnapshot:
    """One payer's snapshot: the same facts always give the same bytes."""
    named = dict.fromkeys(payer for line in bill.lines for payer in line.whole.shares)
    payers = {payer: organisation_id(payer) for payer in named}
    wanted = {facts.provider_id, facts.commissioner_id, *payers.values()}
    known = await parties(connection, wanted, issued_at - SETTLED)
    names = {payer: known[payer_id].name for payer, payer_id in payers.items() if payer_id in known}
    to = Addressed(
        known[facts.provider_id],
        known[facts.commissioner_id],
        await _payer(connection, facts, bill, known, issued_at),
        {**names, PERSON: "The person supported"},
    )
    return await asyncio.to_thread(invoice_snapshot, facts, made, bill, number, to, issued_at, simulated)


async def _payer(
    connection: asyncpg.Connection,
    facts: InvoiceFacts,
    bill: PayerBill,
    known: Mapping[UUID, Party],
    as_of: datetime,
) -> Party:
    """Who is asked: an organisation, the person whose care it is, or a payer known by no more than its name."""
    if bill.payer != PERSON:
        found = known.get(organisation_id(bill.payer))
        return found or Party(name=bill.payer, reference=bill.payer)
    at = as_of - SETTLED
    rows = await connection.fetch(query("invoices.homes"), facts.provider_id, [UUID(bill.person)], at)
    [home] = await as_they_were(connection, facts.provider_id, at, rows, "service_user_id")
    return Party(
        name=home["name"], reference=home["reference"], address=home["address"], postcode=home["postcode"]
    )


async def _next_number(connection: asyncpg.Connection, provider_id: UUID) -> str:
    number = await connection.fetchval(query("documents.next_number"), provider_id)
    provider = (await parties(connection, [provider_id]))[provider_id]
    return f"{provider.reference}-{number:06d}".upper()


async def _store_lines(
    connection: asyncpg.Connection, document: Frozen, bill: PayerBill, lines: Sequence[InvoiceLine]
) -> None:
    rows = [_stored(bill.payer, part, line) for part, line in zip(bill.lines, lines, strict=True)]
    told = msgspec.json.encode(rows).decode()
    await connection.execute(query("documents.insert_lines"), document.provider_id, document.id, told)


async def _store_parked(connection: asyncpg.Connection, document: Frozen, made: Invoice) -> None:
    parked = [*made.priced.parked, *(item for item in made.priced.free if item.reason == NOT_BILLED)]
    await connection.execute(
        query("documents.insert_parked"),
        document.provider_id,
        document.id,
        [item.visit_id for item in parked],
        [item.reason for item in parked],
        [item.detail for item in parked],
    )


async def _store_blocks(connection: asyncpg.Connection, document: Frozen, snapshot: InvoiceSnapshot) -> None:
    for block in snapshot.blocks:
        await connection.execute(
            query("documents.insert_block"),
            document.provider_id,
            document.id,
            UUID(block.block_id),
            block.name,
            block.period.start,
            block.period.end,
            block.seconds,
            block.used_seconds,
            int(block.price.scaleb(2)),
        )


def _stored(payer: str, part: PayerLine, shown: InvoiceLine) -> dict[str, Any]:
    line = part.whole
    return {
        "visit_id": line.visit,
        "employment_id": line.carer or None,
        "service_user_id": line.person or None,
        "pence": part.pence,
        "payer": payer,
        "funders": _funders(line),
        "adjusts": None if part.adjusts is None else part.adjusts[0],
        "vat_category": line.vat.category,
        "vat_rate": line.vat.rate,
        "vat_reason": line.vat.reason,
        "dispute": line.dispute or None,
        "line": shown.line,
        "block": shown.block if is_charge(shown) else None,
    }


def _funders(line: NextLine) -> Sequence[tuple[str, int]]:
    """The percentages by which the line was shared; of a line taken back, that nobody pays any more."""
    return [] if line.charge is None else line.charge.funders


async def _files(
    connection: asyncpg.Connection, facts: InvoiceFacts, snapshot: InvoiceSnapshot
) -> list[File]:
    files = await asyncio.to_thread(invoice_files, snapshot)
    pdf, csv = (next(file.content for file in files if file.format == kind) for kind in ("pdf", "csv"))
    as_of = snapshot.issued_at - SETTLED
    bill = await addressed(connection, facts.provider_id, facts.contract_id, snapshot, as_of)
    peppol, _ = await asyncio.to_thread(peppol_file, bill, file_name(snapshot), pdf, csv)
    return [*files, peppol] if peppol else files
