"""The minimum wage test on the wire: what one worker did and was paid in one pay reference period."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from msgspec import Meta, Struct

from schemas.month import begins_late, last_day_of_month_from
from schemas.salaried import Salaried
from schemas.scalars import Day, Minutes, Money, Number, PositiveMoney, Quantity, Text
from schemas.strict import Fault
from schemas.wage_kinds import (
    AMOUNT_ONLY,
    DeductionKind,
    ExpenditureKind,
    PayKind,
    PaymentToEmployerKind,
    WorkKind,
    WorkType,
)

HIGHEST_RATE: Final = Decimal(10_000)
HIGHEST_AMOUNT: Final = Decimal(10_000_000)
LOWEST_GIVEN_RATE: Final = Decimal("0.01")
MOST_LINES: Final = 2_000
MOST_PERIODS_EARNED_IN: Final = 400
Seconds = Annotated[int, Meta(ge=0, le=600_000_000)]
Days = Annotated[int, Meta(ge=0, le=31)]
LateDay = Annotated[int, Meta(ge=29, le=31)]


def time_faults(valid: Mapping[str, Any], required: bool) -> Iterable[Fault]:
    """Faults of a line that gives `minutes`, or `seconds` in their place."""
    if "minutes" not in valid or "seconds" not in valid:
        return
    given = [name for name in ("minutes", "seconds") if valid[name] is not None]
    if len(given) == 2:
        yield Fault("/seconds", "stands beside minutes: give one of them")
    if required and not given:
        yield Fault("/minutes", "is required, or seconds in its place")


def ceiling_faults(valid: Mapping[str, Any], ceiling: Decimal, *names: str) -> Iterable[Fault]:
    """Faults of the named money fields that are above `ceiling` pounds."""
    for name in names:
        value = valid.get(name)
        if value is not None and value > ceiling:
            yield Fault(f"/{name}", f"is more than {ceiling:,} pounds")


class Span(Struct, frozen=True, kw_only=True):
    """First and last day of the time a payment was earned in, both included."""

    start: Day
    end: Day

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        start, end = valid.get("start"), valid.get("end")
        if start is None or end is None:
            return
        if end < start:
            yield Fault("/end", "ends before it starts")


class Period(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pay reference period: first and last day, at most one month (reg 6).

    `monthly_from` is the day of the month that the months of a pay cycle begin on, where this one begins on the 1st
    because the month before has no such day: its dates alone do not tell.
    """

    start: Day
    end: Day
    monthly_from: LateDay | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        start, end = valid.get("start"), valid.get("end")
        if start is None or end is None:
            return
        if end < start:
            yield Fault("/end", "ends before it starts")
        elif end > (latest := last_day_of_month_from(start)):
            yield Fault("", f"is longer than a month: from {start} it may end on {latest} at the latest")
        elif (day := valid.get("monthly_from")) is not None and not begins_late(start, end, day):
            detail = f"goes with a period from the 1st, after a month that has no day {day}, to day {day - 1}"
            yield Fault("/monthly_from", detail)


class Apprenticeship(Struct, frozen=True, kw_only=True):
    """First and last day as an apprentice; no `ended` while it runs."""

    started: Day
    ended: Day | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        started, ended = valid.get("started"), valid.get("ended")
        if started is not None and ended is not None and ended < started:
            yield Fault("/ended", "ends before it starts")


class Worker(Struct, frozen=True, kw_only=True):
    date_of_birth: Day | None = None
    apprenticeship: Apprenticeship | None = None


class WorkLine(Struct, frozen=True, kw_only=True):
    """Time of one kind in the period."""

    kind: WorkKind
    minutes: Minutes | None = None
    seconds: Seconds | None = None
    duties: Text | None = None
    pay: Literal["full", "reduced", "none"] | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        yield from time_faults(valid, required=True)
        if valid.get("pay") is not None and valid.get("kind", "absence") != "absence":
            yield Fault("/pay", "belongs to absence alone")


