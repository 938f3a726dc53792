"""Service delivery files: what stands in each column, and the templates that say so."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from backend.documents.delivery import delivery_file
from backend.use_cases.loading.templates import DELIVERY, packaged_templates
from schemas.delivery import DeliveryTemplate
from schemas.documents import InvoiceSnapshot
from schemas.strict import decode
from tests.documents import samples
from tests.documents.bills import snapshot

MADE = datetime(2026, 7, 1, 6, 0, 5, tzinfo=UTC)
SHAPE: dict[str, Any] = {"reference": "ours", "title": "Ours", "source": "A made-up council", "format": "csv"}
KNOWN = {"heading": "ref", "value": "file_reference"}


def template(columns: list[dict[str, Any]], **changes: Any) -> DeliveryTemplate:
    levels = [{"element": "row", "columns": [KNOWN, *columns]}]
    decoded = decode(DeliveryTemplate, SHAPE | {"levels": levels} | changes)
    assert decoded.value is not None, decoded.faults
    return decoded.value


def rows(invoice: InvoiceSnapshot, used: DeliveryTemplate, number: int = 7) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(delivery_file(invoice, used, number, MADE).decode(), newline="")))


def column(value: str, invoice: InvoiceSnapshot, **changes: Any) -> list[str]:
    used = template([{"heading": "it", "value": value, "codes": changes.pop("codes", {})}], **changes)
    return [row["it"] for row in rows(invoice, used)]


def test_the_portals_columns_stand_in_the_makers_order_and_formats() -> None:
    first = rows(snapshot(), packaged_templates(DELIVERY)["access-csv"])[0]
    assert list(first.items()) == [
        ("FileReference", "000007"),
        ("Description", "Invoice INV-0002, 2 November 2026 to 29 November 2026"),
        ("Created", "2026-07-01T07:00:05"),
        ("ProviderRef", "wye-valley-care"),
        ("ContractNumber", "HC-01"),
        ("ServiceUserRef", "SU-001"),
        ("ServiceUserDetails", "SU-001"),
        ("WeekEnding", "08/11/2026"),
        ("OurRef", "INV-0002"),
        ("ServiceUserContribution", "0.00"),
        ("PaymentClaimed", "9.38"),
        ("ServiceType", "HOME CARE"),
        ("VisitDate", "03/11/2026"),
        ("StartTimeClaimed", "07:00:00"),
        ("DurationClaimed", "00:30:00"),
        ("ActualStartTime", "07:04:00"),
        ("ActualDuration", "00:27:12"),
        ("SecondaryVisit", "False"),
        ("NumberOfCarers", "1"),
    ]


@pytest.mark.parametrize("name", sorted(packaged_templates(DELIVERY)))
def test_a_row_stands_for_each_line_and_the_claims_make_the_total(name: str) -> None:
    invoice, used = snapshot(9), packaged_templates(DELIVERY)[name]
    content = delivery_file(invoice, used, 7, MADE)
    assert content == delivery_file(invoice, used, 7, MADE)
    if used.format == "xml":
        claims = [Decimal(one.text) for one in etree.fromstring(content).iter("PaymentClaimed")]
    else:
        [heading] = [
            one.heading for level in used.levels for one in level.columns if one.value == "claimed_amount"
        ]
        claims = [Decimal(row[heading]) for row in rows(invoice, used)]
    assert len(claims) == len(invoice.lines) and sum(claims) == invoice.total


def test_levels_of_xml_hold_what_is_the_same_once() -> None:
    lines = [samples.line(1), samples.line(21), samples.line(2), samples.line(15)]
    lines[3]["person"] = lines[0]["person"]  # in the next week
    content = delivery_file(snapshot(lines=lines), packaged_templates(DELIVERY)["access-xml"], 7, MADE)
    root = etree.fromstring(content)
    assert (root.tag, root.findtext("FileReference"), len(root.findall("ProviderContract"))) == (
        "File",
        "000007",
        1,
    )
    found = [
        (one.findtext("ServiceUserRef"), one.findtext("WeekEnding"), len(one.findall("HomeCareVisit")))
        for one in root.iter("ServiceDeliveryHeader")
    ]
    assert found == [
        ("SU-001", "2026-11-08", 2),
        ("SU-002", "2026-11-08", 1),
        ("SU-001", "2026-11-22", 1),
    ]


def test_a_payer_claims_its_own_share_only() -> None:
    assert column("claimed_amount", snapshot(3)) == ["9.38", "9.38", "-9.38"]


def test_every_carer_but_the_first_of_a_visit_is_an_additional_one() -> None:
    both = [samples.line(1, carer="E1"), samples.line(1, carer="E2"), samples.line(2, carer="E2")]
    assert column("second_carer", snapshot(lines=both), yes="Y", no="N") == ["N", "Y", "N"]


@pytest.mark.parametrize(
    ("value", "changes", "shown"),
    [
        ("actual_duration", {}, "00:27:12"),
        ("actual_duration", {"durations": "hh:mm"}, "00:27"),
        ("actual_duration", {"durations": "minutes"}, "27.2"),
        ("actual_duration", {"durations": "hours"}, "0.45"),
        ("claimed_duration", {"durations": "minutes"}, "30"),
        ("actual_start", {"times": "hh:mm"}, "07:04"),
        ("visit_date", {"dates": "dd mmm yyyy"}, "03 Nov 2026"),
        ("week_ending", {"week_ends": "fri"}, "06/11/2026"),
        ("week_ending", {"week_ends": "tue"}, "03/11/2026"),
        ("file_reference", {"prefix": "DS-"}, "DS-000007"),
        ("status", {"codes": {"completed": "Delivered"}}, "Delivered"),
        ("service", {"codes": {"sitting": "SIT"}}, "home_care"),
        ("carer", {}, ""),
    ],
)
def test_a_template_says_how_values_are_written(value: str, changes: dict[str, Any], shown: str) -> None:
    assert column(value, snapshot(), **changes)[0] == shown


def test_what_a_spreadsheet_could_run_is_guarded() -> None:
    lines = [samples.line(1, person="=1+1", amount="-1.00")]
    used = template([{"heading": "who", "value": "person"}, {"heading": "much", "value": "claimed_amount"}])
    [row] = rows(snapshot(lines=lines), used)
    assert (row["who"], row["much"]) == ("'=1+1", "-1.00")


def test_times_are_londons_in_summer_too() -> None:
    line = samples.line(1, planned={"start": "2026-07-01T23:30:00Z", "end": "2026-07-02T00:30:00Z"})
    used = template([{"heading": "day", "value": "visit_date"}, {"heading": "at", "value": "claimed_start"}])
    [row] = rows(snapshot(lines=[line]), used)
    assert (row["day"], row["at"]) == ("02/07/2026", "00:30:00")


def test_every_fault_of_a_template_is_named_at_once() -> None:
    levels = [
        {"element": "file", "columns": [{"heading": "a", "value": "visit"}]},
        {"element": "a row", "columns": [{"heading": "a", "value": "person"}, {"heading": "b", "text": "x"}]},
    ]
    found = decode(DeliveryTemplate, SHAPE | {"format": "xml", "levels": levels}).faults
    assert [fault.detail for fault in found] == [
        "the heading a stands twice",
        "no column holds the file_reference, by which a system knows a file again",
        "visit differs by visit, and the first level is the file",
        "a row cannot be the name of an XML element",
    ]
    column = {"heading": "a", "value": "visit", "text": "x", "codes": {"y": "z"}}
    wrong = decode(
        DeliveryTemplate, SHAPE | {"levels": [{"element": "r", "columns": [column, {"heading": "b"}]}]}
    )
    assert {fault.pointer for fault in wrong.faults} >= {
        "/levels/0/columns/0/value",
        "/levels/0/columns/0/codes",
        "/levels/0/columns/1/value",
    }


def test_packaged_templates_say_where_their_headings_come_from() -> None:
    for one in packaged_templates(DELIVERY).values():
        assert len(one.source) > 40 and one.href
        assert one.checked_on is not None or "compare" in one.source
