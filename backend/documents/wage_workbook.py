"""Wage reports as a spreadsheet: one sheet for each table an auditor sorts and adds up."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from backend.documents import words
from backend.documents.beside import sheets
from backend.documents.cells import Cell, edges
from backend.documents.earlier_changes import GAPS as CHANGED_GAPS
from backend.documents.earlier_changes import PERIODS, period_rows
from backend.documents.earlier_changes import gap_rows as changed_gap_rows
from backend.documents.finding import report_code
from backend.documents.gap_sheets import GAPS, PARTS, gap_rows, part_rows
from backend.documents.wage_report_page import notices
from backend.documents.workbook import Rows, Sheet, workbook
from backend.documents.worker_page import before_rounding, employed_days, kind_of_work
from schemas.documents import TestedWorker, TravelEngine, WageReportSnapshot, WorkedDay
from schemas.gap_ledger import TravelPace

RowsOfDay = Callable[[WorkedDay], Rows]

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
    "kind of work",
    "employed in this period",
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
_OF_DAY: Final = ("employment", "day")
_FLAGS: Final = ("employment", "day", "flag", "visit", "from", "to", "rule")
_PACES: Final = (
    "pace", "by", "travels by", "setting", "in force from", "detour", "km/h", "engine’s time of", "factor", "minutes",
)  # fmt: skip


def wage_report_xlsx(report: WageReportSnapshot) -> bytes:
    """The report as XLSX. The same snapshot always gives the same bytes; no cell is a formula.

    Amounts are pounds and lengths minutes or seconds, as numbers; times are London times.
    """
    return workbook("Minimum wage report", report.as_of, _sheets(report))


def _sheets(report: WageReportSnapshot) -> Iterator[Sheet]:
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
    yield "Gaps", (*_OF_DAY, *GAPS), _each_day(tested, gap_rows)
    yield "Gap seconds", (*_OF_DAY, *PARTS), _each_day(tested, part_rows)
    yield "Earlier periods", PERIODS, period_rows(report.changes)
    yield "Earlier gaps", CHANGED_GAPS, changed_gap_rows(report.changes)
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
        "Engines",
        ("id", "engine", "version", "travels by", "profile", "map", "parameters"),
        (
            (e.id, e.engine, e.version, e.mode, e.profile, e.map_date, _parameters(e))
            for e in report.travel_engines
        ),
    )
    yield "Paces", _PACES, map(_pace, report.paces)
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
        ("code at /find", report_code(report)),
        ("workers tested", summary.workers_tested),
        ("workers short", summary.workers_short),
        ("pence short", summary.pence_short),
        ("workers not tested", summary.not_tested),
        ("unexplained minutes", summary.unresolved_minutes),
        ("template version", report.template_version),
        ("facts digest", report.facts_digest),
    )


def _parameters(engine: TravelEngine) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(engine.parameters.items()))


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
        kind_of_work(worker),
        employed_days(worker),
    )


def _pace(pace: TravelPace) -> Sequence[Cell]:
    own = "the provider’s own" if pace.since is None else None
    return (
        *(pace.id, pace.by, pace.mode, pace.setting, pace.since or own),
        *(pace.detour, pace.kmh, pace.of, pace.factor, pace.minutes),
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