class PayLine(Struct, frozen=True, kw_only=True):
    """One payment. Which of amount, minutes, rate and units it takes depends on its kind."""

    kind: PayKind
    amount: Money | None = None
    minutes: Minutes | None = None
    seconds: Seconds | None = None
    rate: PositiveMoney | None = None
    units: Quantity | None = None
    normal_rate: PositiveMoney | None = None
    duties: Text | None = None
    consolidated: bool | None = None
    absence_taken: bool | None = None
    paid_on: Day | None = None
    earned: Span | None = None
    record_submitted_on: Day | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        yield from time_faults(valid, required=False)
        yield from ceiling_faults(valid, HIGHEST_RATE, "rate", "normal_rate")
        yield from ceiling_faults(valid, HIGHEST_AMOUNT, "amount")
        if valid.get("units") is not None and valid["units"] < 0:
            yield Fault("/units", "must not be negative")
        if "kind" in valid:
            yield from _form_faults(valid["kind"], valid)
            yield from _field_faults(valid["kind"], valid)
        yield from _record_faults(valid)


def _given(valid: Mapping[str, Any], name: str) -> bool:
    """Whether the sender gave a value, right or wrong: a faulty one is named already and is not missing."""
    return name not in valid or valid[name] is not None


def _form_faults(kind: str, valid: Mapping[str, Any]) -> Iterable[Fault]:
    if kind == "hourly":
        yield from _hourly_faults(valid)
    elif kind == "piece":
        yield from _product_faults(valid, "units")
    elif kind in AMOUNT_ONLY or _given(valid, "amount"):
        yield from _amount_faults(kind, valid)
    elif _given(valid, "units"):
        yield from _product_faults(valid, "units")
    elif _given(valid, "minutes") or _given(valid, "seconds"):
        yield from _product_faults(valid, "minutes")
    else:
        yield Fault("/amount", "is required, or minutes and a rate, or units and a rate")


def _amount_faults(kind: str, valid: Mapping[str, Any]) -> Iterable[Fault]:
    if not _given(valid, "amount"):
        yield Fault("/amount", f"is required for {kind}")
    # Sick pay of £52.20 may say for how long; the hours of a salary are in the work lines and nowhere else.
    time = ("minutes", "seconds") if kind in AMOUNT_ONLY else ()
    yield from _unwanted(valid, f"does not go with the amount of {kind}", *time, "rate", "units")


def _hourly_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    yield from _unwanted(valid, "belongs to piece work", "units")
    if not (_given(valid, "minutes") or _given(valid, "seconds")):
        yield Fault("/minutes", "is required for hourly, or seconds in its place")
    if _given(valid, "rate") and _given(valid, "amount"):
        yield Fault("/amount", "stands beside a rate: give the rate, or the amount, with the minutes")
    elif _given(valid, "amount"):
        yield from _implied_rate_faults(valid)
    elif not _given(valid, "rate"):
        yield Fault("/rate", "is required for hourly, or an amount in its place")
    else:
        yield from _worth_faults(valid, "minutes")


def _implied_rate_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    if valid.get("amount") == 0:
        yield Fault("/amount", "makes the rate zero: leave unpaid time out, it has no line")
    for name in ("minutes", "seconds"):
        if valid.get(name) == 0:
            yield Fault(f"/{name}", "must be more than zero: the amount divided by it is the rate")


def _product_faults(valid: Mapping[str, Any], quantity: str) -> Iterable[Fault]:
    other = ("minutes", "seconds") if quantity == "units" else ("units",)
    yield from _unwanted(valid, f"does not go with {quantity} and a rate", "amount", *other)
    for name in (quantity, "rate"):
        if not _given(valid, name) and not (name == "minutes" and _given(valid, "seconds")):
            yield Fault(f"/{name}", "is required here")
    yield from _worth_faults(valid, quantity)


def _worth_faults(valid: Mapping[str, Any], quantity: str) -> Iterable[Fault]:
    rate, many = valid.get("rate"), valid.get(quantity)
    if many is None and quantity == "minutes" and valid.get("seconds") is not None:
        many = Decimal(valid["seconds"]) / 60
    if rate is None or many is None:
        return
    if many * rate / (60 if quantity == "minutes" else 1) > HIGHEST_AMOUNT:
        yield Fault(f"/{quantity}", f"comes to more than {HIGHEST_AMOUNT:,} pounds at that rate")


def _unwanted(valid: Mapping[str, Any], detail: str, *names: str) -> Iterable[Fault]:
    return [Fault(f"/{name}", detail) for name in names if valid.get(name) is not None]


def _field_faults(kind: str, valid: Mapping[str, Any]) -> Iterable[Fault]:
    owners = {"normal_rate": "piece", "consolidated": "allowance", "absence_taken": "holiday_pay"}
    for name, owner in owners.items():
        if valid.get(name) is not None and kind != owner:
            yield Fault(f"/{name}", f"belongs to {owner} alone")


