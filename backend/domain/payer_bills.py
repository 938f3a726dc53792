"""One bill for each payer: the shared lines of a document, cut into what each of its payers is asked.

A council and an NHS body each get a document of their own; people who pay towards their care each get one too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domain.invoicing import Billed, NextLine

PERSON: Final = "person"
"""The payer's name in a contract or package where the person supported pays a share."""


@dataclass(frozen=True, slots=True)
class PayerLine:
    """One payer's part of a line: whole pence. `adjusts` names the line of that payer's own document it changes."""

    whole: NextLine
    pence: int
    adjusts: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class PayerBill:
    """What one payer is asked. `person` is the service user where the payer is PERSON, else empty."""

    payer: str
    person: str
    lines: Sequence[PayerLine]

    @property
    def pence(self) -> int:
        return sum(line.pence for line in self.lines)


def payer_bills(lines: Sequence[NextLine], billed: Iterable[Billed] = ()) -> list[PayerBill]:
    """The bills that lines make, payers in the order in which the lines name them.

    A payer with any percentage of a new line gets it, even at 0.00; a change goes only to those for whom it changes
    something. The parts of a line add up to it. `billed` is every earlier line for the visits concerned, oldest first.
    """
    first = _first_lines(billed)
    bills: dict[tuple[str, str], list[PayerLine]] = {}
    for line in lines:
        for payer in _asked(line):
            follows = line.adjusts and line.dispute is None
            own = first.get((line.visit, line.carer, payer)) if follows else None
            part = PayerLine(line, line.shares[payer], own or line.adjusts)
            bills.setdefault((payer, line.person if payer == PERSON else ""), []).append(part)
    return [PayerBill(payer, person, parts) for (payer, person), parts in bills.items()]


def _asked(line: NextLine) -> Iterator[str]:
    percents = {} if line.charge is None else dict(line.charge.funders)
    for payer, pence in line.shares.items():
        if pence or (not line.adjusts and percents.get(payer)):
            yield payer


def _first_lines(billed: Iterable[Billed]) -> Mapping[tuple[str, str | None, str], tuple[str, int]]:
    """Where each payer was first asked for each visit and carer."""
    first: dict[tuple[str, str | None, str], tuple[str, int]] = {}
    for line in billed:
        for payer in line.shares:
            first.setdefault((line.visit, line.carer, payer), (line.number, line.line))
    return first
