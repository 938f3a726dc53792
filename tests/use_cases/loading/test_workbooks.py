"""Workbooks that are small and open to something enormous, or that are none: refused before they are opened."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from backend.use_cases.loading import workbooks
from backend.use_cases.loading.files import SourceFile, read_sheet
from backend.use_cases.loading.report import Report
from schemas.cells import parse_day, parse_moment

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def honest(rows: int = 3) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("Leave")
    for row in range(rows):
        sheet.write_row(row, 0, ["carer", "from", "a note of some length"])
    book.close()
    return made.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part put in place of its own, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return made.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    whole = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return f'<?xml version="1.0"?>{before}{whole}'.encode()


def read(content: bytes) -> tuple[Any, list[str]]:
    report = Report()
    found = read_sheet(SourceFile("file.xlsx", content, "xlsx"), ["carer", "from"], report)
    return found, [fault.detail for fault in report.faults]


SHEET = "xl/worksheets/sheet1.xml"
LAST = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{0}"><c r="{1}"><v>2</v></c></row>'
MANY = '<row r="1">' + '<c t="s"><v>0</v></c>' * 60_000 + "</row>"
LIES = sheet(LAST.format(9, "A9") + " " * 100_000)


def lying() -> bytes:
    """A part that says in the archive's list that it is smaller than it is."""
    content = with_part(honest(), SHEET, LIES)
    size = len(LIES).to_bytes(4, "little")
    assert content.count(size) >= 2
    return content.replace(size, (1000).to_bytes(4, "little"))


def refused() -> Iterator[tuple[bytes, str]]:
    """Workbooks that would open to something else, and what is said of each."""
    yield with_part(honest(), SHEET, sheet(LAST.format(1048576, "XFD1048576"))), "too far down"
    yield with_part(honest(), SHEET, sheet(LAST.format(1048576, "AA2"))), "too far down"
    yield with_part(honest(), SHEET, sheet("<row r = '9999999' ><c r\n=\n'zz1'/></row>")), "too far down"
    yield with_part(honest(), SHEET, b" " * (workbooks.LARGEST_UNPACKED + 1)), "unpacks to more than 256 MiB"
    yield with_part(honest(), "content.xml", b"<a/>"), "of another kind"
    yield with_part(honest(), "xl/workbook.bin", b"\0"), "of another kind"
    yield b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + honest(), "save it again as XLSX"
    yield b"#!/bin/sh\n" + honest(), "save it again as XLSX"
    yield lying(), "is not an XLSX workbook"
    yield honest()[:-200], "is not an XLSX workbook"
    yield b"PK\x03\x04", "is not an XLSX workbook"


def test_what_would_open_to_something_else_is_refused() -> None:
    for content, said in refused():
        assert len(content) < 400_000
        found, faults = read(content)
        assert found is None and said in faults[0], (found, faults)


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    texts = f'<sst xmlns="{SPREADSHEET}"><si><t>{"x" * 40_000}</t></si></sst>'.encode()
    content = with_part(with_part(honest(), "xl/sharedStrings.xml", texts), SHEET, sheet(MANY))
    assert "texts that are too long" in read(content)[1][0]


