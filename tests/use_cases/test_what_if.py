"""A pay reference period by another policy, beside the real one, on a small office's week."""

import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from geopy.distance import geodesic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.remediation import named
from backend.use_cases.wage_report_facts import recorded_wages
from backend.use_cases.what_if import parse_what_if, pay_period, what_if, worked
from schemas.strict import Faulty
from schemas.what_if import WhatIf, WhatIfReport
from tests.conftest import Database
from tests.jobs.office import PROVIDER, Office, opened_office
from tests.program import doorstep
from tests.use_cases.loading.samples import CARERS, PAY_TERMS, load_rows

__all__ = ["opened_office"]

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 8)
WEEK = (FIRST.isoformat(), LAST.isoformat())
TERMS = {**PAY_TERMS, "rates": {"contact": "13.00", "travel": "12.71"}}


@pytest.fixture
async def office(opened_office: Office) -> Office:
    """A carer's day: two visits at one home, one in an isolated place, and after a long gap the first home again."""
    package = {"provider": "hearth", "contract": "HC-01", "service": "home_care", "from": "2026-10-01"}
    await load_rows("packages", [{**package, "reference": "P3", "service_user": "S2", "zone": "isolated"}])
    await load_rows("pay-terms", [TERMS])
    weekly = [{**CARERS[0], "pay_cycle": "weekly:mon", "pay_terms": "standard"}]
    await load_rows("carers", weekly)
    for reference, start, end, place in [
        ("A", "09:00", "09:30", "P1"),
        ("B", "09:50", "10:20", "P1"),
        ("C", "11:10", "11:40", "P3"),
        ("D", "15:00", "15:30", "P1"),
    ]:
        await opened_office.plan(reference, f"2026-11-02T{start}", package=place)
        await opened_office.attend(reference, f"2026-11-02T{start}", f"2026-11-02T{end}")
    await opened_office.pay("E1", "1", 120, "13.00", WEEK, "2026-11-13")
    opened_office.set(datetime(2026, 11, 15, 9, 0, tzinfo=UTC))
    return opened_office


def journey() -> int:
    """Seconds between the two homes, by the words of docs: straight line x 1.4 at 37.5 km/h, and two minutes."""
    metres = geodesic((52.0607, -2.7100), (52.1, -2.5)).meters
    return round(metres * 1.4 * 3.6 / 37.5 + 120)


async def report(text: str = "") -> WhatIfReport:
    now = clock.now()
    async with db.as_provider(PROVIDER) as connection:
        return await what_if(
            connection, PROVIDER, "weekly:mon", FIRST, LAST, parse_what_if(text), now, london_date(now), named
        )


