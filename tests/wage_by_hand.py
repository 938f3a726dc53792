"""The minimum wage test worked out slowly, one case at a time, in exact fractions and plain loops.

It is written from the published rules without the columns, so that the two can be compared on any case.
"""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

ONE_DAY = timedelta(days=1)
HERE = 450
COUNTED = {
    "contact",
    "travel",
    "waiting",
    "training",
    "supervision",
    "meeting",
    "handover",
    "awake",
    "other_work",
}
REDUCING = {"uniform", "tools", "meals", "admin_fee", "deposit", "voluntary_purchase", "other_employer"}
SPENT = {"uniform", "tools", "business_travel", "phone", "training", "required_equipment"}


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    """Exact values of a case with `rates.hourly` and `rates.hourly_now`; money in pounds, time in hours."""
    hours, unresolved = hours_of(case)
    total, counted, premium = pay_of(case)
    nmw_pay = counted + reductions_of(case) + accommodation_of(case)
    then, now = (Fraction(case["rates"][name]) for name in ("hourly", "hourly_now"))
    shortfall = max(Fraction(0), then * hours - nmw_pay)
    return {
        "total_remuneration": total,
        "premium_excluded": premium,
        "nmw_pay": nmw_pay,
        "required": then * hours,
        "compliant": nmw_pay >= then * hours,
        "shortfall": shortfall,
        "shortfall_with_unresolved": max(Fraction(0), then * (hours + unresolved) - nmw_pay),
        "due": max(shortfall, shortfall * now / then),
        "hourly_equivalent": nmw_pay / hours if hours else None,
        "accommodation_adjustment": accommodation_of(case),
    }


def time_of(line: dict[str, Any]) -> Fraction:
    return Fraction(line["seconds"], 3600) if "seconds" in line else Fraction(line["minutes"]) / 60


def hours_of(case: dict[str, Any]) -> tuple[Fraction, Fraction]:
    unresolved = sum((time_of(line) for line in case["work"] if line["kind"] == "unresolved"), Fraction(0))
    if case.get("work_type") != "salaried":
        counted = (time_of(line) for line in case["work"] if line["kind"] in COUNTED)
        return sum(counted, Fraction(0)), unresolved
    terms = case["salaried"]
    hours = Fraction(terms["basic_hours_per_year"]) / terms["pay_periods_per_year"]
    if "employed_days" in terms:
        hours = Fraction(terms["basic_hours_per_year"]) * terms["employed_days"] / 365
    for line in case["work"]:
        if line["kind"] == "excess":
            hours += time_of(line)
        if line["kind"] == "absence" and line.get("pay") in ("reduced", "none"):
            hours -= time_of(line)
    return max(hours, Fraction(0)), unresolved


def starts_of(case: dict[str, Any]) -> list[date]:
    """First days of the periods round the one under test, which stands at HERE."""
    start, end = (date.fromisoformat(case["period"][name]) for name in ("start", "end"))
    return periods_round(start, end)


@cache
def periods_round(start: date, end: date) -> list[date]:
    numbers = range(-HERE, HERE + 1)
    if month_start(start, 1) == end + ONE_DAY:
        return [month_start(start, number) for number in numbers]
    return [start + number * (end + ONE_DAY - start) for number in numbers]


