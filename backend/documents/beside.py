"""What stands beside a wage test, as tables to print or to show: the same on paper, on a page and in a spreadsheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from backend.documents import words
from backend.domain.counted import counted
from schemas.beside import (
    MileageRisk,
    ReportBeside,
    SalariedHours,
    SideBySide,
    StandardVerdict,
    WorkerBeside,
)
from schemas.documents import TestedWorker

Numbered = Callable[[str], str]
NOT_HELD: Final = "not known"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading. `numbers` are the places of its columns of numbers; `note` says how to read it."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    note: str = ""


def worker_tables(beside: WorkerBeside, rule: Numbered) -> list[Table]:
    """The tables of one worker, those with nothing to say left out. `rule` turns a rule's id into what is printed."""
    tables = [
        _pay(beside.pay),
        _salaried(beside),
        _terms(beside.pay, rule),
        _standards(beside.standards, rule),
        _together(beside, rule),
        _mileage(beside.mileage, rule),
        _unclassified(beside),
        _doubled(beside),
    ]
    return [table for table in tables if table.rows or table.note]


def report_tables(beside: ReportBeside) -> list[Table]:
    """The tables of a whole report: its sums, and the mapping it went by."""
    return [table for table in (_sums(beside), mapping_table(beside)) if table.rows]


def _pay(pay: SideBySide) -> Table:
    rows = [
        ["Expected under the terms", _known(pay.expected), _known(pay.expected_counts)],
        ["Paid by payroll", words.pounds(pay.paid), words.pounds(pay.paid_counts)],
        ["Required by law", "", words.pounds(pay.lawful)],
        ["Paid less expected", _known(pay.paid_less_expected), ""],
        ["Expected less required", "", _known(pay.expected_counts_less_lawful)],
        ["Paid less required", "", words.pounds(pay.paid_counts_less_lawful)],
    ]
    said = [pay.reason] if pay.reason else [f"Terms: {', '.join(pay.terms)}."] if pay.terms else []
    if _rounded_apart(pay):
        said.append("Differences from pay required are of the figures before rounding.")
    return Table(
        "Expected, paid and lawful pay",
        ("Figure", "Pay", "What of it the law counts"),
        rows,
        (1, 2),
        " ".join([*said, "Mileage and expenses are not in these figures."]),
    )


def _rounded_apart(pay: SideBySide) -> bool:
    """Whether a difference from pay required is not that of the rounded figures."""
    differences = (
        (pay.paid_counts, pay.paid_counts_less_lawful),
        (pay.expected_counts, pay.expected_counts_less_lawful),
    )
    return any(counts is not None and counts - pay.lawful != less for counts, less in differences)


def _known(amount: Decimal | None) -> str:
    return NOT_HELD if amount is None else words.pounds(amount)


def _terms(pay: SideBySide, rule: Numbered) -> Table:
    paid = [
        [
            ", ".join(words.worded(part) for part in (line.work or line.kind, line.enhancement) if part),
            words.hours(line.minutes),
            words.pounds(line.rate),
            words.pounds(line.amount),
            rule(line.rule),
        ]
        for line in pay.lines
    ]
    nothing = words.pounds(Decimal(0))
    unpaid = [
        [f"{words.worded(line.work)}, not paid", words.hours(line.minutes), "", nothing, rule(line.rule)]
        for line in pay.unpaid
    ]
    headings = ("What the terms pay", "Time", "Rate", "Amount", "Rule")
    return Table("Expected pay, line by line", headings, [*paid, *unpaid], (1, 2, 3))


def _standards(verdicts: Sequence[StandardVerdict], rule: Numbered) -> Table:
    rows = [
        [
            row.name,
            row.required_by or "the provider itself",
            _met(row.met, row.reason),
            _known(row.shortfall),
            "" if row.met_together is None else f"{_met(row.met_together)}, {_known(row.shortfall_together)}",
            rule(row.rule),
        ]
        for row in verdicts
    ]
    headings = ("Standard", "Required by", "Result", "Short by", "All duties as one", "Rule")
    return Table("Contractual standards", headings, rows, (3,))


def _met(met: bool | None, reason: str | None = None) -> str:
    return f"cannot tell: {reason}" if met is None else "met" if met else "not met"


def _together(beside: WorkerBeside, rule: Numbered) -> Table:
    other = beside.together
    title = "The open question of duties"
    if other is None:
        note = (
            "Hourly rates differ and no line says for which duties: all of them are taken as the same work."
        )
        return Table(title, (), (), (), note if beside.rates_unsaid else "")
    row = [
        words.pounds(other.nmw_pay),
        words.pounds(other.premium_excluded),
        words.pounds(other.shortfall),
        rule(other.rule),
    ]
    headings = ("Pay that would count", "Premium left out", "Short by", "Rule")
    note = "If all duties were the same work, so that contact pay above a lower travel rate is a premium:"
    return Table(title, headings, [row], (0, 1, 2), note)