def minutes(seconds: int) -> Decimal:
    return (Decimal(seconds) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


def pounds(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / amount.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


async def test_with_nothing_changed_both_sides_are_the_real_figures(office: Office) -> None:
    found = await report()
    [worker] = found.workers
    assert (worker.real, found.costs) == (worker.what_if, found.what_if_costs)
    assert (found.what_if, worker.extra_pay) == (False, Decimal("0.00"))
    assert (worker.worker, worker.real.contact, worker.real.paid) == (
        "Ann Carer (E1)",
        Decimal(120),
        Decimal("26.00"),
    )
    travel = journey() * 2
    assert worker.real.travel == minutes(travel)
    assert worker.real.waiting == minutes(20 * 60 + 50 * 60 - journey())
    assert worker.real.unresolved == minutes(200 * 60 - journey())


async def test_without_a_waiting_limit_the_long_gap_counts_and_the_shortfall_grows(office: Office) -> None:
    found = await report("waiting_limit_minutes: null")
    [worker] = found.workers
    assert found.what_if and worker.what_if.unresolved == 0
    assert worker.what_if.counted == worker.real.counted + worker.real.unresolved
    assert worker.real.shortfall is not None and worker.what_if.shortfall is not None
    assert worker.what_if.required - worker.real.required == worker.what_if.shortfall - worker.real.shortfall


async def test_a_long_gap_read_as_a_break_counts_as_really(office: Office) -> None:
    [worker] = (await report("long_gap: break")).workers
    assert (worker.what_if.counted, worker.what_if.unresolved) == (worker.real.counted, 0)


async def test_the_terms_pay_what_they_say_and_more_where_more_is_paid(office: Office) -> None:
    found = await report('pay_rates: {waiting: "12.71"}\npaid_gap_limit_minutes: null')
    [worker] = found.workers
    hours = Fraction(journey() * 2, 3600)
    assert worker.real.expected == Decimal("26.00") + pounds(hours * Fraction("12.71"))
    waiting = Fraction(70 * 60 - journey(), 3600)
    assert worker.extra_pay == pounds(waiting * Fraction("12.71")) == found.extra_pay
    # By the lowest rate for the same work all time is paid at 12.71, the minimum itself.
    assert (worker.real.expected_shortfall, worker.what_if.expected_shortfall) == (
        pounds(waiting * Fraction("12.71")),
        Decimal("0.00"),
    )


async def test_what_payroll_takes_off_is_not_the_doing_of_the_terms(office: Office) -> None:
    taken = {
        "provider": "hearth", "employment": "E1", "reference": "u", "section": "deduction", "kind": "uniform",
        "amount": "5.00", "paid_on": "2026-11-13", "earned_start": WEEK[0], "earned_end": WEEK[1],
    }  # fmt: skip
    [before] = (await report()).workers
    await load_rows("pay", [taken])
    office.set(datetime(2026, 11, 15, 10, 0, tzinfo=UTC))
    [worker] = (await report()).workers
    assert worker.real.paid == (before.real.paid or 0) - 5, "pay that counts falls"
    assert worker.real.expected_shortfall == before.real.expected_shortfall


async def test_travel_and_waiting_belong_to_the_visit_they_lead_to(office: Office) -> None:
    costs = (await report()).costs
    rows = {row.name: row for row in costs.by_zone}
    there, rate = journey(), Fraction("12.71")
    isolated, rural = rows["isolated"], rows["rural"]
    assert (isolated.contact, isolated.travel, isolated.waiting) == (
        Decimal("30.00"),
        minutes(there),
        minutes(3000 - there),
    )
    assert isolated.at_minimum == pounds(Fraction(3000, 3600) * rate)
    assert isolated.at_minimum_per_contact_hour == pounds(Fraction(3000, 3600) * rate * 2)
    assert isolated.at_terms_per_contact_hour == pounds(Fraction(there, 3600) * rate * 2), (
        "no rate for waiting"
    )
    assert isolated.unpaid == minutes(3000 - there)
    assert (rural.contact, rural.travel, rural.waiting) == (
        Decimal("90.00"),
        minutes(there),
        Decimal("20.00"),
    )
    total = costs.total
    assert total.at_minimum == pounds(Fraction(there * 2 + 70 * 60 - there, 3600) * rate)
    assert [row.name for row in costs.by_service] == ["home_care"]


async def test_other_bases_of_travel_move_time_between_travel_and_waiting_alone(office: Office) -> None:
    [worker] = (await report("travel: {basis: observed}")).workers
    assert worker.what_if.counted == worker.real.counted
    assert worker.what_if.waiting == Decimal(20), "at one place nobody travels"
    [longer] = (await report('travel: {time_factor: "1.5"}')).workers
    assert longer.what_if.travel > longer.real.travel
    assert longer.what_if.counted > longer.real.counted, "less of the long gap is unexplained"


async def test_a_rise_of_the_minimum_wage_asks_for_more(office: Office) -> None:
    [worker] = (await report('minimum_wage: {21_and_over: "13.21"}')).workers
    hours = Fraction(worker.what_if.counted) / 60
    assert abs(worker.what_if.required - pounds(hours * Fraction("13.21"))) <= Decimal("0.01")
    [other] = (await report('minimum_wage: {18_to_20: "13.21"}')).workers
    assert other.what_if == other.real, "another band"


async def test_nobody_paid_is_not_tested_and_no_terms_are_no_pay_of_nothing(office: Office) -> None:
    await office.plan("E", "2026-11-04T09:00", carer="E2")
    await office.phone("C2")
    await office.attend("E", "2026-11-04T09:00", "2026-11-04T09:30", carer="C2")
    office.set(datetime(2026, 11, 15, 10, 0, tzinfo=UTC))
    found = await report()
    [worker] = [worker for worker in found.workers if "E2" in worker.worker]
    assert (worker.real.paid, worker.real.shortfall, worker.real.expected) == (None, None, None)
    assert (found.not_tested, found.without_terms) == (1, 1)


async def test_arrears_and_pay_of_other_weeks_are_no_pay_to_test_by(office: Office) -> None:
    await office.plan("E", "2026-11-04T09:00", carer="E2")
    await office.attend("E", "2026-11-04T09:00", "2026-11-04T09:30", carer="C2")
    line = {"provider": "hearth", "section": "pay", "paid_on": "2026-11-13"}
    earned = {"earned_start": WEEK[0], "earned_end": WEEK[1]}
    earlier = {"earned_start": "2026-10-26", "earned_end": "2026-11-01"}
    await load_rows("carers", [{**CARERS[0], "reference": "C3", "employment": "E3", "name": "Cat Carer",
                                "national_insurance_number": "QQ 65 43 21 C", "pay_cycle": "weekly:mon"}])  # fmt: skip
    await load_rows("pay", [
        {**line, **earned, "employment": "E2", "kind": "award", "amount": "5.00", "reference": "1"},
        {**line, **earlier, "employment": "E3", "kind": "salary", "amount": "5.00", "paid_on": "2026-11-06",
         "reference": "1"},
    ])  # fmt: skip
    office.set(datetime(2026, 11, 15, 10, 0, tzinfo=UTC))
    found = await report()
    sides = {worker.worker: worker.real for worker in found.workers}
    assert (sides["Bea Carer (E2)"].paid, sides["Bea Carer (E2)"].shortfall) == (None, None), (
        "an award is for what was owed"
    )
    assert sides["Cat Carer (E3)"].paid is None and found.not_tested == 1, "nobody worked for the other"


@pytest.mark.thorough
async def test_the_laws_of_a_what_if_hold_for_any_change(office: Office) -> None:
    now = clock.now()
    async with db.as_provider(PROVIDER) as connection:
        recorded = await recorded_wages(
            connection, PROVIDER, "weekly:mon", FIRST, LAST, now, london_date(now)
        )
    real = worked(recorded, WhatIf(), {})

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 300), st.integers(0, 50), st.sampled_from(["as_recorded", "together", "apart"]))
    def laws(limit: int, rise: int, duties: Any) -> None:
        limited = worked(recorded, WhatIf(waiting_limit_minutes=limit, duties=duties), {})
        unlimited = worked(recorded, WhatIf(waiting_limit_minutes=None, duties=duties), {})
        assert unlimited.paid[0].counted_minutes >= limited.paid[0].counted_minutes
        risen = worked(recorded, WhatIf(pay_rise_percent=Decimal(rise)), {})
        assert risen.expected[0].shortfall <= real.expected[0].shortfall
        assert risen.paid == real.paid, "a rise of the terms changes nothing of what was really paid"

    laws()


