"""The simulator's own reckoning, held against the published worked cases: right without the product's rules."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.simulator.truth.blocks import Drawn, pence_beyond, pence_of_blocks
from backend.simulator.truth.day import COUNTED, Activity, Stop, paint
from backend.simulator.truth.periods import period_of
from backend.simulator.truth.price import Visit, price_lines, price_visit
from backend.simulator.truth.wage import Line, Worker, reckon_wage
from tests.pricing import answer, contract, span, visit

CASES = Path(__file__).parents[1] / "use_cases"
BEYOND_IT = {
    "hmrc-nmwm10200-ex1": "living accommodation",
    "hmrc-nmwm10210-ex1": "living accommodation",
    "hmrc-nmwm10220-ex1": "living accommodation",
    "hmrc-nmwm08035-ex1": "salaried hours",
    "litrg-alan-25h": "a rate from before April 2024",
    "double-handed": "one recorded time for two carers",
}
"""Cases about what never happens in the made-up county."""
Json = dict[str, Any]


def _cases(name: str) -> list[Any]:
    cases = json.loads((CASES / f"{name}_cases.json").read_text())
    return [
        pytest.param(case, id=case["id"])
        for case in cases
        if "expect" in case and case["id"] not in BEYOND_IT
    ]


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _journey(case: Json) -> Callable[[str, str], int]:
    known = {
        (each["from"], each["to"]): int(Fraction(each["estimate_minutes"]) * 60) for each in case["journeys"]
    }
    return lambda before, after: known[before, after]


@pytest.mark.parametrize("case", _cases("day"))
def test_a_day_painted_second_by_second_has_the_published_totals(case: Json) -> None:
    given = case["input"]
    stops = [
        Stop(each["id"], _second(each["actual"]["start"]), _second(each["actual"]["end"]),
             (each["place"]["lat"], each["place"]["lon"]))
        for each in given["visits"] if each["actual"] is not None
    ]  # fmt: skip
    activities = [
        Activity(each["kind"], _second(each["start"]), _second(each["end"])) for each in given["activities"]
    ]
    limit = given["policy"]["waiting_limit_minutes"] * 60
    seconds = paint(stops, activities, _journey(given), limit).seconds()
    totals = {
        "contact": seconds["contact"], "travel": seconds["travel"], "waiting": seconds["waiting"],
        "other": seconds["other"] + seconds["awake"], "unresolved": seconds["unresolved"],
        "counted": sum(seconds[label] for label in COUNTED),
        "uncounted": seconds["commute"] + seconds["break"] + seconds["sleep_in"],
    }  # fmt: skip
    expected = case["expect"]["totals"]
    assert {name: totals[name] for name in expected} == expected


@pytest.mark.parametrize("case", _cases("price"))
def test_visits_priced_one_by_one_come_to_the_published_total(case: Json) -> None:
    contract, pence = case["input"]["contract"], 0
    for each in case["input"]["visits"]:
        try:
            pence += price_visit(contract, _visit(each))
        except LookupError:
            assert {"visit": each["id"], "code": "no_rate"} in case["expect"]["findings"]
    assert pence == Fraction(case["expect"]["total"]) * 100


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 200), st.integers(1, 2)), max_size=8),
    st.lists(st.integers(1, 5), min_size=1, max_size=2),
)
def test_blocks_of_hours_come_out_as_calc_price_says(
    visits: list[tuple[int, int, int]], hours: list[int]
) -> None:
    blocks = [
        {
            "name": f"b{place}",
            "services": ["home_care"],
            "zones": ["rural"],
            "hours": str(each),
            "hourly": "21.35",
        }
        for place, each in enumerate(hours)
    ]
    priced_under = contract(blocks=blocks)
    cases = []
    for place, (day, minutes, carers) in enumerate(visits):
        ends = f"{9 + minutes // 60:02}:{minutes % 60:02}"
        times = span("09:00", ends, f"2026-11-{day + 2:02}")
        cases.append(visit(id=f"v{place}", planned=times, actual=times, carers=carers))
        if carers == 2:
            cases[-1]["attendances"] = [{"carer": name, "actual": times} for name in ("ann", "bea")]
    told = answer(priced_under, *cases)
    drawn: list[Drawn] = []
    for case in cases:
        priced = _visit(case)
        drawn.append((case["id"], priced, price_lines(priced_under, priced)))
    beyond = sum(pence_beyond(priced_under, drawn).values())
    assert beyond + pence_of_blocks(priced_under) == Fraction(told["total"]) * 100


def _visit(each: Json) -> Visit:
    """A visit of the calculator; its count of carers stands for as many who all came at the same time."""
    cancelled = each.get("cancelled_at")
    return Visit(
        each["service"], each["zone"], each["status"], _span(each["planned"]), each["carers"],
        [_span(each["actual"])] * each["carers"] if each["actual"] else [],
        datetime.fromisoformat(cancelled) if cancelled else None, each.get("cancelled_by"),
    )  # fmt: skip


def _span(value: Json) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(value["start"]), datetime.fromisoformat(value["end"])


@pytest.mark.parametrize("case", _cases("wage"))
def test_a_wage_reckoned_line_by_line_has_the_published_shortfall(case: Json) -> None:
    given, expected = case["input"], case["expect"]
    uncounted = ("absence", "break", "commute", "sleep_in", "unresolved")
    seconds = sum(
        int(Fraction(each["minutes"]) * 60) for each in given["work"] if each["kind"] not in uncounted
    )
    verdict = reckon_wage(
        _worker(given), _period(given), _following(given), seconds, _lines(given), _hourly(given)
    )
    if "nmw_pay" in expected:
        assert verdict.nmw_pay == Fraction(expected["nmw_pay"])
    if "compliant" in expected:
        assert verdict.short is not expected["compliant"]
    if "shortfall" in expected:
        assert verdict.pence_short == Fraction(expected["shortfall"]) * 100
    if "required" in expected and "hourly" in expected["required"]:
        assert verdict.hourly == Fraction(expected["required"]["hourly"])


def _worker(given: Json) -> Worker:
    born = given.get("worker", {}).get("date_of_birth")
    return Worker(None if born is None else date.fromisoformat(born))


def _period(given: Json) -> tuple[date, date]:
    return date.fromisoformat(given["period"]["start"]), date.fromisoformat(given["period"]["end"])


def _following(given: Json) -> tuple[date, date]:
    start, end = _period(given)
    first = end + timedelta(days=1)
    return period_of("monthly:1", first) if start.day == first.day == 1 else (first, first + (end - start))


def _hourly(given: Json) -> Fraction | None:
    rate = given.get("rates", {}).get("hourly")
    return None if rate is None else Fraction(rate)


def _lines(given: Json) -> list[Line]:
    sections = (("pay", "pay"), ("deductions", "deduction"), ("expenditure", "expenditure"))
    return [_line(section, each) for name, section in sections for each in given.get(name, [])]


def _line(section: str, each: Json) -> Line:
    money = {
        name: Fraction(each[name]) for name in ("amount", "minutes", "rate", "reimbursed") if name in each
    }
    earned = each.get("earned")
    return Line(
        section, each["kind"], duties=each.get("duties"),
        paid_on=date.fromisoformat(each["paid_on"]) if "paid_on" in each else None,
        earned=(date.fromisoformat(earned["start"]), date.fromisoformat(earned["end"])) if earned else None, **money,
    )  # fmt: skip
