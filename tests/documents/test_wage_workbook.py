"""Wage reports as spreadsheets."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from backend.documents.canonical import read_wage_report
from backend.documents.wage_workbook import wage_report_xlsx
from tests.documents import samples


def book(**changes: Any) -> bytes:
    return wage_report_xlsx(read_wage_report(json.dumps(samples.wage_report() | changes).encode()))


def sheet(name: str, document: bytes) -> list[dict[str, Any]]:
    """The rows of a sheet by heading."""
    header, *rows = CalamineWorkbook.from_filelike(BytesIO(document)).get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    assert book() == book()


def test_a_sheet_for_each_table() -> None:
    assert CalamineWorkbook.from_filelike(BytesIO(book())).sheet_names == [
        "Summary", "Workers", "Hours", "Pay", "Adjustments", "Side by side", "Mileage risk", "Standards",
        "Not classified", "Perhaps twice", "Salaried hours", "Pay elements", "Days", "Gaps", "Gap seconds",
        "Earlier periods", "Earlier gaps", "Visits", "Flags", "Not tested",
        "Rules", "Engines", "Paces", "Rates",
    ]  # fmt: skip


def test_amounts_and_minutes_are_numbers() -> None:
    row = sheet("Workers", book())[1]
    assert (row["employment"], row["counted minutes"], row["shortfall £"], row["compliant"]) == (
        "E-02",
        6900,
        200.65,
        "no",
    )


def test_what_is_not_known_is_an_empty_cell() -> None:
    assert sheet("Workers", book())[0]["arrears due £"] == ""


def test_dates_and_london_times_are_dates_to_the_spreadsheet() -> None:
    row = sheet("Days", book())[0]
    assert (row["day"], row["start (London)"]) == (date(2026, 4, 1), datetime(2026, 4, 1, 8, 4))  # noqa: DTZ001
    assert (row["kind"], row["seconds"], row["counted"], row["visit"]) == ("contact", 1620, "yes", "010")


def test_visits_name_their_events_whole() -> None:
    row = sheet("Visits", book())[0]
    assert row["events"].split()[0] == "3f2a9c1d-0000-4000-8000-000001000010"


def test_the_summary_says_provisional_and_simulated() -> None:
    values = [row["value"] for row in sheet("Summary", book())]
    assert "Provisional: pay of the next period may still add to it." in values
    assert "Made under a simulated clock. This is not a real record." in values


def test_no_cell_is_a_formula_whatever_a_name_holds() -> None:
    worker = samples.worker(1, samples.SHORT, 1, 1) | {"name": "=HYPERLINK(1)", "person": "http://x.example"}
    document = book(workers=[worker])
    assert sheet("Workers", document)[0]["name"] == "'=HYPERLINK(1)"
    with ZipFile(BytesIO(document)) as files:
        sheets = [files.read(name) for name in files.namelist() if name.startswith("xl/worksheets/")]
    assert [content for content in sheets if b"<f>" in content or b"<hyperlink" in content] == []


def test_what_stands_beside_the_test_has_sheets_with_numbers() -> None:
    assert sheet("Side by side", book())[0]["paid less expected £"] == -190.65
    risk = sheet("Mileage risk", book())[0]
    assert (risk["employment"], risk["miles"], risk["miles earlier in the tax year"], risk["risk £"]) == (
        "E-02",
        120.5,
        "",
        36.28,
    )
    assert sheet("Not classified", book())[0]["amount £"] == 50
    assert sheet("Pay elements", book())[0]["Taken as"] == "hourly rate"


def test_the_figures_before_rounding_stand_where_the_rounded_ones_do_not_subtract() -> None:
    exact = {"required": "1461.6523", "counts": "1261.0061", "missing": "200.6462"}
    apart = samples.SHORT | {"nmw_pay": "1261.01"}
    workers = [samples.worker(1, samples.ENOUGH, 0, 0), samples.worker(2, apart, 0, 0) | {"exact": exact}]
    plain, short = sheet("Workers", book(workers=workers))
    assert plain["before rounding"] == ""
    assert short["before rounding"].startswith(
        "Exactly £1,461.6523 is required and £1,261.0061 counts; £200.6462 is"
    )


def test_a_gap_stands_with_its_order_its_estimate_its_speed_and_the_reason_for_what_does_not_count() -> None:
    row = sheet("Gaps", book())[0]
    assert (row["employment"], row["from"], row["to"]) == ("E-01", "V010", "V011")
    assert (row["planned order"], row["actual order"], row["in planned order"]) == ("1 > 2", "1 > 2", "yes")
    parts = ("travel counted", "waiting counted", "other counted", "not counted", "unexplained")
    assert [row[f"{part} seconds"] for part in parts] == [720, 660, 0, 600, 0]
    assert row["observed gap seconds"] == 720 + 660 + 600
    assert row["why not counted"] == "break 600 [nmw-2015-35]"
    assert (row["estimate seconds"], row["source"], row["pace"]) == (
        720,
        "straight_line",
        "line car any 2026-01-01",
    )
    assert (row["km/h at least"], row["km/h"], row["km/h at most"], row["why no km/h"]) == (
        9.8,
        10.0,
        10.2,
        "",
    )
    assert [pace["pace"] for pace in sheet("Paces", book())] == [row["pace"]]


def test_every_part_of_a_gap_names_its_rule() -> None:
    first = [row for row in sheet("Gap seconds", book()) if row["employment"] == "E-01"][:3]
    assert [(row["kind"], row["seconds"], row["counted"], row["rule"]) for row in first] == [
        ("break", 600, "no", "nmw-2015-35"),
        ("travel", 720, "yes", "nmw-2015-34"),
        ("waiting", 660, "yes", "nmw-2015-32"),
    ]