def _record_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    if valid.get("record_submitted_on") is not None and not _given(valid, "earned"):
        yield Fault("/record_submitted_on", "needs earned: say which days the record is of")


class ContractRate(Struct, frozen=True, kw_only=True):
    """A rate the contract allows for these duties, whether or not it was paid in the period."""

    rate: PositiveMoney
    duties: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        return ceiling_faults(valid, HIGHEST_RATE, "rate")


class Deduction(Struct, frozen=True, kw_only=True):
    kind: DeductionKind
    amount: Money

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        return ceiling_faults(valid, HIGHEST_AMOUNT, "amount")


class Expenditure(Struct, frozen=True, kw_only=True):
    """What the worker spent on the job, and what the employer gave back."""

    kind: ExpenditureKind
    amount: Money
    reimbursed: Money = Decimal(0)

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        return ceiling_faults(valid, HIGHEST_AMOUNT, "amount", "reimbursed")


class PaymentToEmployer(Struct, frozen=True, kw_only=True):
    kind: PaymentToEmployerKind
    amount: Money

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        return ceiling_faults(valid, HIGHEST_AMOUNT, "amount")


class Accommodation(Struct, frozen=True, kw_only=True):
    """Living accommodation: full days in the period and what was charged, in one of three ways."""

    days: Days
    charge: Money | None = None
    charge_per_day: Money | None = None
    charge_per_month: Money | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        names = ("charge", "charge_per_day", "charge_per_month")
        yield from ceiling_faults(valid, HIGHEST_RATE, *names)
        given = [name for name in names if _given(valid, name)]
        if not given:
            yield Fault("/charge", "is required, or charge_per_day or charge_per_month; 0 if it was free")
        for name in given[1:]:
            yield Fault(f"/{name}", f"stands beside {given[0]}: give one of them")


class Rates(Struct, frozen=True, kw_only=True):
    """Rates to use in place of the statutory table."""

    hourly: PositiveMoney | None = None
    accommodation_offset_per_day: Money | None = None
    hourly_now: PositiveMoney | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        yield from ceiling_faults(valid, HIGHEST_RATE, "hourly", "accommodation_offset_per_day", "hourly_now")
        for name in ("hourly", "hourly_now"):
            if valid.get(name) is not None and valid[name] < LOWEST_GIVEN_RATE:
                yield Fault(f"/{name}", "is less than a penny an hour")


class Standard(Struct, frozen=True, kw_only=True):
    """A contractual rate that the pay must reach for every hour of the listed kinds."""

    name: Text
    hourly: PositiveMoney
    kinds: Annotated[list[WorkKind], Meta(min_length=1, max_length=len(get_args(WorkKind)))]

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        return ceiling_faults(valid, HIGHEST_RATE, "hourly")


class WageCase(Struct, frozen=True, kw_only=True):
    """One worker and one pay reference period: the input of the minimum wage test.

    `employment_started_on` inside the period is the first day of the worker's first pay reference period, whose rate
    applies (HMRC NMWM09020); `period` stays the whole one, which others repeat.
    """

    period: Period
    work: Annotated[list[WorkLine], Meta(max_length=MOST_LINES)]
    pay: Annotated[list[PayLine], Meta(max_length=MOST_LINES)]
    worker: Worker | None = None
    work_type: WorkType = "time"
    salaried: Salaried | None = None
    contract_rates: Annotated[list[ContractRate], Meta(max_length=MOST_LINES)] = []
    deductions: Annotated[list[Deduction], Meta(max_length=MOST_LINES)] = []
    expenditure: Annotated[list[Expenditure], Meta(max_length=MOST_LINES)] = []
    payments_to_employer: Annotated[list[PaymentToEmployer], Meta(max_length=MOST_LINES)] = []
    accommodation: Accommodation | None = None
    rates: Rates | None = None
    standards: Annotated[list[Standard], Meta(max_length=100)] = []
    bank_holidays: Annotated[list[Day], Meta(max_length=MOST_LINES)] = []
    employment_started_on: Day | None = None
    employment_ended_on: Day | None = None
    as_of: Day | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        yield from _worker_faults(valid)
        yield from _salaried_faults(valid)
        yield from _earned_faults(valid)
        yield from _employment_faults(valid)
        accommodation, period = valid.get("accommodation"), valid.get("period")
        if accommodation and period and accommodation.days > _days_in(period):
            yield Fault("/accommodation/days", f"is more than the {_days_in(period)} days of the period")


