"""Blocks of hours: bought for a billing period, used by visits in order of planned start, paid in any case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from backend.domain.money import half_up, micropounds
from schemas.contract import Block

PAID: Final = "block-hours"
WITHIN: Final = "within-block"
_MICROS_A_PENNY: Final = 10_000
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Timed:
    """A line of a visit made: `seconds` of carers' time to pay. `place` is its place among the lines."""

    place: int
    visit: str
    service: str
    zone: str
    start: datetime
    seconds: int


def within_blocks(lines: Iterable[Timed], blocks: Sequence[Block]) -> dict[int, int]:
    """The block, by its place, that pays for each line, by the line's.

    Lines take their time from the first block listed for their service and zone that still holds all of it, the
    earliest planned start first. What fits no block whole is paid at the rate, as if there were no block.
    """
    left = [block.seconds for block in blocks]
    found: dict[int, int] = {}
    for line in sorted(lines, key=lambda line: (line.start, line.visit, line.place)):
        for index, block in enumerate(blocks):
            fits = line.service in block.services and line.zone in block.zones
            if fits and line.seconds <= left[index]:
                left[index] -= line.seconds
                found[line.place] = index
                break
    return found


def within_block(row: Mapping[str, Any], block: str) -> dict[str, Any]:
    """A line of pricing that a block pays for, with the block's name: it costs no more than its mileage."""
    return {
        **row,
        "block": block,
        "amount": row["mileage"] or 0,
        "uplift": None,
        "rules": [*row["rules"], WITHIN],
    }


def block_pence(block: Block) -> int:
    """What a block costs in a billing period, in whole pence, half up."""
    exact = micropounds(block.hourly) * block.seconds
    return half_up(exact, _HOUR * _MICROS_A_PENNY)


def hours_text(block: Block) -> str:
    """Its hours as they are written."""
    return f"{Decimal(block.hours).normalize():f}"
