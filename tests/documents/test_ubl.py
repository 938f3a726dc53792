"""E-invoices: their sums, their signs, what is embedded, and what stops them."""

import base64
import dataclasses
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from backend.documents.bill import Bill, bill_of
from backend.documents.bill_faults import bill_faults
from backend.documents.invoice import invoice_csv, invoice_pdf
from backend.documents.peppol_codes import address_fault, is_gln
from backend.documents.ubl import Attachment, ubl_xml
from backend.domain.vat import Treatment
from tests.documents.bills import billed, snapshot

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
PENCE = st.lists(st.integers(-500_00, 500_00), min_size=1, max_size=8)


def path(text: str) -> str:
    """`a/b` with the namespaces of UBL: the last is a value, the others are groups."""
    *groups, leaf = text.split("/")
    return "/".join([*(CAC + group for group in groups), CBC + leaf])


def values(root: Any, text: str) -> list[str]:
    return [element.text for element in root.findall(path(text))]


def amounts(root: Any, text: str) -> list[Decimal]:
    return [Decimal(value) for value in values(root, text)]


def read(bill: Bill, *attachments: Attachment) -> Any:
    return etree.fromstring(ubl_xml(bill, attachments))


@given(
    PENCE,
    st.sampled_from([("E", "0"), ("S", "20"), ("S", "17.5")]),
    st.sampled_from(["invoice", "credit_note"]),
)
def test_sums_follow_from_the_lines_to_the_penny(pence: list[int], vat: tuple[str, str], kind: str) -> None:
    bill = billed(pence, kind, *vat)
    root = read(bill)
    sign = -1 if kind == "credit_note" else 1
    line = "CreditNoteLine" if kind == "credit_note" else "InvoiceLine"
    lines = amounts(root, f"{line}/LineExtensionAmount")
    assert lines == [Decimal(sign * amount) / 100 for amount in pence]
    [net], [taxed] = (
        amounts(root, "LegalMonetaryTotal/LineExtensionAmount"),
        amounts(root, "TaxTotal/TaxAmount"),
    )
    assert net == sum(lines) and abs(taxed - net * Decimal(vat[1]) / 100) <= Decimal("0.005")
    assert amounts(root, "TaxTotal/TaxSubtotal/TaxableAmount") == [net]
    assert amounts(root, "LegalMonetaryTotal/PayableAmount") == [net + taxed]
    assert bill_faults(bill) == []


@given(PENCE, st.sampled_from(["invoice", "credit_note"]))
def test_a_line_is_its_quantity_times_a_price_that_is_never_below_zero(pence: list[int], kind: str) -> None:
    root = read(billed(pence, kind))
    line, quantity = (
        ("CreditNoteLine", "CreditedQuantity")
        if kind == "credit_note"
        else ("InvoiceLine", "InvoicedQuantity")
    )
    prices = amounts(root, f"{line}/Price/PriceAmount")
    counted = amounts(root, f"{line}/{quantity}")
    assert all(price >= 0 for price in prices)
    assert [price * number for price, number in zip(prices, counted, strict=True)] == amounts(
        root, f"{line}/LineExtensionAmount"
    )


def test_lines_of_two_treatments_are_taxed_apart() -> None:
    bill = billed([10_00, 20_05, 30_00])
    exempt, standard, other = bill.lines
    mixed = dataclasses.replace(
        bill,
        lines=[
            exempt,
            dataclasses.replace(standard, tax=Treatment("S", Decimal(20))),
            dataclasses.replace(other, tax=Treatment("E", Decimal(0), "another reason")),
        ],
    )
    found = [
        (total.treatment.category, total.treatment.reason, total.net, total.tax)
        for total in mixed.tax_totals()
    ]
    assert found == [
        ("E", "exempt care; another reason", Decimal("40.00"), Decimal("0.00")),
        ("S", None, Decimal("20.05"), Decimal("4.01")),
    ]
    root = read(mixed)
    assert values(root, "InvoiceLine/Item/ClassifiedTaxCategory/ID") == ["E", "S", "E"]
    assert values(root, "TaxTotal/TaxAmount") == ["4.01"]


def test_the_files_are_embedded_as_they_are_and_no_element_is_empty() -> None:
    invoice = snapshot()
    pdf, csv = invoice_pdf(invoice), invoice_csv(invoice)
    files = [
        Attachment("a.pdf", "for people", "application/pdf", pdf),
        Attachment("a.csv", "visits", "text/csv", csv),
    ]
    root = read(bill_of(invoice), *files)
    embedded = root.findall(path("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject"))
    assert [(one.get("mimeCode"), base64.b64decode(one.text)) for one in embedded] == [
        ("application/pdf", pdf),
        ("text/csv", csv),
    ]
    assert [one.tag for one in root.iter() if len(one) == 0 and not (one.text or "").strip()] == []


