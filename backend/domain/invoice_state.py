"""How a document stands: a pure function of what was recorded after it was issued."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

State = Literal["draft", "issued", "disputed", "credited", "paid"]
STATES: Final[tuple[State, ...]] = get_args(State)
"""In the order of a document's life. A draft is worked out when it is asked for and has no number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A document's state, and in pence what was paid, what later documents changed of it before tax, and what
    is still to pay.

    `to_pay` is of this document alone: a credit is in the total of the document that gives it. Below zero it is owed to
    the payer.
    """

    state: State
    paid: int
    changed: int
    to_pay: int

    @property
    def over(self) -> int:
        """Pence paid, or paid out for a credit note, beyond what this document comes to."""
        beyond = -self.to_pay if self.to_pay + self.paid >= 0 else self.to_pay
        return max(0, beyond)


def standing(
    net: int, vat: int, payments: Iterable[int], changes: Iterable[int], open_disputes: int
) -> Standing:
    """How an issued document stands whose lines come to `net` pence, with `vat` pence of tax on them.

    `payments` were received, below zero paid out. `changes` are what later lines that name it come to, before tax. The
    order in which any of it was recorded makes no difference.
    """
    paid, changed = sum(payments), sum(changes)
    return Standing(_state(net, vat, paid, changed, open_disputes), paid, changed, net + vat - paid)


def _state(net: int, vat: int, paid: int, changed: int, open_disputes: int) -> State:
    """An open dispute comes first: nobody chases what is disputed. Then what was paid, then what was taken back."""
    if open_disputes:
        return "disputed"
    if _covers(paid, net + vat):
        return "paid"
    if net > 0 and net + changed <= 0:
        return "credited"
    return "issued"


def _covers(paid: int, total: int) -> bool:
    """Whether as much was paid as was asked, or paid out as was credited."""
    return paid >= total if total >= 0 else paid <= total
