"""Bills as UBL 2.1 XML by Peppol BIS Billing 3.0, which NHS bodies and many councils take.

The document for people and the visits as CSV are embedded. The same bill and files always give the same bytes.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from backend.documents import words
from backend.documents.bill import Bill, BillLine
from backend.domain.vat import Treatment
from schemas.documents import Party

SPECIFICATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
MEDIA_TYPE: Final = "application/xml"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC: Final = f"{_UBL}CommonAggregateComponents-2"
_CBC: Final = f"{_UBL}CommonBasicComponents-2"
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
    default = f"{_UBL}{kind.root}-2"
    root = etree.Element(f"{{{default}}}{kind.root}", nsmap={None: default, "cac": _CAC, "cbc": _CBC})
    _heading(root, bill, kind)
    _references(root, bill, attachments)
    _party(_group(root, "AccountingSupplierParty"), bill.seller)
    _party(_group(root, "AccountingCustomerParty"), bill.buyer)
    _leaf(_group(root, "PaymentTerms"), "Note", f"As agreed in contract {bill.contract}")
    _sums(root, bill)
    for line in bill.lines:
        _line(root, line, kind)
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _group(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{_CAC}}}{name}")


def _leaf(parent: Any, name: str, text: str | None, **attributes: str) -> None:
    """An element with text. Without text there is none: an empty element is refused (PEPPOL-EN16931-R008)."""
    shown = " ".join(words.for_xml(text or "").split())
    if shown:
        etree.SubElement(parent, f"{{{_CBC}}}{name}", attributes).text = shown


def _money(parent: Any, name: str, amount: Decimal) -> None:
    _leaf(parent, name, f"{amount:.2f}", currencyID=_POUNDS)


def _heading(root: Any, bill: Bill, kind: _Kind) -> None:
    _leaf(root, "CustomizationID", SPECIFICATION)
    _leaf(root, "ProfileID", PROCESS)
    _leaf(root, "ID", bill.number)
    _leaf(root, "IssueDate", bill.issued_on.isoformat())
    _leaf(root, f"{kind.root}TypeCode", kind.code)
    _leaf(root, "Note", " ".join(bill.notes))
    _leaf(root, "DocumentCurrencyCode", _POUNDS)
    _period(root, bill.period)


def _period(parent: Any, dates: tuple[date, date]) -> None:
    period = _group(parent, "InvoicePeriod")
    _leaf(period, "StartDate", dates[0].isoformat())
    _leaf(period, "EndDate", dates[1].isoformat())


def _references(root: Any, bill: Bill, attachments: Sequence[Attachment]) -> None:
    """The order, the documents that this one changes, the contract, and what is embedded."""
    _leaf(_group(root, "OrderReference"), "ID", bill.purchase_order)
    for number in bill.corrects:
        _leaf(_group(_group(root, "BillingReference"), "InvoiceDocumentReference"), "ID", number)
    _leaf(_group(root, "ContractDocumentReference"), "ID", bill.contract)
    for file in attachments:
        reference = _group(root, "AdditionalDocumentReference")
        _leaf(reference, "ID", file.name)
        _leaf(reference, "DocumentDescription", file.description)
        embedded = etree.SubElement(
            _group(reference, "Attachment"),
            f"{{{_CBC}}}EmbeddedDocumentBinaryObject",
            {"mimeCode": file.media_type, "filename": file.name},
        )
        embedded.text = b64encode(file.content).decode()


def _party(parent: Any, party: Party) -> None:
    element = _group(parent, "Party")
    scheme, _, number = (party.peppol_identifier or "").partition(":")
    _leaf(element, "EndpointID", number, schemeID=scheme)
    _leaf(_group(element, "PartyIdentification"), "ID", party.reference)
    _address(_group(element, "PostalAddress"), party)
    for scheme, identifier in (("VAT", party.vat_identifier), ("TAX", party.tax_identifier)):
        if identifier:
            tax = _group(element, "PartyTaxScheme")
            _leaf(tax, "CompanyID", identifier)
            _leaf(_group(tax, "TaxScheme"), "ID", scheme)
    _leaf(_group(element, "PartyLegalEntity"), "RegistrationName", party.name)
    if party.email:
        _leaf(_group(element, "Contact"), "ElectronicMail", party.email)


def _address(element: Any, party: Party) -> None:
    """An address as it is written, line by line: of several, the last is the post town, as Royal Mail asks."""
    parts = [part.strip() for part in re.split(r"[\n,]", party.address or "") if part.strip()]
    *streets, town = parts if len(parts) > 1 else [*parts, ""]
    _leaf(element, "StreetName", streets[0] if streets else None)
    _leaf(element, "AdditionalStreetName", ", ".join(streets[1:]))
    _leaf(element, "CityName", town)
    _leaf(element, "PostalZone", party.postcode)
    _leaf(_group(element, "Country"), "IdentificationCode", _COUNTRY)


def _sums(root: Any, bill: Bill) -> None:
    taxes = _group(root, "TaxTotal")
    _money(taxes, "TaxAmount", bill.tax)
    for total in bill.tax_totals():
        part = _group(taxes, "TaxSubtotal")
        _money(part, "TaxableAmount", total.net)
        _money(part, "TaxAmount", total.tax)
        _category(part, "TaxCategory", total.treatment, total.treatment.reason)
    sums, gross = _group(root, "LegalMonetaryTotal"), bill.net + bill.tax
    _money(sums, "LineExtensionAmount", bill.net)
    _money(sums, "TaxExclusiveAmount", bill.net)
    _money(sums, "TaxInclusiveAmount", gross)
    _money(sums, "PayableAmount", gross)


def _category(parent: Any, name: str, tax: Treatment, reason: str | None = None) -> None:
    category = _group(parent, name)
    _leaf(category, "ID", tax.category)
    _leaf(category, "Percent", words.number(tax.rate))
    _leaf(category, "TaxExemptionReason", reason)
    _leaf(_group(category, "TaxScheme"), "ID", "VAT")


def _line(root: Any, line: BillLine, kind: _Kind) -> None:
    """A price is never below zero (BR-27), so what a line takes back shows in its quantity."""
    element = _group(root, kind.line)
    _leaf(element, "ID", line.id)
    _leaf(element, "Note", line.note)
    _leaf(element, kind.quantity, "-1" if line.amount < 0 else "1", unitCode=_ONE)
    _money(element, "LineExtensionAmount", line.amount)
    if line.dates:
        _period(element, line.dates)
    item = _group(element, "Item")
    _leaf(item, "Description", line.description)
    _leaf(item, "Name", line.name)
    _category(item, "ClassifiedTaxCategory", line.tax)
    for name, value in line.properties:
        more = _group(item, "AdditionalItemProperty")
        _leaf(more, "Name", name)
        _leaf(more, "Value", value)
    _money(_group(element, "Price"), "PriceAmount", abs(line.amount))
