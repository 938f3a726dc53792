"""The minimum wage test worked out slowly, one case at a time, in exact fractions and plain loops.

It is written from the published rules without the columns, so that the two can be compared on any case.
"""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from tests.wage_rates_by_hand import rates_of

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
PAID = {"hourly", "salary", "piece", "bonus", "commission"}
REDUCING = {
    *("uniform", "tools", "meals", "admin_fee", "penalty_without_liability", "deposit", "voluntary_purchase"),
    "other_employer",
}
SPENT = {"uniform", "tools", "business_travel", "phone", "training", "required_equipment"}


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    """Exact values of a case; money in pounds, time in hours."""
    hours, unresolved = hours_of(case)
    rows = pay_rows(case)
    total, counted, premium = (sum((row[part] for row in rows), Fraction(0)) for part in (1, 2, 3))
    nmw_pay = counted + sum(changes_of(case), Fraction(0)) + accommodation_of(case)
    then, now = rates_of(case)[:2]
    shortfall = max(Fraction(0), then * hours - nmw_pay)
    return {
        "total_remuneration": total,
        "premium_excluded": premium,
        "nmw_pay": nmw_pay,
        "required": then * hours,
        "compliant": nmw_pay >= then * hours,
        "shortfall": shortfall,
        "shortfall_with_unresolved": max(Fraction(0), then * (hours + unresolved) - nmw_pay),
        "due": due_of(shortfall, then, now),
        "hourly_equivalent": nmw_pay / hours if hours else None,
        "accommodation_adjustment": accommodation_of(case),
    }


def printed(value: Fraction, owed: bool = False) -> str:
    """Pounds to the penny, half up and away from zero; what is owed is at least a penny."""
    pence = (abs(value) * 200 + 1) // 2
    pence = max(pence, 1) if owed and value > 0 else pence
    return f"{'-' if value < 0 and pence else ''}{pence // 100}.{pence % 100:02d}"


def due_of(shortfall: Fraction, then: Fraction, now: Fraction | None) -> Fraction | None:
    """The higher of A and A x R2 / R1; nothing where nothing is missing, and None where R2 is not known."""
    if not shortfall:
        return Fraction(0)
    return None if now is None else max(shortfall, shortfall * now / then)


def standard_of(case: dict[str, Any], standard: dict[str, Any], nmw_pay: Fraction) -> Fraction:
    """What is missing to a contractual rate for every hour of its kinds."""
    hours = sum((time_of(line) for line in case["work"] if line["kind"] in standard["kinds"]), Fraction(0))
    return max(Fraction(0), hours * Fraction(standard["hourly"]) - nmw_pay)


def uncounted(case: dict[str, Any]) -> Fraction:
    """Time shown and left out: all but what is unresolved, or counts by its kind."""
    counts = {"excess"} if case.get("work_type") == "salaried" else COUNTED
    return sum(
        (time_of(line) for line in case["work"] if line["kind"] not in counts | {"unresolved"}), Fraction(0)
    )


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
    return periods_round(start, end, case["period"].get("monthly_from"))


@cache
def periods_round(start: date, end: date, monthly_from: int | None = None) -> list[date]:
    numbers = range(-HERE, HERE + 1)
    if monthly_from is not None:
        before = start - ONE_DAY
        return [month_start(before.replace(day=1), number, monthly_from) for number in numbers]
    if month_start(start, 1) == end + ONE_DAY:
        return [month_start(start, number) for number in numbers]
    return [start + number * (end + ONE_DAY - start) for number in numbers]


def month_start(start: date, number: int, day: int | None = None) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    length, first = monthrange(year, month + 1)[1], day or start.day
    if first <= length:
        return date(year, month + 1, first)
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


def pay_rows(case: dict[str, Any]) -> list[tuple[Fraction, Fraction, Fraction, Fraction]]:
    """Of each line in turn: all of it, what is placed here, what of that counts, and the premium of it."""
    here = [(line, fraction_here(case, line)) for line in case["pay"]]
    lowest: dict[Any, Fraction] = {}
    rates = [(line.get("duties"), rate_of(line)) for line, part in here if line["kind"] == "hourly" and part]
    rates += [(line.get("duties"), Fraction(line["rate"])) for line in case.get("contract_rates", [])]
    for duties, rate in rates:
        lowest[duties] = min(rate, lowest.get(duties, rate))
    rows = []
    for line, part in here:
        worth, low = worth_of(line), worth_of(line)
        if line["kind"] == "hourly" and part and case.get("work_type") != "salaried":
            low = min(worth, lowest[line.get("duties")] * time_of(line))
        if line["kind"] == "piece":
            low = Fraction(line["units"]) * min(
                Fraction(line["rate"]), Fraction(line.get("normal_rate", line["rate"]))
            )
        low = low if counts(line) else Fraction(0)
        premium = worth - low if line["kind"] in PAID else Fraction(0)
        rows.append((worth, worth * part, low * part, premium * part))
    return rows


def counts(line: dict[str, Any]) -> bool:
    """Whether a payment is pay for the test, by its kind and by what it says of itself."""
    brought_in = line.get("consolidated") is True or line.get("absence_taken") is False
    return line["kind"] in PAID or brought_in


def rate_of(line: dict[str, Any]) -> Fraction:
    return Fraction(line["rate"]) if "rate" in line else Fraction(line["amount"]) / time_of(line)


def worth_of(line: dict[str, Any]) -> Fraction:
    if "amount" in line:
        return Fraction(line["amount"])
    quantity = Fraction(line["units"]) if "units" in line else time_of(line)
    return quantity * Fraction(line["rate"])


def changes_of(case: dict[str, Any]) -> list[Fraction]:
    """What each deduction, expense and payment to the employer does to the pay that counts, in this order."""
    found = []
    for line in case.get("deductions", []):
        sign = 1 if line["kind"] == "deposit_refund" else -1 if line["kind"] in REDUCING else 0
        found.append(sign * Fraction(line["amount"]))
    for line in case.get("expenditure", []):
        net = max(Fraction(0), Fraction(line["amount"]) - Fraction(line.get("reimbursed", "0")))
        found.append(-net * (line["kind"] in SPENT))
    for line in case.get("payments_to_employer", []):
        found.append(-Fraction(line["amount"]) * (line["kind"] == "required_purchase"))
    return found


def accommodation_of(case: dict[str, Any]) -> Fraction:
    housing = case.get("accommodation")
    if housing is None:
        return Fraction(0)
    offset = rates_of(case).offset * housing["days"]
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
    if "monthly_from" in case["period"] or month_start(start, 1) == end + ONE_DAY:
        return monthly
    return monthly * 12 / 52 * ((end - start).days + 1) / 7
