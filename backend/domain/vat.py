"""How VAT treats what a contract pays for: exempt, or taxed at a rate; and the tax of a document's lines together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from backend.domain.money import to_the_penny
from schemas.contract import VatTerm

WELFARE: Final = "Exempt: welfare services by a state-regulated body (VAT Act 1994, Schedule 9, Group 7)"
"""The reason where a contract gives no other: care by a regulated provider (item 9 of the group)."""


@dataclass(frozen=True, slots=True, order=True)
class Treatment:
    """Category E (exempt, `reason` says why) or S (taxed, `rate` in per cent)."""

    category: Literal["E", "S"]
    rate: Decimal
    reason: str | None = None

    @property
    def kind(self) -> tuple[str, Decimal]:
        """What makes one total on a document: exempt lines make one, whatever their reasons (EN 16931, BR-E-01)."""
        return (self.category, self.rate)


EXEMPT: Final = Treatment("E", Decimal(0), WELFARE)


@dataclass(frozen=True, slots=True)
class TreatmentTotal:
    """The lines of one treatment together, in pounds: before tax, and the tax."""

    treatment: Treatment
    net: Decimal
    tax: Decimal


def treatment_of(terms: Sequence[VatTerm], service: str) -> Treatment:
    """How a contract treats a service: by the term that names it, else the one for all others, else exempt."""
    named = [term for term in terms if service in (term.services or ())]
    for term in named or [term for term in terms if term.services is None]:
        exempt = Treatment("E", Decimal(0), term.reason or WELFARE)
        return exempt if term.rate is None else Treatment("S", term.rate)
    return EXEMPT


def treatment_totals(lines: Iterable[tuple[Treatment, Decimal]]) -> list[TreatmentTotal]:
    """A total for each treatment of lines given in pounds before tax, with all reasons (EN 16931, BR-E-01, BR-S-08).

    The tax is that of the sum, not the sum of each line's: rounded to the penny once, a half away from zero (BR-CO-17).
    """
    grouped: dict[tuple[str, Decimal], list[tuple[Treatment, Decimal]]] = {}
    for treatment, amount in lines:
        grouped.setdefault(treatment.kind, []).append((treatment, amount))
    return [_total(grouped[kind]) for kind in sorted(grouped)]


def _total(lines: Sequence[tuple[Treatment, Decimal]]) -> TreatmentTotal:
    first, net = lines[0][0], sum((amount for _, amount in lines), Decimal("0.00"))
    reasons = dict.fromkeys(treatment.reason for treatment, _ in lines if treatment.reason)
    tax = to_the_penny(net * first.rate / 100)
    return TreatmentTotal(Treatment(first.category, first.rate, "; ".join(reasons) or None), net, tax)
