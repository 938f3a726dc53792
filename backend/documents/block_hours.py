"""Blocks of hours in words: what was bought for a billing period, what visits used of it, and what was not used."""

from typing import Final

from backend.documents import words
from schemas.documents import BlockHours, InvoiceLine, InvoiceSnapshot

BLOCK: Final = "block"
"""The unit of a line that is a block's own charge, and of no visit."""


def is_charge(line: InvoiceLine) -> bool:
    """Whether a line is the charge of a block of hours rather than a visit's."""
    return line.unit == BLOCK


def charged_hours(snapshot: InvoiceSnapshot, line: InvoiceLine) -> BlockHours | None:
    """The block whose charge a line is, as the document tells it; of any other line, or a change alone, None."""
    if not is_charge(line):
        return None
    return next((block for block in snapshot.blocks if block.block_id == line.visit_id), None)


def block_rows(snapshot: InvoiceSnapshot) -> list[list[str]]:
    """A row for each block: name and what it is for, period, hours bought, used, not used, and what it costs."""
    return [
        [
            f"{block.name}: {' and '.join(map(words.worded, block.services))}, zone {' and '.join(block.zones)}",
            words.dates(block.period),
            hours(block.seconds),
            hours(block.used_seconds),
            unused(block),
            f"{words.pounds(block.price)} at {words.pounds(block.hourly)} an hour",
        ]
        for block in snapshot.blocks
    ]


def block_sentences(snapshot: InvoiceSnapshot) -> list[str]:
    """The same as sentences, for formats that take no table."""
    return [
        f"Block {block.name}, {words.dates(block.period)}: {hours(block.seconds)} bought, {hours(block.used_seconds)} "
        f"used, not used: {unused(block)}."
        for block in snapshot.blocks
    ]


def unused(block: BlockHours) -> str:
    """What was not used, and what an earlier document said of that."""
    said = hours(block.unused_seconds)
    if block.told_unused_seconds is None:
        return said
    return f"{said} (an earlier document said {hours(block.told_unused_seconds)})"


def hours(seconds: int) -> str:
    """Seconds of carers' time as it is said of blocks: 60 h, 1 h 20 min."""
    return words.lasted(seconds)
