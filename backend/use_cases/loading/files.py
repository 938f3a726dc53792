"""Files as they are given: CSV, XLSX or JSON, read into headings and rows of text cells."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from backend.documents.archives import UNREADABLE_ARCHIVE
from backend.use_cases.loading.report import LoadFault, Report
from backend.use_cases.loading.unworked import unworked_fault
from backend.use_cases.loading.workbooks import workbook_fault
from schemas.cells import unfit
from schemas.loading import Format
from schemas.strict import parse_json, step

_SUFFIXES: Final[dict[str, Format]] = {".csv": "csv", ".xlsx": "xlsx", ".json": "json"}

MOST_COLUMNS: Final = 16_384
"""As many as a spreadsheet has."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to load: its name for messages, its bytes, and its format where that is known."""

    name: str
    content: bytes
    format: Format | None = None

    @classmethod
    def at(cls, path: Path) -> "SourceFile":
        """The file at a path; its format goes by the end of its name, else by its content."""
        return cls(path.name, path.read_bytes(), _SUFFIXES.get(path.suffix.lower()))

    def kind(self) -> Format:
        """The format given, or the one its first bytes show."""
        if self.format is not None:
            return self.format
        if self.content.startswith(b"PK\x03\x04"):
            return "xlsx"
        return "json" if self.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") else "csv"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings, and rows of text cells under them, with the number of each row (in JSON the index of the element)."""

    file: str
    json: bool
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_sheet(source: SourceFile, known: Sequence[str], report: Report) -> Sheet | None:
    """Read one file of flat rows; `known` are the headings it may have. None, with faults, if it cannot be read."""
    try:
        if source.kind() == "json":
            return _json_sheet(source, known, report)
        records = _csv_records(source.content) if source.kind() == "csv" else _xlsx_records(source, report)
        return _sheet(source.name, _by_commas(records) if source.kind() == "csv" else list(records), report)
    except _Unreadable as error:
        report.faults.append(LoadFault(file=source.name, row=error.row, detail=str(error)))
        return None


def read_objects(source: SourceFile, report: Report) -> list[dict[str, Any]]:
    """The objects of a JSON array. Anything else is a fault, and gives none."""
    if source.kind() != "json":
        report.faults.append(
            LoadFault(file=source.name, detail="must be JSON, an array of objects: this kind is nested")
        )
        return []
    try:
        return _elements(source, report)
    except _Unreadable as error:
        report.faults.append(LoadFault(file=source.name, detail=str(error)))
        return []


