"""Wage reports as a spreadsheet: one sheet for each table an auditor sorts and adds up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from backend.documents import words
from backend.documents.beside import sheets
from backend.documents.cells import Cell, edges, guarded
from backend.documents.wage_report_page import notices
from backend.documents.worker_page import before_rounding
from backend.domain.time import LONDON
from schemas.documents import TestedWorker, WageReportSnapshot, WorkedDay

Rows = Iterable[Sequence[Cell]]
RowsOfDay = Callable[[WorkedDay], Rows]

_FORMATS: Final = {
    "text": {"text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "bg_color": "#EEF1F5", "text_wrap": True, "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "number": {"valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"},
}
_WORKERS: Final = (
    "employment",
    "person",
    "name",
    "counted minutes",
    "not counted minutes",
    "unexplained minutes",
    "band",
    "rate £ an hour",
    "required £",
    "counted pay £",
    "£ for each hour",
    "compliant",
    "shortfall £",
    "before rounding",
    "shortfall with unexplained £",
    "arrears due £",
    "rule of the rate",
)
_HOURS: Final = ("employment", "kind", "minutes", "counted", "rule")
_PAY: Final = ("employment", "kind", "amount £", "in this period £", "premium £", "counted £", "rule")
_ADJUSTMENTS: Final = ("employment", "section", "kind", "amount £", "rule")
_DAYS: Final = (
    "employment",
    "day",
    "kind",
    "start (London)",
    "end (London)",
    "seconds",
    "counted",
    "rule",
    "visit",
    "from",
    "to",
    "planned gap seconds",
    "observed gap seconds",
    "estimate seconds",
    "source",
)
_VISITS: Final = (
    "employment",
    "day",
    "visit",
    "visit id",
    "planned start (London)",
    "planned end (London)",
    "actual start (London)",
    "actual end (London)",
    "evidence",
    "events",
    "flags",
)
_FLAGS: Final = ("employment", "day", "flag", "visit", "from", "to", "rule")


def wage_report_xlsx(report: WageReportSnapshot) -> bytes:
    """The report as XLSX. The same snapshot always gives the same bytes; no cell is a formula.

    Amounts are pounds and lengths minutes or seconds, as numbers; times are London times.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {"title": "Minimum wage report", "created": report.as_of.astimezone(UTC).replace(tzinfo=None)}
    )
    formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
    for name, header, rows in _sheets(report):
        _write(book, formats, name, header, rows)
    book.close()
    return buffer.getvalue()


def _sheets(report: WageReportSnapshot) -> Iterator[tuple[str, Sequence[str], Rows]]:
    tested = report.workers
    yield "Summary", ("what", "value"), _summary(report)
    yield "Workers", _WORKERS, map(_worker, tested)
    yield (
        "Hours",
        _HOURS,
        ((w.employment, r.kind, r.minutes, r.counted, r.rule) for w in tested for r in w.result.work),
    )
    yield (
        "Pay",
        _PAY,
        (
            (w.employment, r.kind, r.amount, r.placed, r.premium, r.counted, r.rule)
            for w in tested
            for r in w.result.pay
        ),
    )
    yield (
        "Adjustments",
        _ADJUSTMENTS,
        ((w.employment, r.section, r.kind, r.amount, r.rule) for w in tested for r in w.result.adjustments),
    )
    yield from sheets(report.beside, tested)
    yield "Days", _DAYS, _each_day(tested, _segments)
    yield "Visits", _VISITS, _each_day(tested, _visits)
    yield "Flags", _FLAGS, _each_day(tested, _day_flags)
    yield (
        "Not tested",
        ("employment", "name", "reason"),
        ((n.employment, n.name, n.reason) for n in report.not_tested),
    )
    yield (
        "Rules",
        ("id", "title", "says", "instrument", "source"),
        ((rule.id, rule.title, rule.says, rule.instrument, rule.href) for rule in report.rules),
    )
    yield (
        "Rates",
        ("id", "£ an hour", "from", "until", "instrument", "source"),
        (
            (entry.id, entry.hourly, entry.from_, entry.until, entry.instrument, entry.href)
            for entry in report.statute
        ),
    )


def _summary(report: WageReportSnapshot) -> Rows:
    summary = report.summary
    yield from (("notice", notice) for notice in notices(report))
    yield from (
        ("provider", f"{report.provider.name} ({report.provider.reference})"),
        ("period start", report.period.start),
        ("period end", report.period.end),
        ("pay cycle", report.pay_cycle),
        ("status", report.status),
        ("facts up to", words.moment(report.as_of)),
        ("workers tested", summary.workers_tested),
        ("workers short", summary.workers_short),
        ("pence short", summary.pence_short),
        ("workers not tested", summary.not_tested),
        ("unexplained minutes", summary.unresolved_minutes),
        ("template version", report.template_version),
        ("facts digest", report.facts_digest),
    )


def _worker(worker: TestedWorker) -> Sequence[Cell]:
    result, required = worker.result, worker.result.required
    return (
        worker.employment,
        worker.person,
        worker.name,
        result.counted_minutes,
        result.excluded_minutes,
        result.unresolved_minutes,
        words.worded(required.band),
        required.hourly,
        required.pay,
        result.nmw_pay,
        result.hourly_equivalent,
        result.compliant,
        result.shortfall,
        before_rounding(worker),
        result.shortfall_with_unresolved,
        result.arrears.due,
        required.statute,
    )


def _each_day(workers: Sequence[TestedWorker], rows: RowsOfDay) -> Iterator[Sequence[Cell]]:
    for worker in workers:
        for day in worker.days:
            yield from ((worker.employment, day.date, *row) for row in rows(day))


def _segments(day: WorkedDay) -> Rows:
    for row in day.segments:
        yield (
            row.kind,
            row.start,
            row.end,
            row.seconds,
            row.counted,
            row.rule,
            row.visit,
            row.from_,
            row.to,
            row.planned_gap_seconds,
            row.observed_gap_seconds,
            row.estimate_seconds,
            row.source,
        )


def _visits(day: WorkedDay) -> Rows:
    for visit in day.visits:
        spans = (*edges(visit.planned), *edges(visit.actual))
        yield (
            visit.visit,
            visit.visit_id,
            *spans,
            visit.evidence,
            " ".join(visit.event_ids),
            ", ".join(visit.flags),
        )


def _day_flags(day: WorkedDay) -> Rows:
    return ((flag.flag, flag.visit, flag.from_, flag.to, flag.rule) for flag in day.flags)


def _write(book: Workbook, formats: dict[str, Format], name: str, header: Sequence[str], rows: Rows) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 16)
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, formats["heading"])
    for index, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _cell(sheet, index, column, cell, formats, "money" if "£" in header[column] else "number")


def _cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format], as_number: str
) -> None:
    """Write one cell by its type. Text is always written as text, and guarded for whoever saves it as CSV."""
    if isinstance(cell, bool):
        sheet.write_string(row, column, "yes" if cell else "no", formats["text"])
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell, formats[as_number])
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.astimezone(LONDON).replace(tzinfo=None), formats["instant"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["date"])
    elif cell is not None:
        sheet.write_string(row, column, guarded(cell), formats["text"])
