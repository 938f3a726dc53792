"""Who pays which pennies: shares by percentage that always add up to the amount shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

WHOLE: Final = 100_000_000
"""100 % in millionths of a per cent, so that `pence * percent` is in units of 1 / WHOLE of a penny."""

Funders = Sequence[tuple[str, int]]
"""Payers in the contract's order, each with its millionths of a per cent; together WHOLE."""


def share(pence: int, funders: Funders, carried: Mapping[str, int] | None = None) -> list[int]:
    """The whole pence each payer pays of `pence`, which may be negative; they add up to it exactly.

    Largest remainder, ties to the first payer. `carried` is what each payer has been asked too little so far,
    in units of 1 / WHOLE of a penny; no payer is asked less than nothing because of it.
    """
    if pence < 0:
        mirrored = {payer: -units for payer, units in (carried or {}).items()}
        return [-amount for amount in share(-pence, funders, mirrored)]
    owed = _owed(pence, funders, carried or {})
    given = [max(0, units // WHOLE) for units in owed]
    payers = [index for index, (_, percent) in enumerate(funders) if percent]
    while (left := pence - sum(given)) != 0:
        step = 1 if left > 0 else -1
        able = [index for index in payers if step > 0 or given[index]]
        given[max(able, key=lambda index: step * (owed[index] - given[index] * WHOLE))] += step
    return given


def _owed(pence: int, funders: Funders, carried: Mapping[str, int]) -> list[int]:
    return [pence * percent + carried.get(payer, 0) if percent else 0 for payer, percent in funders]


@dataclass
class Carry:
    """Remainders of one person's lines through one document, so that no payer is favoured line after line."""

    units: dict[str, int] = field(default_factory=dict)

    def share(self, pence: int, funders: Funders) -> list[int]:
        """Share one more line, then carry what each payer was asked too much or too little."""
        given = share(pence, funders, self.units)
        for (payer, percent), amount in zip(funders, given, strict=True):
            self.units[payer] = self.units.get(payer, 0) + pence * percent - amount * WHOLE
        return given
