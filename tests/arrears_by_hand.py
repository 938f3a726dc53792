"""What a provider still owes, reckoned penny by penny from rows as they were loaded, in plain loops and fractions.

Nothing of the code under test is used. Carers are paid by the week from Monday, by hourly lines without duties, for
time at no place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

Row = dict[str, Any]

# National Minimum Wage Regulations 2015, reg 4 and 4A, as amended from 1 April 2025 and 2026: 21 and over, 18 to 20,
# under 18.
RATES = {
    date(2025, 4, 1): ("12.21", "10.00", "7.55"),
    date(2026, 4, 1): ("12.71", "10.85", "8.00"),
}
LAST_KNOWN = date(2027, 3, 31)
PENALTY_PERCENT, MOST_A_WORKER, LEAST_A_NOTICE = 200, 2_000_000, 10_000  # Act 1998, s.19A
NEVER_PAY = {"award"}


@dataclass
class Facts:
    """Rows as loaded: `carers` (employments), `work` (carer, start as a London date, minutes) and `pay`."""

    carers: list[Row]
    work: list[Row]
    pay: list[Row]


@dataclass
class Owed:
    """One worker short in one week; `paid` are pennies by payslip line."""

    employment: Row
    week: date
    missing: Fraction
    paid: dict[str, int] = field(default_factory=dict)
    settled_on: date | None = None

    @property
    def underpayment(self) -> int:
        return pennies_owed(self.missing)

    @property
    def last(self) -> date:
        return self.week + timedelta(days=6)

    def first_day(self) -> date:
        return max(self.week, day(self.employment["employment_start"]))

    def rate(self, on: date) -> Fraction | None:
        return rate_on(on, self.employment["date_of_birth"], self.first_day())

    def due(self, on: date) -> int | None:
        then, now = self.rate(self.first_day()), self.rate(on)
        assert then is not None
        return None if now is None else pennies_owed(max(self.missing, self.missing * now / then))


def day(text: str) -> date:
    return date.fromisoformat(text)


def monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def half_up(pence: Fraction) -> int:
    return int(pence + Fraction(1, 2))


def pennies_owed(pounds: Fraction) -> int:
    """What is missing at all is at least a penny."""
    return max(half_up(pounds * 100), 1) if pounds > 0 else 0


@cache
def rate_on(on: date, born: str, first_day: date) -> Fraction | None:
    """The rate in force on a date for the age of the period's first day."""
    if on > LAST_KNOWN:
        return None
    birthday = day(born)
    age = first_day.year - birthday.year - ((first_day.month, first_day.day) < (birthday.month, birthday.day))
    band = 0 if age >= 21 else 1 if age >= 18 else 2
    return Fraction(RATES[max(since for since in RATES if since <= on)][band])


def worth(line: Row) -> Fraction:
    if "amount" in line:
        return Fraction(line["amount"])
    if "units" in line:
        return Fraction(line["units"]) * Fraction(line["rate"])
    return Fraction(line["minutes"]) / 60 * Fraction(line["rate"])


def counts_in(line: Row, employment: Row) -> date:
    """The Monday of the week a payment counts in: earned there if paid then or in the next week, else where paid.

    In the month after leaving, in the final week (reg 9).
    """
    paid = day(line["paid_on"])
    left = employment.get("employment_end")
    if left and day(left) < paid <= month_after(day(left)):
        return monday(day(left))
    earned = monday(day(line["earned_start"]))
    return earned if monday(paid) - earned <= timedelta(days=7) else monday(paid)


def month_after(left: date) -> date:
    """The same date a month on; every day used has one."""
    return date(left.year, left.month + 1, left.day)


def taken_in(line: Row, employment: Row) -> date:
    """A deduction goes with the pay of its days, within the month after leaving with the final week's."""
    when, left = day(line["earned_start"]), employment.get("employment_end")
    return monday(day(left)) if left and day(left) < when <= month_after(day(left)) else monday(when)


def employed_in(week: date, employment: Row) -> bool:
    ends = employment.get("employment_end")
    starts = day(employment["employment_start"]) <= week + timedelta(days=6)
    return starts and (ends is None or day(ends) >= week)


def own_work(facts: Facts, employment: Row, week: date) -> list[Row]:
    """What the carer did that week while this employment lasted."""
    ends = day(employment.get("employment_end", "2099-01-01"))
    return [
        row
        for row in facts.work
        if row["carer"] == employment["reference"]
        and monday(row["on"]) == week
        and day(employment["employment_start"]) <= row["on"] <= ends
    ]


