"""What one worker's record says on paper: the wage test of one employment in one pay reference period."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.documents import words
from backend.documents.beside import Table, worker_tables
from backend.documents.earlier_changes import rules_of_changes
from backend.documents.earlier_changes import worker_tables as change_tables
from backend.documents.finding import where_to_look
from backend.documents.invoice_page import Page, rule, rule_numbers
from backend.documents.listed import listed, unlisted
from backend.documents.worked_days import day_rules, days_page
from backend.domain.minimum_wage.reductions import ACCOMMODATION_RULE
from schemas.documents import Dates, RuleText, TestedWorker, WageReportSnapshot
from schemas.gap_ledger import TravelPace
from schemas.wage import AdjustmentRow, PayLine, PayRow, WageResult, WorkRow

TESTED_NOTE = "The test is over the whole pay reference period, not visit by visit."


def worker_page(report: WageReportSnapshot, worker: TestedWorker) -> Page:
    """The values of one worker's pages, which stand alone: its own rules, law and visits are in it."""
    rules = rules_of(report, worker)
    numbers = {text.id: str(index) for index, text in enumerate(rules, start=1)}
    return {
        "name": named(worker),
        "identity": [*_identity(report, worker), where_to_look(report, worker)],
        "verdict": verdict(worker.result),
        "compliant": worker.result.compliant,
        "note": TESTED_NOTE,
        "test": _test(report, worker, numbers),
        "work": [_work(row, numbers) for row in by_kind(worker.result.work)],
        "work_totals": _work_totals(worker.result),
        "pay": [_pay(row, line, numbers) for row, line in paid(worker)],
        "to_counted": _to_counted(worker.result, numbers),
        "beside": [
            table_page(table)
            for table in (
                *_beside(worker, numbers),
                *change_tables([one for one in report.changes if one.employment == worker.employment]),
            )
        ],
        "warnings": [f"{warned.detail} ({warned.code})" for warned in worker.result.warnings],
        "days": days_page(worker.days, numbers),
        "engines": [words.engine(row) for row in report.travel_engines if row.id in engines_named([worker])],
        "rules": [rule(text, numbers) for text in rules],
    }


def _beside(worker: TestedWorker, numbers: Mapping[str, str]) -> list[Table]:
    if worker.beside is None:
        return []
    return worker_tables(worker.beside, lambda rule_id: rule_numbers([rule_id], numbers))


def table_page(table: Table) -> Page:
    """A table as the template prints it."""
    return {
        "title": table.title,
        "headings": list(table.headings),
        "rows": [list(row) for row in listed(list(table.rows))],
        "numbers": list(table.numbers),
        "note": " ".join(filter(None, (table.note, unlisted(table.rows)))),
    }


def named(worker: TestedWorker) -> str:
    """The worker's name and employment reference, or the reference alone where names are hidden."""
    return f"{worker.name} ({worker.employment})" if worker.name else f"Employment {worker.employment}"


def verdict(result: WageResult) -> str:
    """The outcome in one or two sentences."""
    if not result.compliant:
        said = f"Paid {words.pounds(result.shortfall)} less than the minimum wage for this period."
    elif result.counted_minutes == 0:
        said = "No time counts in this period, so there is nothing to fall short of."
    else:
        said = "Paid at least the minimum wage for this period."
    if result.shortfall_with_unresolved > result.shortfall:
        said += (
            f" If all unexplained time counted, short by {words.pounds(result.shortfall_with_unresolved)}."
        )
    return said


def before_rounding(worker: TestedWorker) -> str | None:
    """The figures behind the shortfall, where the rounded ones do not give it when taken from each other."""
    result, exact = worker.result, worker.exact
    if exact is None or max(Decimal(), result.required.pay - result.nmw_pay) == result.shortfall:
        return None
    required, counts, missing = map(words.unrounded, (exact.required, exact.counts, exact.missing))
    return (
        f"Exactly {required} is required and {counts} counts; {missing} is missing. "
        "Figures are rounded to the penny only when printed."
    )


def engines_named(workers: Sequence[TestedWorker]) -> list[str]:
    """The ids of what the routing engines' estimates in workers' days rest on, each once."""
    days = [day for worker in workers for day in worker.days]
    named = {segment.engine for day in days for segment in day.segments}
    named |= {gap.engine for day in days for gap in day.gaps}
    return sorted(name for name in named if name is not None)


def paces_named(workers: Sequence[TestedWorker], paces: Sequence[TravelPace]) -> list[TravelPace]:
    """Those of `paces` that an estimate in workers' days went by."""
    used = {gap.pace for worker in workers for day in worker.days for gap in day.gaps}
    return [pace for pace in paces if pace.id in used]


