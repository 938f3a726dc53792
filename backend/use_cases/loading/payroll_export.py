"""A payroll export read by its template: rows of whatever shape into lines of one pay element each."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from backend.use_cases.loading.files import SourceFile, read_records
from backend.use_cases.loading.report import Line, LoadFault, Report
from schemas.cells import parse_day, parse_reference, refuse_serial
from schemas.payroll import DATE_FORMATS, ElementColumns, LineColumns, PayTemplate
from schemas.scalars import EARLIEST_YEAR, LATEST_YEAR, parse_decimal

T = TypeVar("T")
_DELIMITERS: Final = {",": ",", ";": ";", "tab": "\t"}
_ENCODINGS: Final = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
_CLOCK: Final = re.compile(r"(\d{1,4}):([0-5]\d)", re.ASCII)
_FROM_SHEET: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]00:00(:00)?")
NO_MONEY: Final = frozenset({"", "-"})


@dataclass(frozen=True, slots=True)
class Given:
    """What is said beside the file: the payment date where no column holds it, and the name of the pay run."""

    paid_on: date | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class PayrollLine:
    """One pay element of one employee as the export gives it. `quantity` is time in `time_unit`, or units."""

    employee: str
    element: str
    description: str | None
    amount: Decimal | None
    quantity: Decimal | None
    time_unit: str
    rate: Decimal | None
    paid_on: date
    earned_start: date | None
    earned_end: date | None
    run: str
    reference: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file, whose cells are asked for by heading; faults go to the report under that heading."""

    file: str
    number: int
    cells: Mapping[str, str]
    report: Report

    def read(self, heading: str | None, parse: Callable[[str], T]) -> T | None:
        text = "" if heading is None else self.cells[heading]
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.fault(heading, str(error))
            return None

    def fault(self, heading: str | None, detail: str) -> None:
        self.report.faults.append(LoadFault(file=self.file, row=self.number, column=heading, detail=detail))


def read_export(
    source: SourceFile, template: PayTemplate, given: Given, report: Report
) -> list[Line[PayrollLine]]:
    """The lines of one export. Each fault names its row and heading; rows without an employee are noted."""
    records = read_records(source, report, _DELIMITERS[template.delimiter], _ENCODINGS[template.encoding])
    header = next((cells for number, cells in records if number == template.header_row), [])
    if not _headings_fit(source.name, template, header, given, report):
        return []
    rows = [
        _Row(source.name, number, dict(zip(header, [*cells, *[""] * len(header)], strict=False)), report)
        for number, cells in records
        if number > template.header_row and any(cells)
    ]
    nameless = [f"row {row.number}" for row in rows if not row.cells[template.employee]]
    report.note(nameless, f"without an employee in {source.name}, and left out")
    parse = _day_parser(template)
    lines = [
        Line(source.name, row.number, False, line)
        for row in rows
        if row.cells[template.employee]
        for line in _lines(row, template, header, given, parse)
    ]
    return _numbered(lines)


def _headings_fit(
    file: str, template: PayTemplate, header: Sequence[str], given: Given, report: Report
) -> bool:
    """Whether the file has every column the template names, once. Amounts of pay are never guessed at."""
    before = len(report.faults)

    def wrong(heading: str | None, detail: str) -> None:
        report.faults.append(LoadFault(file=file, row=template.header_row, column=heading, detail=detail))

    for heading in dict.fromkeys(_named(template)):
        if header.count(heading) != 1:
            found = "stands twice in" if heading in header else "is not in"
            wrong(heading, f"{found} the header: it has {', '.join(filter(None, header)) or 'nothing'}")
    if template.paid_on is None and given.paid_on is None:
        wrong(None, f"the template {template.reference} has no column for the payment date: give it")
    if template.paid_on is not None and given.paid_on is not None:
        wrong(template.paid_on, "holds the payment date: give none beside the file")
    return len(report.faults) == before


def _named(template: PayTemplate) -> Iterator[str]:
    """Every heading that the template says the file has."""
    dated = (template.paid_on, template.earned_start, template.earned_end, template.run)
    columns: list[LineColumns | ElementColumns] = [
        *([template.line] if template.line else []),
        *template.elements,
    ]
    named = [
        getattr(group, name) for group in columns for name in group.__struct_fields__ if name != "element"
    ]
    yield from (heading for heading in (template.employee, *dated, *named) if heading is not None)