def test_order_contract_period_and_what_is_corrected_are_named() -> None:
    root = read(bill_of(snapshot()))
    assert values(root, "OrderReference/ID") == ["PO 77-1"]
    assert values(root, "ContractDocumentReference/ID") == ["HC-01"]
    assert values(root, "BillingReference/InvoiceDocumentReference/ID") == ["INV-0001"]
    assert values(root, "InvoicePeriod/StartDate") + values(root, "InvoicePeriod/EndDate") == [
        "2026-11-02",
        "2026-11-29",
    ]
    assert root.findtext(path("Note")) == (
        "Shares: Wyeshire County Council £37.52, Wye and Marches Integrated Care Board £16.08."
    )


def test_a_visit_outside_the_period_gives_no_dates_to_its_line() -> None:
    root = read(bill_of(snapshot(period={"start": "2026-11-05", "end": "2026-11-29"})))
    held = [line.find(f"{CAC}InvoicePeriod") is not None for line in root.findall(f"{CAC}InvoiceLine")]
    assert held == [False, False, True, True, True, True]


def test_characters_that_xml_cannot_hold_are_shown_as_replaced() -> None:
    root = read(dataclasses.replace(bill_of(snapshot()), contract="HC\ufffe-\x1b01 & <b>"))
    assert values(root, "ContractDocumentReference/ID") == ["HC\ufffd-\ufffd01 & <b>"]


def test_the_clock_of_a_demonstration_is_named() -> None:
    assert "simulated clock" in str(read(bill_of(snapshot(simulated_clock=True))).findtext(path("Note")))


def test_the_address_ends_with_its_town() -> None:
    party = {
        "name": "A",
        "reference": "a",
        "peppol_identifier": "0088:2000000000008",
        "vat_identifier": "GB1",
    }
    address = {"address": "County Hall, East Wing, Castle Green, Hereford", "postcode": "HR1 2AA"}
    root = read(bill_of(snapshot(payer=party | address)))
    found = root.find(f"{CAC}AccountingCustomerParty/{CAC}Party/{CAC}PostalAddress")
    assert [(etree.QName(one).localname, one.text) for one in found if one.text.strip()] == [
        ("StreetName", "County Hall"),
        ("AdditionalStreetName", "East Wing, Castle Green"),
        ("CityName", "Hereford"),
        ("PostalZone", "HR1 2AA"),
    ]


def test_every_lack_is_named_at_once_for_a_finance_officer() -> None:
    bare = {"name": "Wye Valley Care", "reference": "wye"}
    other = {
        "name": "County",
        "reference": "county",
        "peppol_identifier": "0088:2000000000009",
        "vat_identifier": "12",
    }
    vat = [{"category": "E", "rate": "0", "net": "99.00", "amount": "0.00"}]
    faults = bill_faults(
        bill_of(
            snapshot(
                provider=bare, payer=other, purchase_order=None, total="99.00", vat=vat, self_billed=True
            )
        )
    )
    wanted = (
        "self-billed",
        "no purchase order",
        "Wye Valley Care (wye) has no Peppol identifier",
        "County (county) has the Peppol identifier 0088:2000000000009, whose location number has a wrong check",
        "County (county) has the VAT number 12, which must begin with its country",
        "Wye Valley Care (wye) has neither a VAT number nor a tax reference",
        "An exempt line needs the reason",
        "The lines add up to £37.52, and the document says £99.00",
    )
    assert len(faults) == len(wanted)
    assert all(words in fault for words, fault in zip(wanted, faults, strict=True))


def test_a_seller_who_charges_vat_needs_a_vat_number() -> None:
    bill = billed([10_00], "invoice", "S", "20")
    seller = msgspec.structs.replace(bill.seller, vat_identifier=None, tax_identifier="1")
    [fault] = bill_faults(dataclasses.replace(bill, seller=seller))
    assert "charges VAT and has no VAT number" in fault


@pytest.mark.parametrize(
    "identifier", [None, "", "2000000000008", "0088", "0088:", "1234:1", "0088:123", "0088:2000000000009"]
)
def test_an_electronic_address_that_peppol_would_refuse_is_a_fault(identifier: str | None) -> None:
    assert address_fault(identifier) is not None


@pytest.mark.parametrize("identifier", ["0088:5060012349998", "9932:GB123456789", "0060:123456789"])
def test_other_electronic_addresses_are_taken(identifier: str) -> None:
    assert address_fault(identifier) is None


@given(st.integers(0, 10**12 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_seen_in_a_location_number(number: int, place: int, by: int) -> None:
    digits = f"{number:012}"
    [check] = [str(last) for last in range(10) if is_gln(f"{digits}{last}")]
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert not is_gln(wrong + check)
