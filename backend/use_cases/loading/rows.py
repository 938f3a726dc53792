"""Rows of text cells into the row types of schemas.loading, column by column, naming every fault.

A column has few distinct texts beside its rows, so each text is parsed once: a county's rota takes a second, not ten.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from backend.use_cases.loading.files import Sheet
from backend.use_cases.loading.report import Line, LoadFault, Report

T = TypeVar("T", bound=msgspec.Struct)
_FAULTY: Final = object()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind: its heading, the name of its field, its parser, and what an empty cell means."""

    heading: str
    name: str
    required: bool
    default: Any
    parse: Callable[[str], Any]


def columns_of(kind: type[msgspec.Struct]) -> list[Column]:
    """The columns of a row type, in the order it declares them."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return [_column(field) for field in info.fields]


def _column(field: inspect.Field) -> Column:
    default = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    return Column(field.encode_name, field.name, field.required, default, _parser(field.type))


def _parser(info: inspect.Type) -> Callable[[str], Any]:
    if isinstance(info, inspect.UnionType):
        return next(_parser(part) for part in info.types if not isinstance(part, inspect.NoneType))
    assert isinstance(info, inspect.Metadata) and info.extra is not None
    parse: Callable[[str], Any] = info.extra["parse"]
    return parse


def decode_rows(kind: type[T], sheet: Sheet, report: Report) -> list[Line[T]]:
    """The rows of a sheet that hold no fault. Faults of headings, cells and between cells go to the report, and so
    does what could be read of the rows that hold one.

    Under headings that are not right, a column that is not there may be one of them misspelt: it is not judged, and no
    row is whole.
    """
    columns = columns_of(kind)
    fit = _headings_fit(columns, sheet, report)
    places = {heading: index for index, heading in enumerate(sheet.headings)}
    cells = [
        _decode_column(column, places[column.heading], sheet, report)
        if column.heading in places
        else [column.default if fit else _FAULTY] * len(sheet.rows)
        for column in columns
    ]
    names = [column.name for column in columns]
    headings = {column.name: column.heading for column in columns}
    lines = []
    for (number, _), values in zip(sheet.rows, _transposed(cells, len(sheet.rows)), strict=True):
        valid = {name: value for name, value in zip(names, values, strict=True) if value is not _FAULTY}
        found = list(_between(kind, valid))
        if fit and not found and len(valid) == len(names):
            lines.append(Line(sheet.file, number, sheet.json, kind(**valid)))
        else:
            half: Line[Mapping[str, Any]] = Line(sheet.file, number, sheet.json, valid)
            report.unread.append(half)
            report.faults.extend(
                half.fault(headings.get(f.pointer[1:], f.pointer[1:]), f.detail) for f in found
            )
    return lines


def _transposed(cells: Sequence[Sequence[Any]], rows: int) -> Iterator[tuple[Any, ...]]:
    return zip(*cells, strict=True) if rows else iter(())


def _between(kind: type[msgspec.Struct], valid: Mapping[str, Any]) -> Iterator[Any]:
    check = getattr(kind, "faults", None)
    return iter(()) if check is None else check(valid)


def _headings_fit(columns: Sequence[Column], sheet: Sheet, report: Report) -> bool:
    known = [column.heading for column in columns]
    before = len(report.faults)
    if not sheet.json:
        for heading in sheet.headings:
            if heading and heading not in known:
                detail = f"is not a column of this kind; it may have {', '.join(known)}"
                report.faults.append(LoadFault(file=sheet.file, row=1, column=heading, detail=detail))
        for column in columns:
            if column.required and column.heading not in sheet.headings:
                detail = "is required, and the header does not have it"
                report.faults.append(LoadFault(file=sheet.file, row=1, column=column.heading, detail=detail))
    return len(report.faults) == before


def _decode_column(column: Column, place: int, sheet: Sheet, report: Report) -> list[Any]:
    """The values of one column; a faulty cell stands as _FAULTY and its fault is in the report."""
    parsed: dict[str, tuple[Any, str | None]] = {}
    values = []
    for number, row in sheet.rows:
        text = row[place]
        if text not in parsed:
            parsed[text] = _parse(column, text)
        value, wrong = parsed[text]
        if wrong is not None:
            report.faults.append(Line(sheet.file, number, sheet.json, None).fault(column.heading, wrong))
        values.append(value)
    return values


def _parse(column: Column, text: str) -> tuple[Any, str | None]:
    if not text:
        return (_FAULTY, "is required") if column.required else (column.default, None)
    try:
        return column.parse(text), None
    except ValueError as error:
        return _FAULTY, str(error)


def refuse_duplicates(lines: Sequence[Line[Any]], names: Sequence[str], column: str, report: Report) -> None:
    """A fault for each row whose key stands in an earlier row of the same load, in whichever file."""
    seen: dict[tuple[Any, ...], Line[Any]] = {}
    for line in lines:
        key = _key(line.row, names)
        first = line if key is None else seen.setdefault(key, line)
        if first is not line:
            where = first.where if first.file == line.file else f"{first.where} of {first.file}"
            report.fault(line, column, f"stands in {where} already: give each of them once")


def _key(row: Any, names: Sequence[str]) -> tuple[Any, ...] | None:
    """The values that make a row one of its own; None where one of them could not be read."""
    if not isinstance(row, Mapping):
        return tuple(getattr(row, name) for name in names)
    return tuple(row[name] for name in names) if row.keys() >= set(names) else None