async def test_a_period_must_begin_where_one_begins(office: Office) -> None:
    async with db.as_provider(PROVIDER) as connection:
        with pytest.raises(DomainError, match="begins on 2026-11-02"):
            await pay_period(connection, PROVIDER, date(2026, 11, 3), None)
        with pytest.raises(DomainError, match="weekly:mon"):
            await pay_period(connection, PROVIDER, FIRST, "monthly:1")


async def test_every_fault_of_a_policy_file_is_named_at_once(office: Office) -> None:
    with pytest.raises(Faulty) as refused:
        parse_what_if(
            'waiting_limit_minutes: -1\nlong_gap: maybe\npay_rates: {travel: 13}\nminimum_wage: {all: "1"}\nx: 1'
        )
    assert {fault.pointer for fault in refused.value.faults} == {
        *("/waiting_limit_minutes", "/long_gap", "/pay_rates/travel", "/minimum_wage/all", "/x"),
    }
    with pytest.raises(Faulty, match="stands twice"):
        parse_what_if("long_gap: break\nlong_gap: waiting")
    with pytest.raises(Faulty, match="must be quoted"):
        parse_what_if("pay_rates: {travel: 12.71}")


async def test_the_command_says_that_it_is_a_what_if_and_stores_nothing(
    office: Office, database: Database, tmp_path: Path, superuser: Any
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("waiting_limit_minutes: null\n")
    asked = ("wage-report", "--provider", "hearth", "--period", "2026-11-02")
    told = doorstep(database, *asked, "--what-if", str(policy))
    assert (told.returncode, told.stderr) == (0, "")
    assert (
        "WHAT IF" in told.stdout and "Nothing is stored." in told.stdout and "Ann Carer (E1)" in told.stdout
    )
    answer = json.loads(doorstep(database, *asked, "--what-if", str(policy), "--json").stdout)
    assert answer["what_if"] is True and answer["changes"]["waiting_limit_minutes"] is None
    policy.write_text("waiting_limit_minutes: -1\npay_rates: {travel: 13}\n")
    refused = doorstep(database, *asked, "--what-if", str(policy))
    assert (refused.returncode, refused.stdout) == (2, "")
    for words in (
        f"{policy}:\n",
        "  waiting_limit_minutes must be at least 0\n",
        "  pay_rates/travel must be a",
        "docs/putting-it-right.md says",
    ):
        assert words in refused.stderr, words
    assert await superuser.fetchval("SELECT count(*) FROM document") == 0