def rules_of(report: WageReportSnapshot, worker: TestedWorker) -> list[RuleText]:
    """The report's rule texts that this worker's record uses, in the report's order."""
    result = worker.result
    used = {
        row.rule for rows in (result.work, result.pay, result.adjustments, result.standards) for row in rows
    }
    used |= {warned.rule for warned in result.warnings} | day_rules(worker.days)
    if result.accommodation_adjustment:
        used.add(ACCOMMODATION_RULE)
    if worker.beside is not None:
        pay, risks, standards = worker.beside.pay, worker.beside.mileage, worker.beside.standards
        used |= {row.rule for rows in (pay.lines, pay.unpaid, risks, standards) for row in rows}
        used |= {worker.beside.together.rule} if worker.beside.together else set()
    if not result.compliant:
        used.add(result.arrears.rule)
    used |= rules_of_changes(one for one in report.changes if one.employment == worker.employment)
    return [text for text in report.rules if text.id in used]


def _identity(report: WageReportSnapshot, worker: TestedWorker) -> list[list[str]]:
    status = (
        "Final" if report.status == "final" else "Provisional: pay of the next period may still add to it"
    )
    employed = employed_days(worker)
    return [
        ["Provider", f"{report.provider.name} ({report.provider.reference})"],
        ["Pay reference period", words.dates(report.period)],
        ["Pay cycle", pay_cycle(worker.pay_cycle)],
        ["Person", worker.person],
        *([["Employed in this period", employed]] if employed else []),
        ["Kind of work", kind_of_work(worker)],
        ["Status", status],
        ["Facts up to", words.moment(report.as_of)],
    ]


def employed_days(worker: TestedWorker) -> str | None:
    """The dates of the employment in the period, where it begins or ends inside; None where it covers the whole."""
    case = worker.case
    first, last = case.employment_started_on or case.period.start, case.employment_ended_on or case.period.end
    if first <= case.period.start and last >= case.period.end:
        return None
    dates = Dates(start=max(first, case.period.start), end=min(last, case.period.end))
    said = f"{words.dates(dates)}: time and pay are of these dates"
    return f"{said}, and the rate is that of the first" if case.employment_started_on else said


def kind_of_work(worker: TestedWorker) -> str:
    """By which hours the worker was tested."""
    salaried = worker.case.salaried
    if salaried is None:
        return "time work: the time recorded"
    since = worker.calculation_year_start
    year = f" from {words.short_day(since)}" if since else ""
    days = f"; of this period {salaried.employed_days} of 365 days" if salaried.employed_days else ""
    return (
        f"salaried hours: {words.number(salaried.basic_hours_per_year)} basic hours a year{year} in "
        f"{salaried.pay_periods_per_year} equal parts{days}. Recorded time is shown and counts only beyond those "
        "of the calculation year; absences on less pay come off where their hours are known"
    )


def pay_cycle(code: str) -> str:
    """A pay cycle in words: four_weekly:2026-11-02 becomes four weekly, from Mon 2 Nov 2026."""
    kind, _, anchor = code.partition(":")
    return f"{words.worded(kind)}, from {words.anchor(anchor)}" if anchor else words.worded(kind)


def _test(report: WageReportSnapshot, worker: TestedWorker, numbers: Mapping[str, str]) -> list[list[str]]:
    result, exactly = worker.result, before_rounding(worker)
    required, hourly = result.required, result.hourly_equivalent
    rows = [
        [
            "Time that counts",
            f"{words.hours(result.counted_minutes)} ({words.number(result.counted_minutes)} minutes)",
        ],
        ["Minimum rate", f"{words.pounds(required.hourly)} an hour, {words.worded(required.band)}"],
        ["The rate’s source", _source(report, required.statute)],
        ["Pay required", words.pounds(required.pay)],
        ["Pay that counts", words.pounds(result.nmw_pay)],
        ["Pay for each hour that counts", "no hours" if hourly is None else words.pounds(hourly)],
        ["Shortfall", words.pounds(result.shortfall)],
        *([["Before rounding", exactly]] if exactly else []),
        ["Shortfall if unexplained time counted", words.pounds(result.shortfall_with_unresolved)],
    ]
    return [*rows, *_arrears(result, numbers)]


