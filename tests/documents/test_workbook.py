"""Workbooks: what is read from one is what was written, and how it stands in the file."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from backend.documents.cells import Cell, guarded
from backend.documents.workbook import workbook
from backend.domain.time import LONDON

MADE = datetime(2026, 7, 1, 6, tzinfo=UTC)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1)
DAYS = st.dates(date(1950, 1, 1), date(2100, 1, 1))
MOMENTS = st.builds(lambda seconds: MADE + timedelta(seconds=seconds), st.integers(-(10**9), 10**9))
CELLS = PLAIN | DAYS | MOMENTS | st.integers(-(10**12), 10**12) | st.decimals(-(10**6), 10**6, places=2)


def book(*rows: list[Cell], header: tuple[str, ...] = ("a", "b £", "c")) -> bytes:
    return workbook("A title & more", MADE, [("One", header, rows)])


def read(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def part(content: bytes, path: str) -> Any:
    return etree.fromstring(ZipFile(BytesIO(content)).read(path))


def meant(cell: Any) -> Any:
    """A cell as a reader of workbooks has it: London times without a zone, to the second; numbers as floats."""
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(LONDON).replace(tzinfo=None, microsecond=0)
    return cell if isinstance(cell, date) else float(cell)


def same(read: Any, cell: Any) -> bool:
    if isinstance(cell, datetime) and not isinstance(read, datetime):
        read = datetime.combine(read, datetime.min.time())  # the reader takes a midnight for a day
    if isinstance(cell, datetime):
        return abs(read - meant(cell)) < timedelta(seconds=1)
    return bool(read == meant(cell))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=3))
@settings(deadline=None)
def test_every_kind_of_cell_is_read_as_it_was_written(rows: list[tuple[Any, ...]]) -> None:
    header, *found = read(book(*map(list, rows)))
    assert header == ["a", "b £", "c"]
    for got, row in zip(found, rows, strict=True):
        assert all(map(same, got, row)), (got, row)


def test_nothing_is_an_empty_cell_and_yes_and_no_are_words() -> None:
    assert read(book([None, True, False]))[1] == ["", "yes", "no"]


def test_text_keeps_its_blanks_and_what_looks_like_a_code_and_an_endless_text_is_cut() -> None:
    (_, row) = read(book([" a\nb ", "_x0041_ & <b>", "x" * 40_000]))
    assert row[:2] == [" a\nb ", "_x0041_ & <b>"]
    assert row[2] == "x" * 32_766 + "…"


def test_money_shows_two_decimals_and_the_headings_stay_in_sight() -> None:
    content = book([1, Decimal("2.5"), date(2026, 7, 1)])
    sheet, styles = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/styles.xml")
    own = {form.get("numFmtId"): form.get("formatCode") for form in styles.iter(f"{MAIN}numFmt")}
    kinds = [xf.get("numFmtId") for xf in styles.find(f"{MAIN}cellXfs")]
    used = [kinds[int(cell.get("s"))] for cell in sheet.findall(f".//{MAIN}row[2]/{MAIN}c")]
    assert used[:2] == ["0", "4"]  # ECMA-376 part 1, 18.8.30: general, and #,##0.00
    assert own[used[2]].replace("\\", "") == "yyyy-mm-dd"
    assert sheet.find(f".//{MAIN}pane").get("state") == "frozen"


def test_columns_past_the_alphabet_have_two_letters() -> None:
    content = book(list(range(30)), header=tuple(map(str, range(30))))
    places = [cell.get("r") for cell in part(content, "xl/worksheets/sheet1.xml").iter(f"{MAIN}c")]
    assert (places[25:28], places[-1]) == (["Z1", "AA1", "AB1"], "AD2")


def test_the_file_states_its_title_and_instant_and_no_other_time() -> None:
    content = book([1])
    assert [one.text for one in part(content, "docProps/core.xml")] == [
        "A title & more",
        "2026-07-01T06:00:00Z",
    ]
    assert {one.date_time for one in ZipFile(BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