def _mileage(risks: Sequence[MileageRisk], rule: Numbered) -> Table:
    rows = [
        [
            words.worded(row.mode),
            words.number(row.miles),
            "not added up" if row.miles_before is None else words.number(row.miles_before),
            words.pounds(row.paid),
            _known(row.approved),
            row.reason or _known(row.risk),
            rule(row.rule),
        ]
        for row in risks
    ]
    headings = (
        "By",
        "Miles",
        "Earlier in the tax year",
        "Mileage paid",
        "At the approved rate",
        "Risk",
        "Rule",
    )
    sources = sorted({words.worded(source) for row in risks for source in row.sources})
    note = f"A risk, and no part of the test. Distances: {', '.join(sources)}." if rows else ""
    return Table("Unreimbursed mileage", headings, rows, (1, 2, 3, 4), note)


def _unclassified(beside: WorkerBeside) -> Table:
    rows = [
        [
            line.element,
            line.description or "",
            _known(line.amount),
            "" if line.units is None else words.number(line.units),
            words.short_day(line.paid_on),
            line.reason,
        ]
        for line in beside.unclassified
    ]
    note = ""
    if beside.shortfall_if_counted is not None:
        short = words.pounds(beside.shortfall_if_counted)
        note = f"Not in the test. If all of it were pay that counts: short by {short}."
    headings = ("Element", "Description", "Amount", "Units", "Paid", "Why")
    return Table("Payroll lines not classified", headings, rows, (2, 3), note)


def _doubled(beside: WorkerBeside) -> Table:
    rows = [
        [
            words.worded(pair.kind),
            words.short_day(pair.paid_on),
            _loaded(pair.reference, pair.template),
            _loaded(pair.other_reference, pair.other_template),
        ]
        for pair in beside.doubled
    ]
    note = "Both count in the test until one is superseded by a line of nothing." if rows else ""
    return Table("Payments perhaps loaded twice", ("Kind", "Paid", "Line", "And line"), rows, (), note)


def _loaded(reference: str | None, template: str | None) -> str:
    """A line by its reference, and how it was loaded."""
    how = "loaded line by line" if template is None else f"by the template {template}"
    return how if reference is None else f"{reference} ({how})"


def _salaried(beside: WorkerBeside) -> Table:
    """Hours against the basic hours of the calculation year, and what nobody has said of leave, both ways."""
    year = beside.salaried
    if year is None:
        return Table("", (), (), ())
    headings = ("Hours of the calculation year", "Value")
    unknown = (
        "Nobody has said when the calculation year begins: hours beyond the basic hours are not looked for. "
    )
    if year.since is None:
        return Table("Salaried hours", headings, _of_leave(year), (1,), unknown + _HOW_TOLD)
    rows = [
        ["Basic hours of the year", words.number(year.basic_hours)],
        [f"Worked or treated as worked from {words.short_day(year.since)}", words.hours(year.before)],
        ["The same in this period", words.hours(year.here)],
        ["Beyond the basic hours, in the test", words.hours(year.excess)],
        *_of_leave(year),
    ]
    return Table("Salaried hours", headings, rows, (1,), _HOW_TOLD)


_HOW_TOLD: Final = (
    "From recorded work, and from leave whose hours were loaded. Work that nobody recorded is not in it."
)


def _of_leave(year: SalariedHours) -> list[list[str]]:
    if year.shortfall_if_paid is None or year.shortfall_if_unpaid is None:
        return []
    days = counted(year.unsaid_days, "day")
    return [
        [
            f"Open: {days} of leave without hours in the year so far. Short, if paid in full",
            words.pounds(year.shortfall_if_paid),
        ],
        ["Short, if nothing was paid", words.pounds(year.shortfall_if_unpaid)],
    ]


def _sums(beside: ReportBeside) -> Table:
    rows = [
        ["Expected under the terms held", words.pounds(beside.expected)],
        ["Paid to the same workers", words.pounds(beside.paid_of_expected)],
        ["Paid to all workers tested", words.pounds(beside.paid)],
        ["Required by law", words.pounds(beside.lawful)],
        ["Workers without terms of pay", str(beside.without_terms)],
        ["Mileage at risk", words.pounds(beside.mileage_risk)],
        [
            "Payroll lines not classified",
            f"{beside.unclassified_lines}, {words.pounds(beside.unclassified_amount)}",
        ],
        ["Workers for whom the open question of duties matters", str(beside.duties_matter)],
        ["Shortfall with all duties as one", words.pounds(beside.shortfall_together)],
        ["Contractual standards not met", str(beside.standards_not_met)],
        ["Workers with rolled-up holiday pay", str(beside.rolled_up_holiday_pay)],
    ]
    return Table("Beside the test", ("Figure", "Value"), rows, (1,), "None of these is part of a verdict.")


