"""Columns side by side: one group for each thing, its columns standing in one another or stacked. Geometry alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WIDTH: Final = 1000.0
HEIGHT: Final = 240.0
"""Units; templates/pictures.html draws at any size."""
_GAP: Final = 0.3
"""Of a group's width."""
_MOST_NAMES: Final = 13
_MARKS: Final = (4, 2, 1)
_WIDEST: Final = 120.0
"""Units of a group: a few stand beside each other at the left."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column. `kind` gives its look; `says` is shown when a pointer is on it."""

    kind: str
    amount: Decimal
    says: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part in units from the left and the top."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True, slots=True)
class Columns:
    """`names`: units from the left to the middle of a group, and its name or an empty one. `marks`: units from the top,
    and the amount there. `kinds`: those drawn, in order, for the key.
    `line`: units from the top of the amount that the columns are held against.
    """

    blocks: list[Block]
    names: list[tuple[float, str]]
    marks: list[tuple[float, Decimal]]
    kinds: list[str]
    line: float | None = None


def columns(
    groups: Sequence[tuple[str, Sequence[Part]]], stacked: bool, line: Decimal | None = None
) -> Columns | None:
    """The groups on one scale from zero to a round amount; None where no amount is above zero.

    `stacked`: parts stand upon one another; else in front of one another, so that the first is the whole of which the
    next ones are parts. Amounts are not below zero. `line`: an amount to hold the columns against.
    """
    highest = max((_height(parts, stacked) for _, parts in groups), default=Decimal(0))
    top = _round_above(max(highest, line or Decimal(0)))
    if not highest:
        return None
    across = min(WIDTH / len(groups), _WIDEST)
    steps = _steps(top, [part.amount for _, parts in groups for part in parts])
    every = -(-len(groups) // _MOST_NAMES)
    blocks = [
        _block(part, below, place * across, across, top)
        for place, (_, parts) in enumerate(groups)
        for part, below in _placed(parts, stacked)
    ]
    return Columns(
        blocks,
        [
            (round((place + 0.5) * across, 1), name if place % every == 0 else "")
            for place, (name, _) in enumerate(groups)
        ],
        [(round(HEIGHT * (1 - step / steps), 1), top * step / steps) for step in range(steps + 1)],
        list(dict.fromkeys(part.kind for _, parts in groups for part in parts)),
        None if line is None else round(float(Decimal(HEIGHT) * (1 - line / top)), 1),
    )


def _steps(top: Decimal, amounts: Sequence[Decimal]) -> int:
    """How many marks there are above zero: for things that are counted, only at whole numbers."""
    if any(amount % 1 for amount in amounts):
        return _MARKS[0]
    return next(steps for steps in _MARKS if top % steps == 0)


def _height(parts: Sequence[Part], stacked: bool) -> Decimal:
    amounts = [part.amount for part in parts]
    return sum(amounts, Decimal(0)) if stacked else max(amounts, default=Decimal(0))


def _placed(parts: Sequence[Part], stacked: bool) -> list[tuple[Part, Decimal]]:
    """Each part with what it stands upon; parts of zero are not drawn."""
    placed, below = [], Decimal(0)
    for part in parts:
        if part.amount > 0:
            placed.append((part, below))
        below += part.amount if stacked else Decimal(0)
    return placed


def _block(part: Part, below: Decimal, left: float, across: float, top: Decimal) -> Block:
    units = Decimal(HEIGHT) / top
    width = across * (1 - _GAP)
    return Block(
        part.kind,
        round(left + across * _GAP / 2, 1),
        round(float(Decimal(HEIGHT) - (below + part.amount) * units), 1),
        round(width, 1),
        round(float(part.amount * units), 1),
        part.says,
    )


def _round_above(amount: Decimal) -> Decimal:
    """The least of 1, 2, 4, 8 times a power of ten that is no less."""
    if amount <= 0:
        return Decimal(0)
    power = Decimal(1).scaleb(amount.adjusted())
    return next(power * step for step in (1, 2, 4, 8, 10) if power * step >= amount)
