"""Blocks of hours, counted out: who comes first fits first, and what does not fit whole is paid at its rate."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from backend.simulator.truth.price import PricedLine, Visit
from backend.simulator.truth.wage import half_up

Drawn = tuple[str, Visit, Sequence[PricedLine]]
"""A visit by its reference, and its lines."""


def pence_beyond(contract: Mapping[str, Any], visits: Sequence[Drawn]) -> dict[str, int]:
    """Pence of each visit of a billing period that no block pays for, by reference."""
    left = [Fraction(block["hours"]) * 3600 for block in contract.get("blocks", ())]
    owed = {}
    for reference, visit, lines in sorted(visits, key=lambda each: (each[1].planned[0], each[0])):
        owed[reference] = sum(0 if _fits(contract, left, visit, line) else line.pence for line in lines)
    return owed


def _fits(contract: Mapping[str, Any], left: list[Fraction], visit: Visit, line: PricedLine) -> bool:
    for index, block in enumerate(contract.get("blocks", ())):
        suits = visit.service in block["services"] and visit.zone in block["zones"]
        if suits and line.seconds is not None and line.seconds <= left[index]:
            left[index] -= line.seconds
            return True
    return False


def pence_of_blocks(contract: Mapping[str, Any]) -> int:
    """What the blocks of one billing period cost, used or not."""
    return sum(
        half_up(Fraction(block["hours"]) * Fraction(block["hourly"]) * 100)
        for block in contract.get("blocks", ())
    )
