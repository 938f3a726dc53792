"""What Peppol BIS Billing 3.0 asks of a bill and this one lacks: every fault at once, for a finance officer."""

from collections.abc import Iterator
from typing import Final

from backend.documents.bill import Bill
from backend.documents.peppol_codes import address_fault
from schemas.documents import Party

_COUNTRIES: Final = frozenset({"GB", "XI"})
"""Prefixes of VAT numbers here: XI is Northern Ireland in trade of goods with the European Union."""
SELF_BILLED: Final = (
    "This document is self-billed: the commissioner makes it out. Peppol BIS Billing 3.0 has no type for that "
    "(its types 380 and 381 are the seller's own), so it goes as PDF, CSV and JSON."
)


def bill_faults(bill: Bill) -> list[str]:
    """Sentences, each with what to do. An empty list: the bill can be written as Peppol BIS Billing 3.0."""
    return [*_kind_faults(bill), *_party_faults(bill), *_tax_faults(bill), *_sum_faults(bill)]


def _kind_faults(bill: Bill) -> Iterator[str]:
    if bill.self_billed:
        yield SELF_BILLED
    if not (bill.purchase_order or "").strip():
        yield (
            f"The contract {bill.contract} has no purchase order of {bill.buyer.name}: ask for it and load it with the "
            "contract, or with its share if it pays one (rule PEPPOL-EN16931-R003)."
        )
    if not bill.lines:
        yield "The document has no line (rule BR-16)."


def _party_faults(bill: Bill) -> Iterator[str]:
    for party in (bill.seller, bill.buyer):
        fault = address_fault(party.peppol_identifier)
        if fault:
            yield f"{_named(party)} {fault}."
        if party.vat_identifier and party.vat_identifier[:2] not in _COUNTRIES:
            yield (
                f"{_named(party)} has the VAT number {party.vat_identifier}, which must begin with its country, "
                "as GB123456789 does (rule BR-CO-09)."
            )


def _named(party: Party) -> str:
    return f"{party.name} ({party.reference})"


def _tax_faults(bill: Bill) -> Iterator[str]:
    seller, categories = bill.seller, {line.tax.category for line in bill.lines}
    if not (seller.vat_identifier or seller.tax_identifier):
        yield (
            f"{_named(seller)} has neither a VAT number nor a tax reference: one is asked of a seller of exempt "
            "services too (rule BR-E-02). Load vat_identifier or tax_identifier with the organisation."
        )
    elif "S" in categories and not seller.vat_identifier:
        yield f"{_named(seller)} charges VAT and has no VAT number. Load vat_identifier with the organisation."
    for tax in sorted({line.tax for line in bill.lines}, key=lambda tax: (tax.category, tax.rate)):
        if tax.category == "E" and (tax.rate or not tax.reason):
            yield "An exempt line needs the reason of the exemption and a rate of 0 (rules BR-E-05 and BR-E-10)."
        if tax.category == "S" and tax.rate <= 0:
            yield "A line at the standard rate needs a rate above 0 (rule BR-S-05)."


def _sum_faults(bill: Bill) -> Iterator[str]:
    """A document whose lines do not make its sums must not leave the house as another document."""
    net, tax = bill.stated
    if bill.net != net:
        yield f"The lines add up to £{bill.net}, and the document says £{net}."
    elif bill.tax != tax:
        yield f"The VAT of the lines is £{bill.tax}, and the document says £{tax}."
