"""Bills as UBL 2.1 XML by Peppol BIS Billing 3.0, which NHS bodies and many councils take.

The document for people and the visits as CSV are embedded. The same bill and files always give the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from backend.documents import words
from backend.documents.bill import Bill, BillLine
from backend.documents.xml_text import binary, document, group, leaf
from backend.domain.vat import Treatment
from schemas.documents import Party

SPECIFICATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
MEDIA_TYPE: Final = "application/xml"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_PREFIXES: Final = {
    "xmlns:cac": f"{_UBL}CommonAggregateComponents-2",
    "xmlns:cbc": f"{_UBL}CommonBasicComponents-2",
}
_POUNDS: Final = "GBP"
_COUNTRY: Final = "GB"
"""Organisations here are providers and commissioners of care in Great Britain."""
_ONE: Final = "C62"
"""A visit is one of something (UN/ECE Recommendation 20): its price has rules of its own, which the line names."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where an invoice and a credit note differ in UBL."""

    root: str
    code: str
    line: str
    quantity: str


_KINDS: Final = {
    "invoice": _Kind("Invoice", "380", "InvoiceLine", "InvoicedQuantity"),
    "credit_note": _Kind("CreditNote", "381", "CreditNoteLine", "CreditedQuantity"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to embed. BIS Billing takes PDF, PNG, JPEG, CSV, XLSX and ODS."""

    name: str
    description: str
    media_type: str
    content: bytes


def ubl_xml(bill: Bill, attachments: Sequence[Attachment]) -> bytes:
    """The bill as XML. It must have no fault (`bill_faults`): a fault would make a file that its reader refuses."""
    kind = _KINDS[bill.kind]
    root = group(
        kind.root,
        *_heading(bill, kind),
        *_references(bill, attachments),
        _group("AccountingSupplierParty", _party(bill.seller)),
        _group("AccountingCustomerParty", _party(bill.buyer)),
        _group("PaymentTerms", _leaf("Note", f"As agreed in contract {bill.contract}")),
        *_sums(bill),
        *(_line(line, kind) for line in bill.lines),
        attributes={"xmlns": f"{_UBL}{kind.root}-2", **_PREFIXES},
    )
    return document(root)


def _group(name: str, *children: str) -> str:
    return group(f"cac:{name}", *children)


def _leaf(name: str, text: str | None, **attributes: str) -> str:
    """An element with text. Without text there is none: an empty element is refused (PEPPOL-EN16931-R008)."""
    shown = " ".join((text or "").split())
    return leaf(f"cbc:{name}", shown, attributes) if shown else ""


def _money(name: str, amount: Decimal) -> str:
    return _leaf(name, f"{amount:.2f}", currencyID=_POUNDS)


def _heading(bill: Bill, kind: _Kind) -> Sequence[str]:
    return (
        _leaf("CustomizationID", SPECIFICATION),
        _leaf("ProfileID", PROCESS),
        _leaf("ID", bill.number),
        _leaf("IssueDate", bill.issued_on.isoformat()),
        _leaf(f"{kind.root}TypeCode", kind.code),
        _leaf("Note", " ".join(bill.notes)),
        _leaf("DocumentCurrencyCode", _POUNDS),
        _period(bill.period),
    )


def _period(dates: tuple[date, date]) -> str:
    start, end = dates
    return _group("InvoicePeriod", _leaf("StartDate", start.isoformat()), _leaf("EndDate", end.isoformat()))


def _references(bill: Bill, attachments: Sequence[Attachment]) -> Sequence[str]:
    """The order, the documents that this one changes, the contract, and what is embedded."""
    return (
        _group("OrderReference", _leaf("ID", bill.purchase_order)),
        *(
            _group("BillingReference", _group("InvoiceDocumentReference", _leaf("ID", number)))
            for number in bill.corrects
        ),
        _group("ContractDocumentReference", _leaf("ID", bill.contract)),
        *map(_embedded, attachments),
    )


def _embedded(file: Attachment) -> str:
    named = {"mimeCode": file.media_type, "filename": file.name}
    return _group(
        "AdditionalDocumentReference",
        _leaf("ID", file.name),
        _leaf("DocumentDescription", file.description),
        _group("Attachment", binary("cbc:EmbeddedDocumentBinaryObject", file.content, named)),
    )


def _party(party: Party) -> str:
    scheme, _, number = (party.peppol_identifier or "").partition(":")
    taxed = (("VAT", party.vat_identifier), ("TAX", party.tax_identifier))
    return _group(
        "Party",
        _leaf("EndpointID", number, schemeID=scheme),
        _group("PartyIdentification", _leaf("ID", party.reference)),
        _group("PostalAddress", *_address(party)),
        *(_tax_number(scheme, identifier) for scheme, identifier in taxed if identifier),
        _group("PartyLegalEntity", _leaf("RegistrationName", party.name)),
        _group("Contact", _leaf("ElectronicMail", party.email)) if party.email else "",
    )


def _tax_number(scheme: str, identifier: str) -> str:
    return _group("PartyTaxScheme", _leaf("CompanyID", identifier), _group("TaxScheme", _leaf("ID", scheme)))


def _address(party: Party) -> Sequence[str]:
    """An address as it is written, line by line: of several, the last is the post town, as Royal Mail asks."""
    parts = [part.strip() for part in re.split(r"[\n,]", party.address or "") if part.strip()]
    *streets, town = parts if len(parts) > 1 else [*parts, ""]
    return (
        _leaf("StreetName", streets[0] if streets else None),
        _leaf("AdditionalStreetName", ", ".join(streets[1:])),
        _leaf("CityName", town),
        _leaf("PostalZone", party.postcode),
        _group("Country", _leaf("IdentificationCode", _COUNTRY)),
    )


def _sums(bill: Bill) -> Sequence[str]:
    net, tax = bill.net, bill.tax
    parts = (
        _group(
            "TaxSubtotal",
            _money("TaxableAmount", total.net),
            _money("TaxAmount", total.tax),
            _category("TaxCategory", total.treatment, total.treatment.reason),
        )
        for total in bill.tax_totals()
    )
    return (
        _group("TaxTotal", _money("TaxAmount", tax), *parts),
        _group(
            "LegalMonetaryTotal",
            _money("LineExtensionAmount", net),
            _money("TaxExclusiveAmount", net),
            _money("TaxInclusiveAmount", net + tax),
            _money("PayableAmount", net + tax),
        ),
    )


def _category(name: str, tax: Treatment, reason: str | None = None) -> str:
    return _group(
        name,
        _leaf("ID", tax.category),
        _leaf("Percent", words.number(tax.rate)),
        _leaf("TaxExemptionReason", reason),
        _group("TaxScheme", _leaf("ID", "VAT")),
    )


def _line(line: BillLine, kind: _Kind) -> str:
    """A price is never below zero (BR-27), so what a line takes back shows in its quantity."""
    more = (
        _group("AdditionalItemProperty", _leaf("Name", name), _leaf("Value", value))
        for name, value in line.properties
    )
    return _group(
        kind.line,
        _leaf("ID", line.id),
        _leaf("Note", line.note),
        _leaf(kind.quantity, "-1" if line.amount < 0 else "1", unitCode=_ONE),
        _money("LineExtensionAmount", line.amount),
        _period(line.dates) if line.dates else "",
        _group(
            "Item",
            _leaf("Description", line.description),
            _leaf("Name", line.name),
            _category("ClassifiedTaxCategory", line.tax),
            *more,
        ),
        _group("Price", _money("PriceAmount", abs(line.amount))),
    )