def read_records(
    source: SourceFile, report: Report, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> list[tuple[int, list[str]]]:
    """The rows of a CSV or XLSX file as they stand, numbered from 1. Empty, with a fault, if it cannot be read."""
    try:
        if source.kind() == "json":
            raise _Unreadable("must be CSV or XLSX")
        if source.kind() == "csv":
            return list(_csv_records(source.content, delimiter, encoding))
        return list(_xlsx_records(source, report))
    except _Unreadable as error:
        report.faults.append(LoadFault(file=source.name, row=error.row, detail=str(error)))
        return []


class _Unreadable(Exception):
    def __init__(self, detail: str, row: int | None = None) -> None:
        self.row = row
        super().__init__(detail)


def _csv_records(
    content: bytes, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        wanted = "UTF-8" if encoding == "utf-8-sig" else encoding
        raise _Unreadable(f"is not {wanted} text: save it again as CSV {wanted}", row) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > MOST_COLUMNS:
                raise _Unreadable(f"has {len(record):,} columns: at most {MOST_COLUMNS:,}", number)
            if number == 1 and any("\x00" in cell for cell in record):
                raise _Unreadable("is no text, or not UTF-8: save it again as CSV UTF-8", number)
            yield number, [cell.strip() for cell in record]
    except csv.Error as error:
        raise _Unreadable(f"is not CSV from here on: {error}", number + 1) from None


def _by_commas(records: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The rows, unless the headings stand in one cell between semicolons or tabs, as spreadsheets may write them."""
    found = list(records)
    number, headings = next(((number, record) for number, record in found if any(record)), (1, [""]))
    if len(list(filter(None, headings))) == 1:
        for between, name in ((";", "semicolons"), ("\t", "tabs")):
            if between in headings[0]:
                raise _Unreadable(f"has {name} between its columns: separate the columns by commas", number)
    return found


def _xlsx_records(source: SourceFile, report: Report) -> Iterator[tuple[int, list[str]]]:
    try:
        if fault := workbook_fault(source.content):
            raise _Unreadable(fault)
        book = CalamineWorkbook.from_filelike(io.BytesIO(source.content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        if fault := unworked_fault(source.content):
            raise _Unreadable(fault)
    except (CalamineError, *UNREADABLE_ARCHIVE) as error:
        raise _Unreadable(f"is not an XLSX workbook: {error}") from None
    if len(book.sheet_names) > 1:
        first = f"only the first, {book.sheet_names[0]}, "
        if not any(map(any, rows)):
            raise _Unreadable(f"has several sheets, and {first}is read, which is empty")
        report.notes.append(f"{source.name} has several sheets; {first}was read.")
    return ((number, [_cell_text(cell) for cell in row]) for number, row in enumerate(rows, start=1))


def _cell_text(cell: Any) -> str:
    """A typed cell as the text a CSV would hold."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
    if isinstance(cell, date):  # calamine gives any midnight as a date
        return f"{cell.isoformat()}T00:00:00"
    if isinstance(cell, time | timedelta):
        return str(cell)
    # Fifteen digits are what a spreadsheet shows of a number; the rest is noise of its binary form.
    return f"{Decimal(format(cell, '.15g')):f}" if isinstance(cell, float) else str(cell)


def _sheet(file: str, records: list[tuple[int, list[str]]], report: Report) -> Sheet:
    filled = [(number, record) for number, record in records if any(record)]
    if not filled:
        raise _Unreadable("is empty: the first row must hold the headings")
    first, headings = filled[0]
    width = max((index for index, heading in enumerate(headings, start=1) if heading), default=0)
    rows = []
    for number, record in filled[1:]:
        if len(record) < width or any(record[width:]):
            few = len(record) < width
            mend = "keep the commas of empty cells" if few else "quote any cell that holds a comma"
            detail = f"has {len(record)} cells under {width} headings: {mend}"
            report.faults.append(LoadFault(file=file, row=number, detail=detail))
        else:
            rows.append((number, record[:width]))
    _check_headings(file, first, headings[:width], report)
    return Sheet(file, False, headings[:width], rows)


def _check_headings(file: str, row: int, headings: Sequence[str], report: Report) -> None:
    seen: set[str] = set()
    for index, heading in enumerate(headings):
        if not heading:
            detail = f"the header's cell {index + 1} is empty: name the column or take it out"
            report.faults.append(LoadFault(file=file, row=row, detail=detail))
        elif heading in seen:
            detail = "stands twice in the header"
            report.faults.append(LoadFault(file=file, row=row, column=heading, detail=detail))
        seen.add(heading)


def _json_sheet(source: SourceFile, known: Sequence[str], report: Report) -> Sheet:
    rows = []
    for index, element in enumerate(_elements(source, report)):
        for name in element.keys() - set(known):
            report.faults.append(
                LoadFault(
                    file=source.name, pointer=f"/{index}/{step(name)}", detail="is not a column of this kind"
                )
            )
        rows.append(
            (index, [_json_cell(source.name, index, name, element.get(name), report) for name in known])
        )
    return Sheet(source.name, True, known, rows)


def _json_cell(file: str, index: int, name: str, value: Any, report: Report) -> str:
    if value is None or isinstance(value, str):
        return (value or "").strip()
    if isinstance(value, list | dict):
        report.faults.append(
            LoadFault(file=file, pointer=f"/{index}/{name}", detail="must be a single value")
        )
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}" if -30 < value.adjusted() < 30 else str(value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _elements(source: SourceFile, report: Report) -> list[dict[str, Any]]:
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unreadable("is not UTF-8 text") from None
    parsed = parse_json(text)
    if parsed.faults:
        raise _Unreadable(parsed.faults[0].detail)
    if not isinstance(parsed.value, list) or not all(isinstance(element, dict) for element in parsed.value):
        raise _Unreadable("must be an array of objects")
    unfit_at = list(_unfit_places(parsed.value))
    detail = "holds a control character or half a character pair: take it out"
    report.faults += [LoadFault(file=source.name, pointer=place, detail=detail) for place in unfit_at]
    return [] if unfit_at else parsed.value


def _unfit_places(value: Any, at: str = "") -> Iterator[str]:
    """Pointers to the texts in a JSON value that the database cannot keep; of a name, to the object that holds it."""
    if isinstance(value, str):
        if unfit(value):
            yield at
    elif isinstance(value, dict):
        if any(map(unfit, value)):
            yield at
        for name, part in value.items():
            yield from _unfit_places(part, f"{at}/{step(name)}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unfit_places(part, f"{at}/{index}")