def mapping_table(beside: ReportBeside) -> Table:
    """What each pay element of the payroll was taken for."""
    rows = [
        [
            row.element,
            words.worded(row.section),
            f"{words.worded(row.kind)}{'; below zero, an overpayment taken back' * row.takes_back_overpayment}",
            words.worded(row.duties) if row.duties else "",
            f"{words.short_day(row.from_)}, version {row.version}",
            row.note or "",
        ]
        for row in beside.mapping
    ]
    headings = ("Pay element", "Section", "Taken as", "Duties", "From", "Note")
    return Table("What the payroll’s elements were taken for", headings, rows, ())


Sheets = Sequence[tuple[str, Sequence[str], Sequence[Sequence[str | int | bool | Decimal | None]]]]


def sheets(beside: ReportBeside | None, workers: Sequence[TestedWorker]) -> Sheets:
    """The same for a spreadsheet, numbers as numbers."""
    known = [(worker.employment, worker.beside) for worker in workers if worker.beside is not None]
    if beside is None:
        return []
    pay = [
        (name, each.pay.expected, each.pay.paid, each.pay.lawful, each.pay.expected_counts, each.pay.paid_counts,
         each.pay.paid_less_expected, each.pay.expected_counts_less_lawful, each.pay.paid_counts_less_lawful,
         each.together.shortfall if each.together else None, each.shortfall_if_counted, each.pay.reason)
        for name, each in known
    ]  # fmt: skip
    mileage = [
        (name, row.mode, row.miles, row.miles_before, row.paid, row.approved, row.risk, row.reason, row.rule)
        for name, each in known
        for row in each.mileage
    ]
    unread = [
        (name, row.element, row.description, row.amount, row.units, row.paid_on.isoformat(), row.reason)
        for name, each in known
        for row in each.unclassified
    ]
    doubled = [
        (name, pair.section, pair.kind, pair.paid_on.isoformat(), _loaded(pair.reference, pair.template),
         _loaded(pair.other_reference, pair.other_template))
        for name, each in known
        for pair in each.doubled
    ]  # fmt: skip
    standards = [
        (
            name,
            row.name,
            row.required_by,
            row.met,
            row.shortfall,
            row.met_together,
            row.shortfall_together,
            row.rule,
        )
        for name, each in known
        for row in each.standards
    ]
    return [
        ("Side by side", _SIDE_BY_SIDE, pay),
        ("Mileage risk", _MILEAGE, mileage),
        ("Standards", _STANDARDS, standards),
        ("Not classified", _UNREAD, unread),
        ("Perhaps twice", _DOUBLED, doubled),
        (
            "Salaried hours",
            _SALARIED,
            [_salaried_row(name, each.salaried) for name, each in known if each.salaried],
        ),
        ("Pay elements", mapping_table(beside).headings, mapping_table(beside).rows),
    ]


def _salaried_row(name: str, year: SalariedHours) -> tuple[str | int | Decimal | None, ...]:
    since = None if year.since is None else year.since.isoformat()
    return (
        *(name, year.basic_hours, since, year.before, year.here, year.excess, year.unsaid_days),
        *(year.shortfall_if_paid, year.shortfall_if_unpaid, year.rule),
    )


_SALARIED: Final = (
    "employment", "basic hours", "since", "before, minutes", "here, minutes", "beyond, minutes",
    "days of leave not said", "short if paid £", "short if unpaid £", "rule",
)  # fmt: skip
_SIDE_BY_SIDE: Final = (
    "employment", "expected £", "paid £", "required £", "expected, counts £", "paid, counts £", "paid less expected £",
    "expected less required £", "paid less required £", "short with all duties as one £",
    "short if unclassified counted £", "why no terms",
)  # fmt: skip
_MILEAGE: Final = (
    "employment", "by", "miles", "miles earlier in the tax year", "mileage paid £", "at approved rate £", "risk £",
    "why none", "rule",
)  # fmt: skip
_STANDARDS: Final = (
    "employment", "standard", "required by", "met", "short £", "met, all duties as one", "short, all duties as one £",
    "rule",
)  # fmt: skip
_UNREAD: Final = ("employment", "element", "description", "amount £", "units", "paid", "why")
_DOUBLED: Final = ("employment", "section", "kind", "paid", "line", "and line")
