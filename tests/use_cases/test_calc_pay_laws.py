"""Pay of made-up days agrees with a second reading of the terms."""

import json
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_day import calc_day, day_frames
from backend.use_cases.calc_pay import calc_pay, pay_frames
from schemas.day import DayCase
from schemas.pay import PayCase, PayTerms
from schemas.strict import decode
from tests.days import HERE, THERE, activity, case, journey, span, visit
from tests.pay_oracle import explain

WORK = ("contact", "travel", "waiting", "training", "supervision", "break")
RECORDED = ("travel", "training", "supervision", "waiting", "break", "home")
OFFERED = (
    {"name": "early", "from": "00:00", "until": "08:10", "multiplier": "1.5"},
    {"name": "around", "from": "08:40", "until": "08:20", "per_hour": "2.345"},
    {"name": "monday", "days": ["mon"], "from": "08:00", "until": "09:00", "multiplier": "1.333333"},
    {"name": "tuesday", "days": ["tue"], "from": "00:00", "until": "23:59", "per_hour": "9"},
    {"name": "equal", "from": "08:00", "until": "09:00", "multiplier": "1.333333"},
)

HALF_PAST_SEVEN = int(datetime(2026, 11, 2, 7, 30, tzinfo=UTC).timestamp())

spans = st.tuples(st.integers(0, 240), st.integers(0, 240)).map(sorted)
"""Two instants of the two hours from 07:30, in half minutes."""
rates = st.integers(1, 2_500_000).map(lambda tens: f"{tens / 100_000:.5f}")


def clocks(ends: list[int]) -> tuple[str, str]:
    first, last = (27_000 + 30 * end for end in ends)
    return tuple(f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}" for at in (first, last))  # type: ignore[return-value]


@st.composite
def days(draw: st.DrawFn) -> dict[str, Any]:
    made = draw(st.lists(st.tuples(spans, st.none() | spans, st.sampled_from([HERE, THERE])), max_size=4))
    visits = [
        visit(f"v{index}", *clocks(actual), place, planned=planned and span(*clocks(planned)))
        for index, (actual, planned, place) in enumerate(made)
    ]
    recorded = draw(st.lists(st.tuples(st.sampled_from(RECORDED), spans), max_size=3))
    names = [one["id"] for one in visits]
    minutes = draw(st.integers(0, 30))
    return case(
        visits,
        [activity(kind, *clocks(ends)) for kind, ends in recorded],
        [journey(one, other, minutes) for one in names for other in names if one != other],
        waiting_limit_minutes=draw(st.sampled_from([None, 0, 20])),
    )


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    mode = draw(st.sampled_from(["none", "up", "down", "nearest"]))
    return {
        "rates": draw(st.dictionaries(st.sampled_from(WORK), rates)),
        "contact_basis": draw(st.sampled_from(["actual", "planned", "longer"])),
        "paid_gap_limit_minutes": draw(st.sampled_from([None, 0, 10, 45])),
        "enhancements": draw(
            st.lists(st.sampled_from(OFFERED), max_size=3, unique_by=lambda one: one["name"])
        ),
        "rounding": {"mode": mode}
        | ({} if mode == "none" else {"minutes": draw(st.sampled_from([1, 5, 15]))}),
    }


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(days(), terms()), min_size=10, max_size=14))
def test_every_line_and_unpaid_minute_agrees_with_a_slow_second_reading(cases: list[Any]) -> None:
    answers: Any = calc_day(json.dumps([day for day, _ in cases]).encode())
    asked = [{"terms": agreed, "days": [day]} for day, agreed in cases]
    results: Any = calc_pay(json.dumps(asked).encode())
    for (day, agreed), answer, result in zip(cases, answers, results, strict=True):
        lines, left = explain(day, answer, agreed)
        assert {key: pence for key, (_, pence) in lines.items()} == {
            (row["kind"], row["work"], row.get("enhancement")): round(Fraction(row["amount"]) * 100)
            for row in result["lines"]
            if row["minutes"] != "0"
        }
        assert {key: _two_places(Fraction(seconds, 60)) for key, seconds in left.items()} == {
            (row["work"], row["rule"]): Fraction(row["minutes"]) for row in result["unpaid"]
        }


def _two_places(minutes: Fraction) -> Fraction:
    return Fraction(int(minutes * 100 + Fraction(1, 2)), 100)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(days(), terms()), min_size=10, max_size=14), st.integers(0, 240))
def test_what_two_pay_periods_are_paid_of_a_day_is_what_the_day_is_paid(cases: list[Any], cut: int) -> None:
    """Wherever a period ends, also within a visit that is paid as planned and rounded."""
    worked: Any = [decode(DayCase, day).value for day, _ in cases]
    asked = [PayCase(terms=decode(PayTerms, agreed).value, days=[]) for _, agreed in cases]  # type: ignore[arg-type]
    frames, whose = day_frames(worked), {place: place for place in range(len(cases))}
    middle = HALF_PAST_SEVEN + 30 * cut
    spans: list[Any] = [None, (0, middle), (middle, 2**40)]
    for whole, *parts in zip(*(pay_frames(asked, frames, whose, span=one) for one in spans), strict=True):
        assert minutes_of(parts) == minutes_of([whole])


def minutes_of(results: list[Any]) -> dict[Any, int]:
    """Seconds under each heading of the lines and of what is not paid: two decimals of a minute tell them exactly."""
    found: Counter[Any] = Counter()
    for result in results:
        for line in result.lines:
            found[line.kind, line.work, line.enhancement] += round(Fraction(line.minutes) * 60)
        for left in result.unpaid:
            found[left.work, left.rule] += round(Fraction(left.minutes) * 60)
    return {heading: seconds for heading, seconds in found.items() if seconds}