def month_start(start: date, number: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    length = monthrange(year, month + 1)[1]
    if start.day <= length:
        return date(year, month + 1, start.day)
    return date(year, month + 1, length) + ONE_DAY


def number_of(day: date, starts: list[date]) -> int:
    return max(index for index, start in enumerate(starts) if start <= day) - HERE


def last_days_for_records(case: dict[str, Any], starts: list[date], share: int) -> date:
    """The fourth working day before the end of the period after `share`, the last working day being the first."""
    holidays = {date.fromisoformat(day) for day in case.get("bank_holidays", [])}
    day, left = starts[HERE + share + 2], 4
    while left:
        day -= ONE_DAY
        left -= day.weekday() < 5 and day not in holidays
    return day


def fraction_here(case: dict[str, Any], line: dict[str, Any]) -> Fraction:
    starts = starts_of(case)
    dates = {
        name: date.fromisoformat(line[name]) for name in ("paid_on", "record_submitted_on") if name in line
    }
    paid = number_of(dates["paid_on"], starts) if "paid_on" in dates else None
    left = case.get("employment_ended_on")
    if left and "paid_on" in dates:
        first = date.fromisoformat(left) + ONE_DAY
        if first <= dates["paid_on"] < month_start(first, 1):
            return Fraction(number_of(date.fromisoformat(left), starts) == 0)
    if "earned" not in line:
        return Fraction(paid in (None, 0))
    ends = [number_of(date.fromisoformat(line["earned"][name]), starts) for name in ("start", "end")]
    shares = range(ends[0], ends[1] + 1)
    return Fraction(sum(place(case, share, paid, dates, starts) == 0 for share in shares), len(shares))


def place(
    case: dict[str, Any], share: int, paid: int | None, dates: dict[str, date], starts: list[date]
) -> int:
    if paid is None or paid in (share, share + 1):
        return share
    handed_in = dates.get("record_submitted_on")
    if handed_in and handed_in >= last_days_for_records(case, starts, share):
        number = number_of(handed_in, starts)
        if paid in (number, number + 1):
            return share
    return paid


def pay_of(case: dict[str, Any]) -> tuple[Fraction, Fraction, Fraction]:
    here = [(line, fraction_here(case, line)) for line in case["pay"]]
    lowest: dict[Any, Fraction] = {}
    rates = [(line.get("duties"), rate_of(line)) for line, part in here if line["kind"] == "hourly" and part]
    rates += [(line.get("duties"), Fraction(line["rate"])) for line in case.get("contract_rates", [])]
    for duties, rate in rates:
        lowest[duties] = min(rate, lowest.get(duties, rate))
    total = counted = premium = Fraction(0)
    for line, part in here:
        worth, low = worth_of(line), worth_of(line)
        if line["kind"] == "hourly" and part and case.get("work_type") != "salaried":
            low = min(worth, lowest[line.get("duties")] * time_of(line))
        if line["kind"] == "piece":
            low = Fraction(line["units"]) * min(Fraction(line["rate"]), Fraction(line["normal_rate"]))
        total += worth * part
        if line["kind"] in ("hourly", "salary", "piece", "bonus"):
            counted += low * part
            premium += (worth - low) * part
    return total, counted, premium


def rate_of(line: dict[str, Any]) -> Fraction:
    return Fraction(line["rate"]) if "rate" in line else Fraction(line["amount"]) / time_of(line)


def worth_of(line: dict[str, Any]) -> Fraction:
    if "amount" in line:
        return Fraction(line["amount"])
    quantity = Fraction(line["units"]) if "units" in line else time_of(line)
    return quantity * Fraction(line["rate"])


def reductions_of(case: dict[str, Any]) -> Fraction:
    change = Fraction(0)
    for line in case.get("deductions", []):
        change -= Fraction(line["amount"]) * (line["kind"] in REDUCING)
        change += Fraction(line["amount"]) * (line["kind"] == "deposit_refund")
    for line in case.get("expenditure", []):
        net = max(Fraction(0), Fraction(line["amount"]) - Fraction(line.get("reimbursed", "0")))
        change -= net * (line["kind"] in SPENT)
    return change


def accommodation_of(case: dict[str, Any]) -> Fraction:
    housing = case.get("accommodation")
    if housing is None:
        return Fraction(0)
    offset = Fraction(case["rates"]["accommodation_offset_per_day"]) * housing["days"]
    charge = charge_of(case, housing)
    if charge == 0:
        return offset
    return min(Fraction(0), offset - charge)


def charge_of(case: dict[str, Any], housing: dict[str, Any]) -> Fraction:
    if "charge" in housing:
        return Fraction(housing["charge"])
    if "charge_per_day" in housing:
        return Fraction(housing["charge_per_day"]) * housing["days"]
    start, end = (date.fromisoformat(case["period"][name]) for name in ("start", "end"))
    monthly = Fraction(housing["charge_per_month"])
    if month_start(start, 1) == end + ONE_DAY:
        return monthly
    return monthly * 12 / 52 * ((end - start).days + 1) / 7