def weekly_test(facts: Facts, employment: Row, week: date) -> tuple[Fraction | None, bool]:
    """What is missing that week (None: not tested), and whether it lacks pay to test by."""
    if not employed_in(week, employment):
        return None, False
    work = own_work(facts, employment, week)
    lines = [line for line in facts.pay if line["employment"] == employment["employment"]]
    hours = sum((Fraction(row["minutes"], 60) for row in work), Fraction(0))
    counting = [
        line for line in lines if line["section"] == "pay" and line["kind"] not in NEVER_PAY
        and counts_in(line, employment) == week
    ]  # fmt: skip
    if not any(worth(line) for line in counting):
        return None, bool(work)
    lowest = min(Fraction(line["rate"]) for line in counting)
    pay = sum((Fraction(line["minutes"]) / 60 * lowest for line in counting), Fraction(0))
    for line in lines:
        if line["section"] == "deduction" and taken_in(line, employment) == week:
            pay -= worth(line)
    first_day = max(week, day(employment["employment_start"]))
    rate = rate_on(first_day, employment["date_of_birth"], first_day)
    assert rate is not None
    return max(hours * rate - pay, Fraction(0)), False


def short_weeks(facts: Facts, weeks: Iterable[date]) -> tuple[list[Owed], int]:
    """Everybody short, and how many tests lack pay."""
    found: list[Owed] = []
    untested = 0
    for week in weeks:
        for employment in facts.carers:
            missing, without_pay = weekly_test(facts, employment, week)
            untested += without_pay
            if missing:
                found.append(Owed(employment, week, missing))
    return found, untested


def pay_arrears(owed: list[Owed], awards: list[Row], as_of: date) -> dict[str, int]:
    """Hand out each penny of each award by itself, to the oldest week that still wants it; the rest by payslip line."""
    spare: dict[str, int] = {}
    for line in sorted(awards, key=lambda row: (row["paid_on"], row["reference"])):
        on = day(line["paid_on"])
        if on > as_of:
            continue
        pence = half_up(worth(line) * 100)
        if "earned_start" not in line:
            spare[line["reference"]] = pence
            continue
        for _ in range(pence):
            wanting = [one for one in owed if wants(one, line, on)]
            if not wanting:
                spare[line["reference"]] = spare.get(line["reference"], 0) + 1
                continue
            one = min(wanting, key=lambda each: each.week)
            one.paid[line["reference"]] = one.paid.get(line["reference"], 0) + 1
            if sum(one.paid.values()) == one.due(on):
                one.settled_on = on
    return {reference: pence for reference, pence in spare.items() if pence}


def wants(one: Owed, line: Row, on: date) -> bool:
    """Whether the award is for days of this week, of this employment, and the week still lacks a penny on that day."""
    if one.settled_on or line["employment"] != one.employment["employment"]:
        return False
    touches = day(line["earned_start"]) <= one.last and day(line["earned_end"]) >= one.week
    due = one.due(on)
    return touches and sum(one.paid.values()) < (one.underpayment if due is None else due)


def outstanding(one: Owed, as_of: date) -> int | None:
    if one.settled_on:
        return 0
    due = one.due(as_of)
    return None if due is None else max(due - sum(one.paid.values()), 0)


def beyond_a_notice(one: Owed, as_of: date) -> bool:
    """A period that ended more than six years before (s.19(7))."""
    return (as_of.year - 6, as_of.month, as_of.day) > (one.last.year, one.last.month, one.last.day)


def penalty(owed: list[Owed], as_of: date) -> int:
    """The most a notice could ask for everything not settled."""
    people: dict[str, int] = {}
    for one in owed:
        if one.settled_on is None and not beyond_a_notice(one, as_of):
            left = max(one.underpayment - sum(one.paid.values()), 0)
            person = one.employment["reference"]
            people[person] = people.get(person, 0) + left * PENALTY_PERCENT // 100
    asked = sum(min(pence, MOST_A_WORKER) for pence in people.values())
    return max(asked, LEAST_A_NOTICE) if people else 0


def paid_late(facts: Facts, one: Owed, as_of: date) -> list[str]:
    """Pay for days of this week that counts in another because it came late."""
    return sorted(
        line["reference"]
        for line in facts.pay
        if line["employment"] == one.employment["employment"]
        and (line["section"], line["kind"]) == ("pay", "hourly")
        and day(line["paid_on"]) <= as_of
        and monday(day(line["earned_start"])) == one.week
        and counts_in(line, one.employment) != one.week
    )
