"""Blocks of hours on a document: their charges, which are lines of no visit, and how much of each was used."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from backend.documents.block_hours import BLOCK
from backend.domain.invoicing import Charge
from backend.domain.money import pounds
from backend.domain.payer_bills import PayerLine
from backend.domain.pricing.blocks import PAID
from backend.domain.time import london_date
from backend.domain.vat import treatment_of
from backend.use_cases.block_periods import BlockPeriod, bought_for
from backend.use_cases.calc_price import funders_of
from backend.use_cases.invoice_facts import InvoiceFacts
from schemas.documents import Adjusted, BlockHours, Dates, InvoiceLine, Share


def block_charge(block: BlockPeriod, facts: InvoiceFacts) -> Charge:
    """What a block costs its contract's own payers, used or not."""
    contract = facts.terms[block.contract].contract
    vat = treatment_of(contract.vat, block.block.services[0])
    return Charge(block.id, None, "", block.pence, funders_of(contract.funding), vat)


def charged_blocks(facts: InvoiceFacts, blocks: Sequence[BlockPeriod]) -> dict[str, tuple[str, Decimal]]:
    """Name and minutes of every block that has a line, by id: those in force, and those billed that no longer are."""
    gone = {row["visit_id"]: (row["block"], Decimal(0)) for row in facts.billed if row["block"] is not None}
    return gone | {each.id: (each.block.name, _minutes(each.block.seconds)) for each in blocks}


def block_line(place: int, part: PayerLine, charged: tuple[str, Decimal]) -> InvoiceLine:
    """The charge of a block, or a change to it, as a line."""
    line, (name, minutes) = part.whole, charged
    return InvoiceLine(
        line=place,
        visit=f"block {name}",
        visit_id=line.visit,
        person="",
        service="",
        zone="",
        planned_minutes=None,
        actual_minutes=_minutes(0),
        payable_minutes=minutes,
        rounding_minutes=_minutes(0),
        difference_minutes=_minutes(0),
        unit=BLOCK,
        rules=[PAID],
        price=pounds(line.pence),
        amount=pounds(part.pence),
        vat_category=line.vat.category,
        vat_rate=line.vat.rate,
        funding=[Share(payer=payer, amount=pounds(pence)) for payer, pence in line.shares.items()],
        block=name,
        adjusts=None if part.adjusts is None else Adjusted(number=part.adjusts[0], line=part.adjusts[1]),
        reason=line.reason,
    )


def block_hours(
    facts: InvoiceFacts, blocks: Sequence[BlockPeriod], used: Mapping[str, int]
) -> list[BlockHours]:
    """The blocks that no document has stated yet, and those whose use is not as it was stated.

    For an earlier period the use is known where its visits are among the facts; else it stays as it was stated.
    """
    told = {row["block_id"]: row for row in facts.blocks_told}
    whole = _whole_periods(facts)
    found = []
    for each in blocks:
        before, seconds = told.get(each.id), used.get(each.id, 0)
        if before is None:
            found.append(_hours(each, seconds, None))
        elif (each.contract, each.period.start) in whole and _changed(before, each, seconds):
            found.append(_hours(each, seconds, before["seconds"] - before["used_seconds"]))
    return found


def _whole_periods(facts: InvoiceFacts) -> set[tuple[int, date]]:
    """Billing periods all of whose visits are among the facts: by the version that buys blocks and the first day."""
    days = {london_date(at) for at in facts.visits["starts_at"].unique()}
    held = filter(None, (bought_for(facts.terms, day) for day in days))
    return {(place, period.start) for place, period in held}


def _changed(before: Mapping[str, int], each: BlockPeriod, used: int) -> bool:
    return (before["seconds"], before["used_seconds"], before["pence"]) != (
        each.block.seconds,
        used,
        each.pence,
    )


def _hours(each: BlockPeriod, used: int, told_unused: int | None) -> BlockHours:
    return BlockHours(
        name=each.block.name,
        block_id=each.id,
        period=Dates(start=each.period.start, end=each.period.end),
        services=list(each.block.services),
        zones=list(each.block.zones),
        seconds=each.block.seconds,
        used_seconds=used,
        hourly=each.block.hourly,
        price=pounds(each.pence),
        told_unused_seconds=told_unused,
    )


def _minutes(seconds: int) -> Decimal:
    return (Decimal(seconds) / 60).quantize(Decimal("0.01"))
