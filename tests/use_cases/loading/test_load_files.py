"""What is said of files that are not what they should be."""

import io
from typing import Any

import pytest
import xlsxwriter

from backend.use_cases.loading.files import SourceFile, read_sheet
from backend.use_cases.loading.report import Report
from backend.use_cases.loading.rows import columns_of, decode_rows
from schemas.loading import LeaveRow

KNOWN = [column.heading for column in columns_of(LeaveRow)]
GOOD = b"provider,employment,kind,from,until\nhearth,E1,holiday,2026-11-02,\n"


def faults(content: bytes, name: str = "leave.csv") -> list[str]:
    report = Report()
    sheet = read_sheet(SourceFile(name, content), KNOWN, report)
    if sheet is not None:
        decode_rows(LeaveRow, sheet, report)
    return [str(fault) for fault in report.faults]


def rows(content: bytes) -> list[tuple[int, Any]]:
    report = Report()
    sheet = read_sheet(SourceFile("leave", content), KNOWN, report)
    assert sheet is not None
    lines = decode_rows(LeaveRow, sheet, report)
    assert report.faults == []
    return [(line.number, line.row) for line in lines]


def test_a_byte_order_mark_windows_line_ends_and_quoted_breaks_are_understood() -> None:
    assert rows(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n")) == rows(GOOD)
    quoted = GOOD.replace(b"holiday", b'"holi\nday"')
    assert "kind: holds a line break" in faults(quoted)[0]


def test_blank_rows_count_but_mean_nothing() -> None:
    spaced = GOOD.replace(b"\nhearth", b"\n,,,,\n\nhearth")
    assert [number for number, _ in rows(spaced)] == [4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leave.csv: is empty: the first row must hold the headings"),
        (
            b"\n" + GOOD.replace(b",", b";") + b"hearth;E2;a, b;2026-11-02;\n",
            "leave.csv, row 2: has semicolons between its columns: separate the columns by commas",
        ),
        (
            GOOD.replace(b",", b"\t"),
            "leave.csv, row 1: has tabs between its columns: separate the columns by commas",
        ),
        (GOOD.replace(b"until", b"to"), "leave.csv, row 1, to: is not a column of this kind"),
        (GOOD.replace(b"employment,", b"").replace(b"E1,", b""), "leave.csv, row 1, employment: is required"),
        (GOOD.replace(b"until", b"from"), "leave.csv, row 1, from: stands twice in the header"),
        (GOOD.replace(b"kind,from", b",from"), "leave.csv, row 1: the header's cell 3 is empty"),
        (
            GOOD.replace(b"holiday,", b"holiday,2026-11-02,x,"),
            "leave.csv, row 2: has 7 cells under 5 headings",
        ),
        (
            GOOD.replace(b"hearth,", b""),
            "leave.csv, row 2: has 4 cells under 5 headings: keep the commas of empty cells",
        ),
        (GOOD.replace(b"holiday", b"caf\xe9"), "leave.csv, row 2: is not UTF-8 text"),
        (GOOD.replace(b"holiday", b'"holiday'), "leave.csv, row 2: is not CSV from here on"),
        (GOOD.replace(b"holiday", b"holi\x07day"), "leave.csv, row 2, kind: holds a control character"),
        (GOOD.replace(b"E1", b""), "leave.csv, row 2, employment: is required"),
        (
            GOOD.replace(b"2026-11-02,", b"2026-11-02,2026-11-01"),
            "row 2, until: 2026-11-01 is before from, 2026-11-02",
        ),
        (GOOD.replace(b"2026-11-02", b"2026-02-30"), "row 2, from: 2026-02-30 is not a date that exists"),
        (GOOD.replace(b"until", b"x," * 20_000 + b"until"), "leave.csv, row 1: has 20,005 columns: at most"),
        (GOOD.decode().encode("utf-16-be"), "leave.csv, row 1: is no text, or not UTF-8: save it again"),
        (
            GOOD.replace(b"E1", "E1\u200f".encode()),
            "row 2, employment: holds a character that nobody sees (U+200F)",
        ),
        (b'[{"provider": ' + b"9" * 5000 + b"}]", "is not valid JSON: a number has more than 4,000 digits"),
        (b'[{"a/b~c": 1}]', "leave.csv, /0/a~1b~0c: is not a column of this kind"),
        (b"PK\x03\x04nonsense", "leave.csv: is not an XLSX workbook"),
        (b"[1]", "leave.csv: must be an array of objects"),
        (b"{}", "leave.csv: must be an array of objects"),
        (b"[{", "leave.csv: is not valid JSON"),
        (b'[{"a": 1}]', "leave.csv, /0/a: is not a column of this kind"),
        (b'[{"provider": ["x"]}]', "leave.csv, /0/provider: must be a single value"),
        (b'[{"provider": "\\u0000"}]', "leave.csv, /0/provider: holds a control character"),
        (b'[{}, {"\\u0000": {}}]', "leave.csv, /1: holds a control character"),
        (b'[{"provider": "\\ud800"}]', "leave.csv, /0/provider: holds a control character"),
        (b'[{"provider": 1e400}]', "leave.csv, /0/employment: is required"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(content: bytes, said: str) -> None:
    found = faults(content)
    assert any(said in fault for fault in found), found


def test_only_the_first_sheet_is_read_and_the_loader_is_told() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    for name in ("Leave", "Notes"):
        book.add_worksheet(name).write_row(0, 0, KNOWN)
    book.close()
    report = Report()
    read_sheet(SourceFile("leave.xlsx", made.getvalue()), KNOWN, report)
    assert report.notes == ["leave.xlsx has several sheets; only the first, Leave, was read."]
