"""What stands beside a wage test and never in it: terms, mileage, standards, lines nobody has classified."""

from typing import Literal

from msgspec import Struct, field

from schemas.scalars import Day, Exact, Number


class ExactFigures(Struct, frozen=True, kw_only=True):
    """What is required, what counts and what is missing, in pounds before any rounding.

    Sums end after 22 decimals or recur; those that recur are cut there, half up.
    """

    required: Exact
    counts: Exact
    missing: Exact


class ExpectedLine(Struct, frozen=True, kw_only=True):
    """A line that the carer's own terms pay: pounds, minutes, and pounds an hour, a sleep-in or a mile."""

    kind: str
    work: str | None
    enhancement: str | None
    minutes: Number
    rate: Number
    amount: Number
    rule: str


class UnpaidLine(Struct, frozen=True, kw_only=True):
    """Time that the terms do not pay, and by which rule."""

    work: str
    minutes: Number
    rule: str


class SideBySide(Struct, frozen=True, kw_only=True):
    """Expected, paid and lawful pay, in pounds and without mileage and expenses.

    `expected` is what the terms pay for the days worked, null with a `reason` where no terms tell; `paid` what payroll
    paid in or for the period; `lawful` what the law requires. `expected_counts` and `paid_counts` are what of them the
    law counts.
    """

    paid: Number
    paid_counts: Number
    lawful: Number
    expected: Number | None = None
    expected_counts: Number | None = None
    expected_mileage: Number | None = None
    paid_less_expected: Number | None = None
    expected_counts_less_lawful: Number | None = None
    paid_counts_less_lawful: Number
    terms: list[str] = []
    lines: list[ExpectedLine] = []
    unpaid: list[UnpaidLine] = []
    reason: str | None = None


class MileageRisk(Struct, frozen=True, kw_only=True):
    """What unreimbursed travel could take from pay, if a mile costs the approved rate. Never part of the test.

    `miles_before` are those of the tax year before the period, null where nobody added them up: then the first rate is
    used. `risk` is null where the actual cost was entered, or no rate is approved; `reason` says which.
    """

    mode: str
    miles: Number
    miles_before: Number | None
    paid: Number
    paid_per_mile: Number | None
    approved: Number | None
    risk: Number | None
    statute: list[str]
    sources: list[str]
    reason: str | None = None
    rule: str = "mileage-risk"


class UnclassifiedLine(Struct, frozen=True, kw_only=True):
    """A line of the payroll that the mapping does not explain, and why."""

    element: str
    description: str | None
    amount: Number | None
    units: Number | None
    paid_on: Day
    reason: str


class PossibleDouble(Struct, frozen=True, kw_only=True):
    """Two lines, in two layouts, that may be one payment loaded twice. Both count. No template: loaded line by line.

    References are null where the report names nobody, for they may hold anybody's name.
    """

    section: str
    kind: str
    paid_on: Day
    reference: str | None
    template: str | None
    other_reference: str | None
    other_template: str | None


class Together(Struct, frozen=True, kw_only=True):
    """The test with all duties taken as the same, so that contact pay above a lower travel rate is a premium.

    Whether the law asks for that is open: both results are shown. See the rule.
    """

    nmw_pay: Number
    premium_excluded: Number
    shortfall: Number
    compliant: bool
    rule: str = "duties-together"


class StandardVerdict(Struct, frozen=True, kw_only=True):
    """A contractual standard: `met` is null with a `reason` where the payroll does not say enough.

    `met_together` is the verdict with all duties taken as the same, null where that cannot differ.
    """

    reference: str
    name: str
    required_by: str | None
    met: bool | None
    shortfall: Number | None
    met_together: bool | None = None
    shortfall_together: Number | None = None
    rule: str
    reason: str | None = None


class SalariedHours(Struct, frozen=True, kw_only=True):
    """Hours of salaried work against the basic hours of the calculation year, from what is recorded. Minutes.

    `since` null: nobody said when the year begins, and hours beyond the basic hours are not looked for. `before` and
    `here`: worked or treated as worked in the year, before the period and in it; `excess` is what of `here` is beyond
    the basic hours, and in the test. Of `unsaid_days` of leave of the year so far nobody said the hours or the pay:
    `shortfall_if_paid` and `shortfall_if_unpaid` are the test both ways, with the basic hours of those days of 365,
    null without any.
    """

    basic_hours: Number
    since: Day | None
    before: Number
    here: Number
    excess: Number
    unsaid_days: int
    shortfall_if_paid: Number | None = None
    shortfall_if_unpaid: Number | None = None
    rule: str = "nmw-2015-28"


class WorkerBeside(Struct, frozen=True, kw_only=True):
    """Beside one worker's test. `rates_unsaid`: hourly rates differ and no line says for which duties."""

    pay: SideBySide
    mileage: list[MileageRisk]
    unclassified: list[UnclassifiedLine]
    shortfall_if_counted: Number | None
    standards: list[StandardVerdict]
    together: Together | None = None
    rates_unsaid: bool = False
    doubled: list[PossibleDouble] = []
    salaried: SalariedHours | None = None


class MappedElement(Struct, frozen=True, kw_only=True):
    """A version of the mapping that lines of the report went by."""

    element: str
    from_: Day = field(name="from")
    version: int
    section: Literal["pay", "deduction", "expenditure", "payment_to_employer", "accommodation", "none"]
    kind: str
    duties: str | None
    note: str | None
    takes_back_overpayment: bool = False


class ReportBeside(Struct, frozen=True, kw_only=True):
    """Beside the whole report. Sums are of the workers tested; those of `expected` of the workers with terms alone."""

    expected: Number
    paid_of_expected: Number
    paid: Number
    lawful: Number
    without_terms: int
    mileage_risk: Number
    unclassified_lines: int
    unclassified_amount: Number
    duties_matter: int
    shortfall_together: Number
    standards_not_met: int
    rolled_up_holiday_pay: int
    mapping: list[MappedElement]
