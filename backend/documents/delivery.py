"""Service delivery files: the lines of an invoice or credit note as a council's payment system takes visits.

Times are London times. A row stands for a line of the document, so for one carer's part of a visit; a change to an
earlier document is a row with the change as its amount. The charge of a block of hours is of no visit, and no row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final

from backend.documents import words
from backend.documents.block_hours import is_charge
from backend.documents.cells import csv_bytes
from backend.documents.xml_text import document, group, leaf
from backend.domain.money import to_the_penny
from backend.domain.time import LONDON, london_date
from schemas.day import Span
from schemas.delivery import Column, DeliveryTemplate, Level
from schemas.documents import InvoiceLine, InvoiceSnapshot
from schemas.payroll import DATE_FORMATS, DateFormat
from schemas.scalars import WEEKDAYS

MEDIA_TYPES: Final = {"csv": "text/csv", "xml": "application/xml"}
_WHOLE: Final = Decimal(1)
_HUNDREDTH: Final = Decimal("0.01")
Values = Mapping[str, Any]
Cells = Sequence[tuple[str, str]]


def file_reference(template: DeliveryTemplate, number: int) -> str:
    """The reference by which the council's system knows a file again: the provider's files count up."""
    return f"{template.prefix}{number:06d}"


def delivery_file(
    snapshot: InvoiceSnapshot, template: DeliveryTemplate, number: int, made_at: datetime
) -> bytes:
    """The file of one document; the same arguments always give the same bytes."""
    shared = _of_file(snapshot, file_reference(template, number), made_at)
    seconds = _second_carers(snapshot.lines)
    visits = [line for line in snapshot.lines if not is_charge(line)]
    rows = [shared | _of_line(line, seconds, template) for line in visits]
    if template.format == "xml":
        return _xml(template, [[_cells(level, row, template) for level in template.levels] for row in rows])
    columns = [column for level in template.levels for column in level.columns]
    header = [column.heading for column in columns]
    return csv_bytes(header, ([_cell(column, row, template) for column in columns] for row in rows))


def _of_file(snapshot: InvoiceSnapshot, reference: str, made_at: datetime) -> dict[str, Any]:
    kind = "Credit note" if snapshot.kind == "credit_note" else "Invoice"
    return {
        "file_reference": reference,
        "description": f"{kind} {snapshot.number}, {words.dates(snapshot.period)}",
        "created": f"{made_at.astimezone(LONDON):%Y-%m-%dT%H:%M:%S}",
        "provider": snapshot.provider.reference,
        "commissioner": snapshot.commissioner.reference,
        "contract": snapshot.contract_reference,
        "purchase_order": snapshot.purchase_order,
        "document": snapshot.number,
    }


def _of_line(
    line: InvoiceLine,
    seconds: frozenset[tuple[str, str]],
    template: DeliveryTemplate,
) -> dict[str, Any]:
    """The values of one line: texts, dates, instants for times of day, and lengths of time."""
    claimed = line.claimed or line.planned or line.actual
    day = None if claimed is None else london_date(claimed.start)
    return {
        "line": str(line.line),
        "visit": line.visit,
        "person": line.person,
        "carer": line.carer,
        "service": line.service,
        "zone": line.zone,
        "status": line.status,
        "week_ending": None if day is None else _week_end(day, WEEKDAYS.index(template.week_ends)),
        "visit_date": day,
        "claimed_start": _start(claimed),
        "claimed_duration": _length(line.payable_minutes),
        "claimed_amount": to_the_penny(line.amount),
        "planned_start": _start(line.planned),
        "planned_duration": None if line.planned_minutes is None else _length(line.planned_minutes),
        "actual_start": _start(line.actual),
        "actual_duration": _length(line.actual_minutes),
        "second_carer": (line.visit_id, line.carer) in seconds,
        "evidence_level": line.evidence_level,
        "flags": "; ".join(line.flags),
        "changes_document": line.adjusts.number if line.adjusts else None,
        "reason": line.reason,
    }


def _start(span: Span | None) -> datetime | None:
    return None if span is None else span.start.astimezone(LONDON)


def _length(minutes: Decimal) -> timedelta:
    return timedelta(seconds=int((minutes * 60).quantize(_WHOLE, ROUND_HALF_UP)))


def _week_end(day: date, last: int) -> date:
    return day + timedelta(days=(last - day.weekday()) % 7)


def _second_carers(lines: Sequence[InvoiceLine]) -> frozenset[tuple[str, str]]:
    """Visit and carer of every carer but the first of a visit that is billed carer by carer."""
    first: dict[str, str] = {}
    named = [(line.visit_id, line.carer) for line in lines if line.carer is not None]
    return frozenset(pair for pair in named if first.setdefault(*pair) != pair[1])


def _cells(level: Level, row: Values, template: DeliveryTemplate) -> Cells:
    return [(column.heading, str(_cell(column, row, template))) for column in level.columns]


def _cell(column: Column, row: Values, template: DeliveryTemplate) -> str | Decimal:
    if column.value is None:
        return column.text or ""
    value = row[column.value]
    if isinstance(value, Decimal):
        return value
    text = _written(value, template)
    return column.codes.get(text, text)


def _written(value: Any, template: DeliveryTemplate) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return template.yes if value else template.no
    if isinstance(value, timedelta):
        return _DURATIONS[template.durations](int(value.total_seconds()))
    if isinstance(value, datetime):
        return value.time().isoformat("seconds" if template.times == "hh:mm:ss" else "minutes")
    if isinstance(value, date):
        return _dated(value, template.dates)
    return str(value)


@lru_cache(maxsize=1000)  # visits of one document are on few days
def _dated(value: date, form: DateFormat) -> str:
    return value.strftime(DATE_FORMATS[form])


def _clocked(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _to_the_minute(seconds: int) -> str:
    minutes = (seconds + 30) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _number(seconds: int, unit: int) -> str:
    value = (Decimal(seconds) / unit).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return f"{value:f}".rstrip("0").rstrip(".")


_DURATIONS: Final[Mapping[str, Callable[[int], str]]] = {
    "hh:mm:ss": _clocked,
    "hh:mm": _to_the_minute,
    "minutes": lambda seconds: _number(seconds, 60),
    "hours": lambda seconds: _number(seconds, 3600),
}


def _xml(template: DeliveryTemplate, rows: Sequence[Sequence[Cells]]) -> bytes:
    """The rows as levels in each other. The first level is the root, whose values every row shares."""
    outer, *inner = template.levels
    filled = _fill(rows[0][0] if rows else [])
    return document(group(outer.element, *filled, *_nested(inner, [row[1:] for row in rows])))


def _nested(levels: Sequence[Level], rows: Sequence[Sequence[Cells]]) -> Iterator[str]:
    """One element for all rows that are the same at this level; at the last level, one for each row."""
    if not levels:
        return
    level, *inner = levels
    groups: dict[object, list[Sequence[Cells]]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(tuple(row[0]) if inner else place, []).append(row)
    for same in groups.values():
        yield group(level.element, *_fill(same[0][0]), *_nested(inner, [row[1:] for row in same]))


def _fill(cells: Cells) -> Iterator[str]:
    return (leaf(name, text) for name, text in cells)