def _day_parser(template: PayTemplate) -> Callable[[str], date]:
    def parse(text: str) -> date:
        if _FROM_SHEET.fullmatch(text):  # a typed cell of a spreadsheet
            return parse_day(text)
        refuse_serial(text)
        try:
            found = datetime.strptime(text, DATE_FORMATS[template.dates]).date()  # noqa: DTZ007 a date has no zone
        except ValueError:
            raise ValueError(f"must be a date written {template.dates}") from None
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise ValueError(f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
        return found

    return parse


def parse_number(text: str) -> Decimal:
    """Pounds or a number as payrolls write them: `£1,234.50`, `(12.00)` and `12.00-` below zero, `-` for nothing."""
    bare = text.replace("£", "").replace(",", "").replace(" ", "")
    if bare in NO_MONEY:
        return Decimal(0)
    below = (bare.startswith("(") and bare.endswith(")")) or bare.endswith("-")
    return parse_decimal(f"-{bare.strip('()-')}" if below else bare)


def _lines(
    row: _Row, template: PayTemplate, header: Sequence[str], given: Given, parse_date: Callable[[str], date]
) -> Iterator[PayrollLine]:
    paid_on = given.paid_on or row.read(template.paid_on, parse_date)
    start, end = (row.read(name, parse_date) for name in (template.earned_start, template.earned_end))
    if paid_on is None:
        if template.paid_on and not row.cells[template.paid_on]:
            row.fault(template.paid_on, "is required")
        return
    if (start is None) != (end is None) or (start and end and end < start):
        row.fault(template.earned_end, "and the first day earned must both be given, in order")
        return
    run = row.read(template.run, parse_reference) or given.run or ""
    employee = row.read(template.employee, parse_reference) or ""
    blank = PayrollLine(
        employee, "", None, None, None, template.time_unit, None, paid_on, start, end, run, ""
    )
    if template.line is not None:
        yield from _long(row, template.line, blank)
    else:
        yield from _wide(row, template, header, blank)


def _long(row: _Row, columns: LineColumns, blank: PayrollLine) -> Iterator[PayrollLine]:
    code, said = (row.read(name, parse_reference) for name in (columns.code, columns.description))
    if not code and not said:
        row.fault(columns.code or columns.description, "is required: it names the pay element")
        return
    reference = row.read(columns.reference, parse_reference) or ""
    yield _worth(
        row, columns, replace(blank, element=code or said or "", description=said, reference=reference)
    )


def _wide(
    row: _Row, template: PayTemplate, header: Sequence[str], blank: PayrollLine
) -> Iterator[PayrollLine]:
    for columns in template.elements:
        yield _worth(row, columns, replace(blank, element=columns.element))
    if template.other_columns == "elements":
        known = {*_named(template), *template.ignored, ""}
        for heading in dict.fromkeys(heading for heading in header if heading not in known):
            amount = row.read(heading, parse_number)
            yield replace(blank, element=heading, amount=amount)


def _worth(row: _Row, columns: LineColumns | ElementColumns, line: PayrollLine) -> PayrollLine:
    amount, rate = (row.read(name, parse_number) for name in (columns.amount, columns.rate))
    clock = None if columns.units is None else _CLOCK.fullmatch(row.cells[columns.units])
    if clock is not None:
        minutes = Decimal(int(clock[1]) * 60 + int(clock[2]))
        return replace(line, amount=amount, rate=rate, quantity=minutes, time_unit="minutes")
    return replace(line, amount=amount, rate=rate, quantity=row.read(columns.units, parse_number))


def _numbered(lines: Sequence[Line[PayrollLine]]) -> list[Line[PayrollLine]]:
    """Lines with a reference that is the same whenever the export is read: the payroll's own, else one by its place
    among the lines of the same element, payment date, run and time earned.
    """
    seen: dict[tuple[Any, ...], int] = {}
    found = []
    for line in lines:
        row = line.row
        key = (row.employee, row.paid_on, row.run, row.earned_start, row.element)
        seen[key] = seen.get(key, 0) + 1
        parts = [row.paid_on, row.run, row.earned_start or "", row.reference or f"{row.element} {seen[key]}"]
        reference = "/".join(str(part) for part in parts)
        found.append(Line(line.file, line.number, False, replace(row, reference=reference)))
    return found
