"""E-invoices under the official rules: schemas of UBL 2.1, EN 16931 and Peppol BIS Billing, warnings too."""

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest

from backend.documents.bill import Bill, bill_of
from backend.documents.bill_faults import bill_faults
from backend.documents.invoice import invoice_csv, invoice_pdf
from backend.documents.ubl import Attachment, ubl_xml
from backend.domain.vat import Treatment
from tests.documents import samples
from tests.documents.bills import billed, snapshot
from tests.documents.official import Official, processor

pytestmark = pytest.mark.peppol


@pytest.fixture(scope="module")
def official() -> Iterator[Official]:
    with processor() as saxon:
        yield Official(saxon)


def mixed(kind: str) -> Bill:
    """A bill whose lines are exempt for two reasons and taxed at two rates."""
    sign = -1 if kind == "credit_note" else 1
    bill = billed([sign * pence for pence in (10_00, 20_05, 30_00, -5_55, 3_33)], kind)
    taxes = [
        Treatment("E", Decimal(0), "exempt care"),
        Treatment("S", Decimal(20)),
        Treatment("E", Decimal(0), "another reason"),
        Treatment("S", Decimal(20)),
        Treatment("S", Decimal("5")),
    ]
    lines = [dataclasses.replace(line, tax=tax) for line, tax in zip(bill.lines, taxes, strict=True)]
    made = dataclasses.replace(bill, lines=lines)
    return dataclasses.replace(made, stated=(made.net, made.tax))


def by_tax_reference_alone() -> Bill:
    bill = billed([10_00])
    seller = msgspec.structs.replace(
        bill.seller, vat_identifier=None, tax_identifier="1234567890", address=None, postcode=None, email=None
    )
    return dataclasses.replace(bill, seller=seller, buyer=msgspec.structs.replace(bill.buyer, address="Hall"))


BILLS = {
    "exempt": billed([13_40, 0, -13_40, 26_80]),
    "taxed": billed([13_40, 1, -1_07, 26_80], "invoice", "S", "20"),
    "exempt credit note": billed([-13_40, 3_40], "credit_note"),
    "taxed credit note": billed([-13_40, 3_40, -1], "credit_note", "S", "20"),
    "nothing to pay": billed([5_00, -5_00]),
    "mixed": mixed("invoice"),
    "mixed credit note": mixed("credit_note"),
    "tax reference alone": by_tax_reference_alone(),
    "made under a simulated clock": bill_of(snapshot(simulated_clock=True)),
    "many lines": billed([1_01 + place for place in range(300)], "invoice", "S", "17.5"),
    "hostile text": bill_of(snapshot(lines=[samples.line(1, person="<b>&\x0b]]>", service="  ", zone="")],
                                     total="9.38", to_pay="9.38",
                                     vat=[{"category": "E", "rate": "0", "net": "9.38", "amount": "0.00",
                                           "reason": "exempt & more"}])),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BILLS))
def test_the_rules_find_nothing(official: Official, name: str) -> None:
    bill = BILLS[name]
    assert bill_faults(bill) == []
    assert official.findings(ubl_xml(bill, [])) == []


def test_nor_in_one_with_its_files_embedded(official: Official) -> None:
    invoice = snapshot()
    files = [
        Attachment("a.pdf", "for people", "application/pdf", invoice_pdf(invoice)),
        Attachment("a.csv", "visits", "text/csv", invoice_csv(invoice)),
    ]
    assert official.findings(ubl_xml(bill_of(invoice), files)) == []


def test_what_we_call_a_fault_the_rules_refuse(official: Official) -> None:
    bill = billed([10_00])
    nobody = msgspec.structs.replace(
        bill.seller, peppol_identifier=None, vat_identifier="123", tax_identifier=None
    )
    for faulty, rule in (
        (dataclasses.replace(bill, purchase_order=None), "PEPPOL-EN16931-R003"),
        (dataclasses.replace(bill, seller=nobody), "PEPPOL-EN16931-R020"),
        (dataclasses.replace(bill, seller=nobody), "BR-CO-09"),
        (dataclasses.replace(bill, lines=[]), "BR-16"),
        (
            dataclasses.replace(
                bill, lines=[dataclasses.replace(bill.lines[0], tax=Treatment("E", Decimal(0)))]
            ),
            "BR-E-10",
        ),
    ):
        assert bill_faults(faulty) != []
        assert any(rule in found for found in official.findings(ubl_xml(faulty, [])))