def _employment_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    started, ended = (valid.get(f"employment_{name}_on") for name in ("started", "ended"))
    period: Period | None = valid.get("period")
    if started is not None and ended is not None and ended < started:
        yield Fault("/employment_ended_on", "lies before employment_started_on")
    if started is not None and period is not None and started > period.end:
        yield Fault("/employment_started_on", "lies after the period")
    salaried: Salaried | None = valid.get("salaried")
    days = salaried.employed_days if salaried else None
    if days is not None and period is not None and days > _days_in(period):
        yield Fault("/salaried/employed_days", f"is more than the {_days_in(period)} days of the period")


def _days_in(period: Period) -> int:
    return (period.end - period.start).days + 1


def _worker_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    if "worker" not in valid or "rates" not in valid:
        return
    worker, period = valid["worker"], valid.get("period")
    born = worker.date_of_birth if worker else None
    if born is None and (valid["rates"] is None or valid["rates"].hourly is None):
        yield Fault(
            "/worker/date_of_birth", "is required: the rate goes by age, unless rates.hourly is given"
        )
    if born is not None and period is not None and born > period.start:
        yield Fault("/worker/date_of_birth", "lies after the first day of the period")


def _salaried_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    if "work_type" not in valid:
        return
    salaried = valid["work_type"] == "salaried"
    if salaried and "salaried" in valid and valid["salaried"] is None:
        yield Fault("/salaried", "is required when work_type is salaried")
    if not salaried and valid.get("salaried") is not None:
        yield Fault("/salaried", "belongs to work_type salaried alone")
    lines: Sequence[Any] = valid.get("work", [])
    for index, line in enumerate(lines):
        if not salaried and isinstance(line, WorkLine) and line.kind == "excess":
            yield Fault(f"/work/{index}/kind", "excess belongs to work_type salaried alone")


def _earned_faults(valid: Mapping[str, Any]) -> Iterable[Fault]:
    period: Period | None = valid.get("period")
    if period is None:
        return
    longest = MOST_PERIODS_EARNED_IN * _days_in(period)
    for index, line in enumerate(valid.get("pay", [])):
        if (
            isinstance(line, PayLine)
            and line.earned
            and (line.earned.end - line.earned.start).days >= longest
        ):
            yield Fault(
                f"/pay/{index}/earned", f"touches more than {MOST_PERIODS_EARNED_IN} pay reference periods"
            )


class WorkRow(Struct, frozen=True, kw_only=True):
    kind: WorkKind
    minutes: Number
    counted: bool
    rule: str


class PayRow(Struct, frozen=True, kw_only=True):
    """A payment in full, the part placed in this period, and what of that counts. `premium` is left out."""

    kind: PayKind
    amount: Number
    placed: Number
    counted: Number
    premium: Number
    rule: str


class AdjustmentRow(Struct, frozen=True, kw_only=True):
    section: Literal["deduction", "expenditure", "payment_to_employer"]
    kind: str
    amount: Number
    rule: str


class Required(Struct, frozen=True, kw_only=True):
    band: str
    hourly: Number
    pay: Number
    statute: str | None


class Arrears(Struct, frozen=True, kw_only=True):
    underpayment: Number
    rate_then: Number
    rate_now: Number | None
    due: Number | None
    rule: str


class StandardRow(Struct, frozen=True, kw_only=True):
    name: str
    met: bool
    shortfall: Number
    rule: str


class Warned(Struct, frozen=True, kw_only=True):
    code: str
    detail: str
    rule: str


class WageResult(Struct, frozen=True, kw_only=True):
    """The answer. Money in pounds with two decimals; minutes with at most two."""

    counted_minutes: Number
    excluded_minutes: Number
    unresolved_minutes: Number
    work: list[WorkRow]
    total_remuneration: Number
    pay: list[PayRow]
    premium_excluded: Number
    adjustments: list[AdjustmentRow]
    accommodation_adjustment: Number
    nmw_pay: Number
    hourly_equivalent: Number | None
    required: Required
    compliant: bool
    shortfall: Number
    shortfall_with_unresolved: Number
    arrears: Arrears
    standards: list[StandardRow]
    warnings: list[Warned]