def test_entities_of_a_workbook_are_not_opened(tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("carer")
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    for kinds in (
        f"<!DOCTYPE x [{laughs}]>",
        f'<!DOCTYPE x [<!ENTITY j SYSTEM "file://{tmp_path}/secret">]>',
    ):
        cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
        found, faults = read(with_part(honest(), SHEET, sheet(cell, kinds)))
        assert "ha" * 100 not in str(found) and "carer" not in str(found and found.headings), (found, faults)


def test_a_place_that_lies_across_two_pieces_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for piece in (97, 98, 99, 101, 113):
        monkeypatch.setattr(workbooks, "_PIECE", piece)
        content = with_part(honest(), SHEET, sheet(LAST.format(1048576, "XFD1048576")))
        assert "too far down" in str(workbooks.workbook_fault(content))
    assert workbooks.workbook_fault(honest(200)) is None


def test_a_workbook_whose_packing_is_damaged_is_told_as_none() -> None:
    """By LZMA, which workbooks are not packed by: what it raises is of its own kind."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr(SHEET, sheet(MANY))
    content = bytearray(made.getvalue())
    begins = 30 + len(SHEET)  # after the head of its one part
    content[begins + 9 : begins + 200] = b"\xff" * 191
    found, faults = read(bytes(content))
    assert found is None
    assert "is not an XLSX workbook" in faults[0]


def filled(second: str = "") -> bytes:
    """A workbook with formulas as spreadsheets keep them; `second`: a formula of its second sheet, in error."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    first = book.add_worksheet("Leave")
    first.write_row(0, 0, ["carer", "from"])
    first.write_formula("A2", '=B1&"x"', value="E1")
    if second:
        book.add_worksheet("Notes").write_formula("A1", second, value="#N/A")
    book.close()
    return made.getvalue()


def test_an_error_of_the_spreadsheet_is_told_and_never_read_as_an_empty_cell() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>carer</t></is></c></row>'
        '<row r="2"><c r="A2" s="1" t="e"><f>VLOOKUP(B2,C:D,2)</f><v>#N/A</v></c></row>'
        '<row r="3"><c r="A3"><f>NOW()</f></c><c r="B3"><f>NOW()</f><v/></c></row>'
    )
    found, faults = read(with_part(honest(), SHEET, sheet(rows)))
    assert found is None
    assert "(A2, A3, B3): put what they should say" in faults[0]
    many = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#REF!</v></c></row>' for n in range(1, 9))
    assert "(A1, A2, A3, A4, A5 and 3 more)" in read(with_part(honest(), SHEET, sheet(many)))[1][0]


def test_a_formula_s_own_result_is_read_be_it_empty_and_errors_of_other_sheets_are_none_here() -> None:
    for content in (filled(), filled("=1/0")):
        found, _ = read(content)
        assert [row for _, row in found.rows] == [["E1", ""]]
    empty = (
        '<row r="1"><c r="A1" t="str"><f>"a"</f><v>carer</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    )
    empty += '<row r="3"><c r="A3" t="str"><f>IF(A2=1,"","x")</f><v></v></c></row>'
    found, _ = read(with_part(honest(), SHEET, sheet(empty)))
    assert [row for _, row in found.rows] == [["1"]]


def test_of_several_sheets_an_empty_first_one_is_told() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet("Notes")
    book.add_worksheet("Leave").write_row(0, 0, ["carer", "from"])
    book.close()
    assert read(made.getvalue())[1] == [
        "has several sheets, and only the first, Notes, is read, which is empty"
    ]


@pytest.mark.parametrize("counted_from_1904", [False, True])
def test_a_date_of_a_workbook_is_read_as_the_date_that_is_seen_and_one_without_its_format_is_told(
    counted_from_1904: bool,
) -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"date_1904": counted_from_1904})
    page, days = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    times = book.add_format({"num_format": "dd/mm/yy hh:mm"})
    page.write_row(0, 0, ["day", "at"])
    page.write_datetime(1, 0, date(2026, 11, 2), days)
    page.write_datetime(1, 1, datetime.fromisoformat("2026-11-02T07:05"), times)
    page.write_number(2, 0, 46328)
    page.write_number(2, 1, 46328 + 7.5 / 24)
    book.close()
    report = Report()
    found = read_sheet(SourceFile("rota.xlsx", made.getvalue()), ["day", "at"], report)
    assert found is not None and not report.faults
    [seen, bare] = [cells for _, cells in found.rows]
    assert (
        parse_day(seen[0]) == date(2026, 11, 2) and parse_moment(seen[1]).isoformat() == "2026-11-02T07:05:00"
    )
    with pytest.raises(ValueError, match="spreadsheet's number for 2026-11-02: "):
        parse_day(bare[0])
    with pytest.raises(ValueError, match="spreadsheet's number for 2026-11-02T07:30: "):
        parse_moment(bare[1])


def test_an_honest_workbook_is_read() -> None:
    found, _ = read(honest(50))
    assert len(found.rows) == 49