def _arrears(result: WageResult, numbers: Mapping[str, str]) -> list[list[str]]:
    arrears = result.arrears
    if result.compliant:
        return [["Arrears due", "none"]]
    if arrears.due is None or arrears.rate_now is None:
        return [["Arrears due", "not known: no rate is known for the day the report was made"]]
    at_rates = f"rate then {words.pounds(arrears.rate_then)}, now {words.pounds(arrears.rate_now)}"
    return [
        ["Arrears due", f"{words.pounds(arrears.due)} ({at_rates}) [{rule_numbers([arrears.rule], numbers)}]"]
    ]


def _source(report: WageReportSnapshot, statute: str | None) -> str:
    entries = [entry for entry in report.statute if entry.id == statute]
    if statute is None or not entries:
        return statute or "given with the case"
    entry = entries[0]
    return f"{entry.instrument}, {entry.from_} to {entry.until}, {entry.href} ({entry.id})"


def by_kind(rows: Iterable[WorkRow]) -> list[WorkRow]:
    """Time added up by kind, rule and whether it counts."""
    sums: dict[tuple[Any, bool, str], Decimal] = {}
    for row in rows:
        key = (row.kind, row.counted, row.rule)
        sums[key] = sums.get(key, Decimal()) + row.minutes
    return [
        WorkRow(kind=kind, minutes=minutes, counted=counted, rule=text)
        for (kind, counted, text), minutes in sums.items()
    ]


def _work(row: WorkRow, numbers: Mapping[str, str]) -> list[str]:
    unresolved = row.kind == "unresolved"
    counts = "not settled" if unresolved else "yes" if row.counted else "no"
    return [
        words.worded(row.kind),
        words.hours(row.minutes),
        words.number(row.minutes),
        counts,
        rule_numbers([row.rule], numbers),
    ]


def _work_totals(result: WageResult) -> list[str]:
    return [
        f"Counted {words.hours(result.counted_minutes)}",
        f"not counted {words.hours(result.excluded_minutes)}",
        f"unexplained {words.hours(result.unresolved_minutes)}",
    ]


def paid(worker: TestedWorker) -> list[tuple[PayRow, PayLine | None]]:
    """Each answered payment beside the line it answers, where the two lists run alike."""
    rows, lines = worker.result.pay, worker.case.pay
    if [row.kind for row in rows] != [line.kind for line in lines]:
        return [(row, None) for row in rows]
    return list(zip(rows, lines, strict=True))


def _pay(row: PayRow, line: PayLine | None, numbers: Mapping[str, str]) -> list[str]:
    amounts = (row.amount, row.placed, row.premium, row.counted)
    return [
        words.worded(row.kind),
        basis(line) if line else "",
        *map(words.pounds, amounts),
        rule_numbers([row.rule], numbers),
    ]


def basis(line: PayLine) -> str:
    """How a payment came about: its time, units, rate, duties and dates."""
    minutes = (
        Decimal(line.seconds) / 60 if line.minutes is None and line.seconds is not None else line.minutes
    )
    said = [
        words.hours(minutes) if minutes is not None else None,
        f"{words.number(line.units)} units" if line.units is not None else None,
        f"at {words.pounds(line.rate)}" if line.rate is not None else None,
        f"for {words.worded(line.duties)}" if line.duties else None,
        f"paid {words.short_day(line.paid_on)}" if line.paid_on else None,
        f"earned {words.short_day(line.earned.start)} to {words.short_day(line.earned.end)}"
        if line.earned
        else None,
    ]
    return ", ".join(part for part in said if part)


def _to_counted(result: WageResult, numbers: Mapping[str, str]) -> list[list[str]]:
    return [
        [name, words.pounds(amount), rule_numbers([rule_id], numbers) if rule_id else ""]
        for name, amount, rule_id in steps_to_counted(result)
    ]


def steps_to_counted(result: WageResult) -> list[tuple[str, Decimal, str | None]]:
    """The way from what was paid to what counts: each step, its amount in pounds, the id of its rule if it has one."""
    left_out = sum((row.placed - row.counted - row.premium for row in result.pay), Decimal())
    steps: list[tuple[str, Decimal, str | None]] = [
        ("Paid in or for this period", result.total_remuneration, None),
        ("Less payments that do not count", -left_out, None),
        ("Less premium part of higher rates", -result.premium_excluded, None),
    ]
    steps += [(_adjusted(row), row.amount, row.rule) for row in result.adjustments]
    housed = result.accommodation_adjustment
    steps.append(("Living accommodation", housed, ACCOMMODATION_RULE if housed else None))
    return [*steps, ("Pay that counts", result.nmw_pay, None)]


def _adjusted(row: AdjustmentRow) -> str:
    return f"{words.worded(row.section).capitalize()}: {words.worded(row.kind)}"
