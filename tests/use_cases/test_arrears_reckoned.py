"""The remediation schedule of made-up offices against a reckoning of its own, penny by penny from the loaded rows."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from backend import clock, db
from backend.use_cases.issue_wage_report import issue_wage_report
from backend.use_cases.remediation import named, remediation
from schemas.remediation import OwedPeriod, Remediation
from tests.arrears_by_hand import (
    Facts,
    Owed,
    Row,
    beyond_a_notice,
    outstanding,
    paid_late,
    pay_arrears,
    penalty,
    short_weeks,
)
from tests.jobs.office import PROVIDER
from tests.use_cases.loading.samples import CARERS, load_county, load_rows

WEEKS = [date(2026, 3, 30) + timedelta(days=7 * number) for number in range(3)]
"""The rate rises in the first of them, and applies from the second."""
REPORTED, AGAIN, ASKED = (
    datetime(2026, 5, 20, 9, tzinfo=UTC),
    datetime(2026, 6, 3, 9, tzinfo=UTC),
    datetime(2027, 6, 1, 9, tzinfo=UTC),
)
FINAL = WEEKS[:1]
ANSWERED_FOR = [
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 11, 22),
    date(2027, 4, 10),
    date(2032, 4, 6),
    date(2033, 1, 1),
]
BIRTHDAYS = ["1990-05-03", "2005-04-01", "2008-03-31", "2008-04-06", "2009-07-01"]


def carers() -> list[Row]:
    """Five people in different bands; the first leaves and comes back under another reference."""
    rows = []
    for number, born in enumerate(BIRTHDAYS, start=1):
        row = {
            **CARERS[0],
            "reference": f"C{number}",
            "employment": f"E{number}",
            "name": f"Carer {number}",
            "date_of_birth": born,
            "pay_cycle": "weekly:mon",
        }
        rows.append({name: cell for name, cell in row.items() if name != "national_insurance_number"})
    again = {**rows[0], "employment": "E1-again", "employment_start": "2026-04-08"}
    rows[0] = {**rows[0], "employment_end": "2026-04-07"}
    return [*rows, again]


def made_up(random: Random) -> Facts:
    """Who worked when, and what payroll paid for it: often too little, some of it late, some not at all."""
    employed, work = carers(), []
    for carer in {row["reference"]: None for row in employed}:
        for week in WEEKS:
            for weekday in random.sample(range(7), random.randint(0, 2)):
                length = random.choice([1, 35, 60, 95, 480])
                work.append({"carer": carer, "on": week + timedelta(days=weekday), "minutes": length})
    return Facts(employed, work, [line for row in employed for line in payslips(random, row)])


def payslips(random: Random, row: Row) -> list[Row]:
    found = []
    for week in WEEKS:
        days = {"earned_start": f"{week}", "earned_end": f"{week + timedelta(days=6)}"}
        for _ in range(random.choice([0, 1, 1, 2])):
            late = random.choice([4, 11, 13, 14, 25])
            hourly = {
                "kind": "hourly",
                "minutes": random.choice(["1", "60", "95", "480.5"]),
                "rate": random.choice(["7.55", "12.21", "12.71", "13.333333"]),
            }
            found.append(line(row, days, week + timedelta(days=late), section="pay", **hourly))
        if random.random() < 0.3:
            uniform = {"section": "deduction", "kind": "uniform", "amount": "3.33"}
            found.append(line(row, days, week + timedelta(days=11), **uniform))
    return [{**one, "reference": f"p{number}"} for number, one in enumerate(found)]


def line(row: Row, days: Row, paid_on: date, **said: Any) -> Row:
    return {"provider": "hearth", "employment": row["employment"], "paid_on": f"{paid_on}", **days, **said}


def made_up_awards(random: Random, facts: Facts) -> list[Row]:
    """Arrears: some exactly what is due on their day, some too little or too much, some for days of nobody's."""
    owed, _ = short_weeks(facts, WEEKS)
    found = []
    for number in range(random.randint(4, 9)):
        one = random.choice(owed)
        on = random.choice([date(2026, 4, 30), date(2026, 6, 1), date(2026, 10, 9), date(2027, 4, 2)])
        first, last = random.choice([(one.week, one.last), (WEEKS[0], WEEKS[-1]), (one.last, one.last)])
        days = {"earned_start": f"{first}", "earned_end": f"{last}"}
        exactly = one.due(on) or one.underpayment
        pence = random.choice([exactly, exactly, exactly // 2, exactly + 150, one.underpayment, 1])
        sums: Row = {"amount": f"{pence // 100}.{pence % 100:02d}"}
        said = random.choice(
            [sums, sums, sums, {"units": "1.5", "rate": "3.33"}, {"minutes": "65", "rate": "0.99"}]
        )
        award = line(
            one.employment, random.choice([days, days, days, {}]), on, section="pay", kind="award", **said
        )
        found.append({**award, "reference": f"award {number}"})
    return found


async def issued(edition: str, weeks: list[date], now: datetime) -> None:
    async with db.as_provider(PROVIDER) as connection:
        for week in weeks:
            await issue_wage_report(
                connection, PROVIDER, "weekly:mon", week, week + timedelta(days=6), edition, now
            )


async def loaded(facts: Facts) -> None:
    await load_rows("carers", facts.carers)
    rows = [
        {
            "provider": "hearth",
            "reference": f"T{number}",
            "carer": row["carer"],
            "kind": "training",
            "start": f"{row['on']} 08:00",
            "end": f"{row['on']} {8 + row['minutes'] // 60:02d}:{row['minutes'] % 60:02d}",
            "reason": "Signed the register",
        }
        for number, row in enumerate(facts.work)
    ]
    await load_rows("activities", rows)
    await load_rows("pay", facts.pay)


async def schedule(as_of: date) -> Remediation:
    async with db.as_provider(PROVIDER) as connection:
        return await remediation(connection, PROVIDER, as_of, clock.now(), named)


@pytest.mark.slow
@pytest.mark.variants
@pytest.mark.parametrize("seed", range(2))
async def test_the_schedule_is_what_a_reckoning_penny_by_penny_gives(db: Any, at: Any, seed: int) -> None:
    random = Random(seed)
    facts = made_up(random)
    at(REPORTED - timedelta(minutes=5))
    await load_county("carers")
    await loaded(facts)
    await issued("provisional", WEEKS, REPORTED)
    at(AGAIN - timedelta(minutes=5))
    more = payslips(random, facts.carers[1])
    for number, one in enumerate(more):
        one["reference"] = f"more {number}"
    kept = [
        one
        for one in more
        if one["earned_start"] == f"{FINAL[0]}" and one["paid_on"] <= f"{FINAL[0] + timedelta(days=6)}"
    ]
    facts.pay += kept
    if kept:
        await load_rows("pay", kept)
    await issued("final", FINAL, AGAIN)
    awards = made_up_awards(random, facts)
    at(ASKED)
    await load_rows("pay", awards)
    for as_of in ANSWERED_FOR:
        same(await schedule(as_of), facts, awards, as_of)


def same(found: Remediation, facts: Facts, awards: list[Row], as_of: date) -> None:
    """Whether the schedule says what the reckoning does, row by row and in its totals."""
    weeks = [week for week in WEEKS if week + timedelta(days=6) < as_of]
    owed, untested = short_weeks(facts, weeks)
    spare = pay_arrears(owed, awards, as_of)
    names = {row["employment"]: f"{row['name']} ({row['employment']})" for row in facts.carers}
    ordered = sorted(owed, key=lambda one: (one.week, names[one.employment["employment"]]))
    assert [told(row) for row in found.periods] == [
        expected(one, facts, names[one.employment["employment"]], as_of) for one in ordered
    ]
    assert {one.reference: pence(one.amount) for one in found.unplaced} == spare
    totals = found.totals
    left = [one for one in owed if one.settled_on is None]
    assert (totals.periods, totals.periods_outstanding, totals.not_tested) == (len(owed), len(left), untested)
    assert pence(totals.underpayment) == sum(one.underpayment for one in owed)
    assert pence(totals.paid_since) == sum(sum(one.paid.values()) for one in owed)
    assert pence(totals.outstanding) == sum(outstanding(one, as_of) or 0 for one in owed)
    assert pence(totals.due) == sum(one.due(one.settled_on or as_of) or 0 for one in owed)
    assert totals.due_unknown == sum(outstanding(one, as_of) is None for one in owed)
    assert pence(totals.penalty_exposure) == penalty(owed, as_of)
    assert found.later_reports == len(WEEKS) - len(weeks)


def told(row: OwedPeriod) -> tuple[Any, ...]:
    return (
        row.worker,
        row.period.start,
        row.edition,
        *(pence(value) for value in (row.underpayment, row.due, row.outstanding, row.paid_since)),
        (row.rate_then, row.rate_now),
        {one.reference: pence(one.amount) for one in row.paid if one.amount},
        row.settled_on,
        row.beyond_a_notice,
        sorted(one.reference for one in row.paid_late),
    )


def expected(one: Owed, facts: Facts, name: str, as_of: date) -> tuple[Any, ...]:
    due = one.due(one.settled_on or as_of)
    return (
        name,
        one.week,
        "final" if one.week in FINAL else "provisional",
        *(one.underpayment, due, outstanding(one, as_of), sum(one.paid.values())),
        (one.rate(one.first_day()), one.rate(one.settled_on or as_of)),
        one.paid,
        one.settled_on,
        beyond_a_notice(one, as_of),
        paid_late(facts, one, as_of),
    )


def pence(pounds: Any) -> int | None:
    return None if pounds is None else int(pounds * 100)
