"""Laws of pricing that hold whatever the contract and the visits, checked on made-up ones."""

import json
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_price import calc_price
from tests.pricing import answer, contract

percents = st.integers(0, 10_000).map(lambda hundredths: str(Decimal(hundredths) / 100))
pounds = st.integers(0, 9_999).map(lambda pence: str(Decimal(pence) / 100))


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    share = draw(st.integers(0, 100))
    return contract(
        pay_basis=draw(st.sampled_from(["planned", "actual", "planned_within_tolerance"])),
        tolerance_minutes=draw(st.integers(0, 15)),
        cap_at_planned=draw(st.booleans()),
        rounding={
            "minutes": draw(st.sampled_from([1, 5, 15])),
            "mode": draw(st.sampled_from(["up", "down", "nearest", "none"])),
        },
        minimum_minutes=draw(st.sampled_from([0, 15, 30])),
        rates=[
            {"service": "home_care", "zone": "rural", "from": "2026-01-01", "hourly": draw(pounds),
             "visit_prices": draw(st.sampled_from([{}, {"30": "13.40"}, {"15": "7.11", "45": "19.99"}]))},
        ],
        uplifts=draw(
            st.lists(
                st.sampled_from([
                    {"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"},
                    {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"},
                    {"name": "always", "from": "00:00", "until": "24:00", "multiplier": "1.333333"},
                ]),
                max_size=3,
            )
        ),
        missed={"percent": draw(percents)},
        refused={"percent": draw(percents)},
        funding=[{"payer": "a", "percent": str(share)}, {"payer": "b", "percent": str(100 - share)}],
    )  # fmt: skip


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    day, minute = draw(st.integers(1, 28)), draw(st.integers(0, 1_379))
    start = f"2026-11-{day:02}T{minute // 60:02}:{minute % 60:02}"
    length, late = draw(st.integers(0, 3_000)), draw(st.integers(0, 59))
    status = draw(st.sampled_from(["completed", "completed", "missed", "refused"]))
    return {
        "service": "home_care",
        "zone": "rural",
        "status": status,
        "carers": draw(st.integers(1, 3)),
        "planned": {"start": f"{start}:00Z", "end": _after(start, draw(st.sampled_from([15, 30, 45])) * 60)},
        "actual": {"start": _after(start, late), "end": _after(start, late + length)},
    }


def _after(start: str, seconds: int) -> str:
    day, clock = start.split("T")
    hours, minutes = clock.split(":")
    total = int(hours) * 3600 + int(minutes) * 60 + seconds
    shown = f"{day[:8]}{int(day[8:]) + total // 86400:02}"
    return f"{shown}T{total // 3600 % 24:02}:{total // 60 % 60:02}:{total % 60:02}Z"


def numbered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"v{index}"} | one for index, one in enumerate(found)]


several = st.lists(visits(), min_size=1, max_size=8).map(numbered)


def pence(text: str) -> int:
    return int(Decimal(text) * 100)


@settings(max_examples=40, deadline=None)
@given(contracts(), several)
def test_lines_add_up_to_the_total_and_payers_to_each_line(
    terms: dict[str, Any], made: list[dict[str, Any]]
) -> None:
    result = answer(terms, *made)
    assert sum(pence(row["amount"]) for row in result["lines"]) == pence(result["total"])
    assert sum(pence(amount) for amount in result["by_payer"].values()) == pence(result["total"])
    for row in result["lines"]:
        assert sum(pence(share["amount"]) for share in row["funding"]) == pence(row["amount"])


@settings(max_examples=30, deadline=None)
@given(contracts(), several, st.randoms(use_true_random=False))
def test_each_visit_is_priced_alone_whatever_the_order(
    terms: dict[str, Any], made: list[Any], shuffle: Any
) -> None:
    before = {row["visit"]: row for row in answer(terms, *made)["lines"]}
    shuffled = list(made)
    shuffle.shuffle(shuffled)
    assert {row["visit"]: row for row in answer(terms, *shuffled)["lines"]} == before
    assert [answer(terms, one)["lines"][0] for one in made] == [before[one["id"]] for one in made]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(contracts(), several), min_size=1, max_size=4))
def test_many_cases_at_once_are_answered_as_each_alone(cases: list[tuple[dict[str, Any], list[Any]]]) -> None:
    bodies = [{"contract": terms, "bank_holidays": [], "visits": made} for terms, made in cases]
    assert calc_price(json.dumps(bodies).encode()) == [
        calc_price(json.dumps(body).encode()) for body in bodies
    ]


@settings(max_examples=40, deadline=None)
@given(contracts(), several)
def test_every_line_is_what_exact_fractions_give(terms: dict[str, Any], made: list[dict[str, Any]]) -> None:
    rows = answer(terms, *made)["lines"]
    assert [row["amount"] for row in rows] == [_by_hand(terms, one) for one in made]


def _by_hand(terms: dict[str, Any], one: dict[str, Any]) -> str:
    """The amount of one visit by exact fractions, in the order the contract's sentences have."""
    status = one["status"]
    minutes = _span(one["planned"]) if status != "completed" else _payable(terms, one)
    rate = terms["rates"][0]
    banded = {Fraction(key): Fraction(price) for key, price in rate["visit_prices"].items()}
    price = banded.get(minutes, Fraction(rate["hourly"]) * minutes / 60)
    offers = [
        _lift(uplift, price, minutes) for uplift in terms["uplifts"] if _fits(uplift, one["planned"]["start"])
    ]
    percent = Fraction(terms[status]["percent"]) if status != "completed" else Fraction(100)
    exact = (max(offers) if offers else price) * one["carers"] * percent / 100
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _payable(terms: dict[str, Any], one: dict[str, Any]) -> Fraction:
    planned, actual = _span(one["planned"]), _span(one["actual"])
    basis, close = terms["pay_basis"], abs(actual - planned) <= terms["tolerance_minutes"]
    minutes = planned if basis == "planned" or (basis != "actual" and close) else actual
    minutes = min(minutes, planned) if terms["cap_at_planned"] else minutes
    step, mode = terms["rounding"]["minutes"], terms["rounding"]["mode"]
    steps = {
        "up": -(-minutes // step),
        "down": minutes // step,
        "nearest": (minutes / step + Fraction(1, 2)) // 1,
    }
    return max(Fraction(steps[mode] * step) if mode in steps else minutes, Fraction(terms["minimum_minutes"]))


def _span(span: dict[str, str]) -> Fraction:
    return Fraction(_seconds(span["end"]) - _seconds(span["start"]), 60)


def _seconds(instant: str) -> int:
    hours, minutes, seconds = instant[11:-1].split(":")
    return int(instant[8:10]) * 86_400 + int(hours) * 3_600 + int(minutes) * 60 + int(seconds)


def _fits(uplift: dict[str, Any], start: str) -> bool:
    """November in London is UTC, and 1 November 2026 a Sunday."""
    if uplift["name"] == "weekend":
        return int(start[8:10]) % 7 in (0, 1)
    return uplift["name"] == "always" or not "07:00" <= start[11:16] < "22:00"


def _lift(uplift: dict[str, Any], price: Fraction, minutes: Fraction) -> Fraction:
    if "multiplier" in uplift:
        return price * Fraction(uplift["multiplier"])
    return price + Fraction(uplift["per_hour"]) * minutes / 60
