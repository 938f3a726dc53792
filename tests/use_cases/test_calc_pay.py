"""Pay of days under an employer's terms."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_day import calc_day
from backend.use_cases.calc_pay import calc_pay
from schemas.strict import Faulty
from tests.days import HERE, THERE, activity, case, journey, span, visit

RATES = {"contact": "12.00", "travel": "6.00", "waiting": "3.00"}


def ask(data: Any) -> Any:
    return calc_pay(json.dumps(data).encode())


def paid(days: list[Any] | dict[str, Any], rates: Any = None, miles: Any = "auto", **terms: Any) -> Any:
    """The answer on days under terms; contact at £12, travel at £6 and waiting at £3 an hour."""
    listed = days if isinstance(days, list) else [days]
    return ask({"terms": {"rates": rates or RATES} | terms, "days": listed, "miles": miles})


def lines(result: Any, *names: str) -> list[Any]:
    return [tuple(line.get(name) for name in names) for line in result["lines"]]


def refusals(data: Any) -> list[str]:
    with pytest.raises(Faulty) as refused:
        ask(data)
    return [fault.pointer for fault in refused.value.faults]


def two(gap_end: str = "10:00", *activities: Any, **policy: Any) -> dict[str, Any]:
    """Half an hour, a gap with a journey of 20 minutes, and an hour."""
    hour = {"10:00": "11:00", "11:30": "12:30"}[gap_end]
    visits = [visit("a", "09:00", "09:30"), visit("b", gap_end, hour, THERE)]
    return case(visits, list(activities), [journey("a", "b", 20)], **policy)


def test_each_kind_of_time_is_a_line_with_minutes_rate_amount_and_rule() -> None:
    result = paid(two())
    assert result["lines"] == [
        line("contact", "90", "12.00", "18.00", "pay-contact-actual"),
        line("travel", "20", "6.00", "2.00", "pay-hourly"),
        line("waiting", "10", "3.00", "0.50", "pay-hourly"),
    ]
    assert result["total"] == "20.50"
    assert result["unpaid"] == []


def line(work: str, minutes: str, rate: str, amount: str, rule: str) -> dict[str, str]:
    told = {"minutes": minutes, "rate": rate, "amount": amount, "rounding_minutes": "0", "rule": rule}
    return {"kind": "hourly", "work": work} | told


def test_a_kind_without_a_rate_is_unpaid_and_says_so() -> None:
    result = paid(two(), {"contact": "12.00"})
    assert lines(result, "work") == [("contact",)]
    assert result["unpaid"] == [
        {"work": "travel", "minutes": "20", "rule": "pay-no-rate"},
        {"work": "waiting", "minutes": "10", "rule": "pay-no-rate"},
    ]


def test_an_answer_of_calc_day_is_paid_as_the_day_itself() -> None:
    day = two("11:30", activity("training", "09:40", "09:50"), waiting_limit_minutes=None)
    terms = {"rates": RATES | {"training": "9.99"}, "paid_gap_limit_minutes": 120}
    answer: Any = calc_day(json.dumps(day).encode())
    assert ask({"terms": terms, "days": [answer]}) == ask({"terms": terms, "days": [day]})


def test_days_are_added_up_before_a_line_is_rounded() -> None:
    """Three visits of 5 seconds at £12 an hour come to 5 pence; each alone would be 2 pence."""
    days = [case([visit("a", "09:00:00", "09:00:05")]) for _ in range(3)]
    assert lines(paid(days), "amount") == [("0.05",)]


@pytest.mark.parametrize(
    ("basis", "minutes", "unpaid"), [("actual", "75", []), ("planned", "60", ["15"]), ("longer", "90", [])]
)
def test_the_basis_says_which_time_of_a_visit_is_paid(basis: str, minutes: str, unpaid: list[str]) -> None:
    short = visit("a", "09:00", "09:15", planned=span("09:00", "09:30"))
    long = visit("b", "10:00", "11:00", planned=span("10:00", "10:30"))
    result = paid(case([short, long]), {"contact": "12.00"}, contact_basis=basis)
    assert lines(result, "minutes", "rule") == [(minutes, f"pay-contact-{basis}")]
    found = [row["minutes"] for row in result["unpaid"] if row["work"] == "contact"]
    assert found == (["30"] if basis == "planned" else unpaid)


def test_an_unplanned_visit_is_paid_for_its_actual_time_on_any_basis() -> None:
    assert lines(paid(case([visit("a", "09:00", "09:20")]), contact_basis="planned"), "minutes") == [("20",)]


def test_a_visit_nobody_worked_is_not_paid() -> None:
    missed = visit("m", None, None, actual=None, status="missed", planned=span("09:00", "10:00"))
    assert paid(case([missed]), contact_basis="planned")["lines"] == []


def test_a_visit_of_no_length_makes_no_line_and_is_not_said_to_be_unpaid() -> None:
    nothing = case([visit("a", "09:00", "09:00")])
    assert paid(nothing)["lines"] == []
    assert paid(nothing, {"travel": "6.00"})["unpaid"] == []


def test_a_single_second_planned_is_paid_and_a_single_second_beyond_the_plan_is_said_to_be_unpaid() -> None:
    planned = visit("a", "09:00", "09:00", planned=span("09:00:00", "09:00:01"))
    assert lines(paid(case([planned]), contact_basis="planned"), "work", "minutes") == [("contact", "0.02")]
    beyond = visit("a", "09:00:00", "09:00:01", planned=span("09:00", "09:00"))
    unpaid = paid(case([beyond]), contact_basis="planned")["unpaid"]
    assert unpaid == [{"work": "contact", "minutes": "0.02", "rule": "pay-contact-planned"}]


@pytest.mark.parametrize(
    ("limit", "works"), [(120, ["travel", "waiting"]), (119, []), (None, ["travel", "waiting"])]
)
def test_travel_and_waiting_are_paid_in_gaps_up_to_the_limit(limit: int | None, works: list[str]) -> None:
    result = paid(two("11:30", waiting_limit_minutes=None), paid_gap_limit_minutes=limit)
    assert [row[0] for row in lines(result, "work")] == ["contact", *works]
    rules = {(row["work"], row["minutes"], row["rule"]) for row in result["unpaid"]}
    assert rules == (
        set() if works else {("travel", "20", "pay-gap-limit"), ("waiting", "100", "pay-gap-limit")}
    )


def test_the_gap_limit_is_met_less_the_activities_in_the_gap() -> None:
    day = two("11:30", activity("break", "10:00", "10:30"), waiting_limit_minutes=None)
    assert ("waiting", "70") in lines(paid(day, paid_gap_limit_minutes=90), "work", "minutes")


@pytest.mark.parametrize(("limit", "rule"), [(119, "pay-gap-limit"), (120, None)])
def test_the_gap_limit_measures_the_unresolved_rest_too(limit: int, rule: str | None) -> None:
    """Twenty minutes of travel in a gap of two hours, of which calc day leaves a hundred minutes open."""
    day = two("11:30", waiting_limit_minutes=60)
    for shape in (day, calc_day(json.dumps(day).encode())):
        unpaid = {row["work"]: row["rule"] for row in paid([shape], paid_gap_limit_minutes=limit)["unpaid"]}
        assert unpaid == {"unresolved": "pay-unresolved"} | ({"travel": rule} if rule else {})


def test_recorded_waiting_and_travel_are_paid_whatever_the_gap() -> None:
    day = two("11:30", activity("travel", "09:30", "10:00"), activity("waiting", "10:00", "11:30"))
    result = paid(day, paid_gap_limit_minutes=0)
    assert lines(result, "work", "minutes")[1:] == [("travel", "30"), ("waiting", "90")]


def test_unresolved_time_is_unpaid_until_it_is_explained() -> None:
    result = paid(two("11:30"))
    assert {"work": "unresolved", "minutes": "100", "rule": "pay-unresolved"} in result["unpaid"]


def test_a_recorded_break_is_paid_where_the_terms_have_a_rate_and_time_at_home_never_is() -> None:
    rates = RATES | {"break": "1.00"}
    taken = paid(two("11:30", activity("break", "10:00", "10:30")), rates)
    assert ("break", "30", "0.50") in lines(taken, "work", "minutes", "amount")
    home = paid(two("11:30", activity("home", "10:00", "11:00")), rates)
    assert lines(home, "work") == [("contact",)]
    assert {(row["work"], row["minutes"], row["rule"]) for row in home["unpaid"]} == {
        ("break", "60", "pay-not-worked"),
        ("commute", "60", "pay-not-worked"),
    }


@pytest.mark.parametrize(
    ("mode", "minutes", "effect"),
    [("none", "34", "0"), ("up", "45", "11"), ("down", "30", "-4"), ("nearest", "30", "-4")],
)
def test_rounding_applies_to_each_visit_and_shows_its_effect(mode: str, minutes: str, effect: str) -> None:
    visits = [visit("a", "09:00", "09:17"), visit("b", "09:17", "09:34")]
    result = paid(case(visits), rounding={"minutes": 15, "mode": mode})
    if mode == "up":
        minutes, effect = "60", "26"
    assert lines(result, "minutes", "rounding_minutes") == [(minutes, effect)]


@pytest.mark.parametrize(
    ("start", "expected"), [("06:59", "2.00"), ("07:00", None), ("21:59", None), ("22:00", "2.00")]
)
def test_an_enhancement_goes_by_the_london_start_and_its_window_is_half_open(
    start: str, expected: str | None
) -> None:
    night = [{"name": "night", "from": "22:00", "until": "07:00", "per_hour": "2.00"}]
    day = case([visit("a", "09:00", "10:00", planned=span(start, start))])
    result = paid(day, enhancements=night)
    premium = [row for row in result["lines"] if row["kind"] == "premium"]
    assert [(row["rate"], row["amount"], row["enhancement"]) for row in premium] == (
        [(expected, expected, "night")] if expected else []
    )


def test_the_enhancement_that_pays_most_is_used_and_of_equals_the_first() -> None:
    offered = [
        {"name": "small", "days": ["mon"], "per_hour": "1.00"},
        {"name": "first", "days": ["mon"], "multiplier": "1.25"},
        {"name": "second", "days": ["mon"], "per_hour": "3.00"},
    ]
    result = paid(case([visit("a", "09:00", "10:00")]), enhancements=offered)
    assert lines(result, "kind", "enhancement", "rate", "amount")[1:] == [
        ("premium", "first", "3.00", "3.00")
    ]


def test_bank_holidays_are_those_given() -> None:
    extra = {
        "rates": RATES,
        "enhancements": [{"name": "holiday", "days": ["bank_holiday"], "multiplier": "2"}],
    }
    day = case([visit("a", "09:00", "10:00")])
    assert ask({"terms": extra, "days": [day], "bank_holidays": ["2026-11-02"]})["total"] == "24.00"
    assert ask({"terms": extra, "days": [day]})["total"] == "12.00"


def test_a_sleep_in_is_a_flat_sum_and_waking_is_paid_by_the_hour() -> None:
    night = [activity("sleep_in", "22:00", "+07:00"), activity("awake", "+02:00", "+02:30")]
    result = paid(
        case([visit("a", "20:00", "21:00")], night), RATES | {"sleep_in_flat": "60.00", "awake": "12.71"}
    )
    assert lines(result, "kind", "work", "minutes", "units", "amount")[1:] == [
        ("hourly", "awake", "30", None, "6.36"),
        ("sleep_in_allowance", "sleep_in", "510", 1, "60.00"),
    ]
    assert {"work": "sleep_in", "minutes": "510", "rule": "pay-no-rate"} in paid(case([], night))["unpaid"]


def test_an_answer_with_waking_in_it_is_still_one_sleep_in() -> None:
    night = [activity("sleep_in", "22:00", "+07:00"), activity("awake", "+02:00", "+02:30")]
    answer: Any = calc_day(json.dumps(case([], night)).encode())
    assert lines(paid([answer, answer], {"sleep_in_flat": "60.00"}), "units", "amount") == [(2, "120.00")]


def test_an_answer_with_a_visit_and_a_break_in_the_night_is_still_one_sleep_in() -> None:
    night = [activity("sleep_in", "22:00", "+07:00"), activity("break", "+04:00", "+04:10")]
    day = case([visit("a", "+02:00", "+03:00")], night)
    answer: Any = calc_day(json.dumps(day).encode())
    assert paid(answer, RATES | {"sleep_in_flat": "60.00"}) == paid(day, RATES | {"sleep_in_flat": "60.00"})


def test_an_answer_with_a_journey_between_two_sleep_ins_has_two() -> None:
    nights = [activity("sleep_in", "20:00", "22:00", HERE), activity("sleep_in", "22:30", "23:30", HERE)]
    answer: Any = calc_day(json.dumps(case([], nights)).encode())
    assert lines(paid(answer, {"sleep_in_flat": "60.00"}), "units") == [(2,)]


def test_mileage_adds_up_the_road_between_stops() -> None:
    given = journey("a", "b", 20) | {"distance_metres": 16_093}
    day = two() | {"journeys": [given]}
    result = paid(day, {"contact": "12.00"}, mileage_per_mile={"car": "0.45"})
    assert lines(result, "kind", "miles", "mode", "rate", "amount", "rule")[1:] == [
        ("mileage", "10.00", "car", "0.45", "4.50", "pay-mileage")
    ]


def test_a_journey_without_a_distance_is_the_straight_line_by_its_detour() -> None:
    (mileage,) = [
        row for row in paid(two(), mileage_per_mile={"car": "0.45"})["lines"] if row["kind"] == "mileage"
    ]
    # 19.03 km x 1.40 is 16.55 miles.
    assert 16.3 < float(mileage["miles"]) < 16.8


def test_a_journey_without_a_distance_has_its_miles_beside_one_that_nobody_judged() -> None:
    there_and_back = two() | {
        "visits": [
            visit("a", "08:00", "09:00"),
            visit("b", "10:00", "11:00", THERE),
            visit("c", "12:00", "13:00"),
        ]
    }
    shown = []
    for journeys in ([], [journey("a", "b", 20)], [journey("a", "b", 20), journey("b", "c", 20)]):
        day = there_and_back | {"journeys": journeys}
        shown.append(lines(paid(day, mileage_per_mile={"car": "0.45"}), "miles")[-1])
    assert len(set(shown)) == 1 and 32.6 < float(shown[0][0]) < 33.6


def test_the_way_home_and_a_way_the_terms_do_not_pay_have_no_mileage() -> None:
    home = two("11:30", activity("home", "10:00", "11:00"))
    assert "mileage" not in {row["kind"] for row in paid(home, mileage_per_mile={"car": "0.45"})["lines"]}
    assert "mileage" not in {
        row["kind"] for row in paid(two(), mileage_per_mile={"bicycle": "0.20"})["lines"]
    }


@pytest.mark.parametrize(("miles", "shown", "amount"), [(12, "12.00", "5.40"), ("12.5", "12.50", "5.63")])
def test_miles_that_are_given_are_paid_at_the_one_rate(miles: Any, shown: str, amount: str) -> None:
    result = paid(two(), mileage_per_mile={"car": "0.45"}, miles=miles)
    assert lines(result, "miles", "amount")[-1] == (shown, amount)


def test_a_rate_finer_than_a_penny_is_printed_as_it_is() -> None:
    assert lines(paid(two(), {"contact": "12.715"}), "rate") == [("12.715",)]


def test_many_cases_are_answered_in_their_order() -> None:
    first, second = ({"terms": {"rates": {"contact": rate}}, "days": [two()]} for rate in ("10.00", "20.00"))
    assert [answer["total"] for answer in ask([first, second])] == ["15.00", "30.00"]
    assert ask([])  == []  # fmt: skip


def test_what_an_answer_cannot_tell_is_a_fault_and_not_a_guess() -> None:
    answer: Any = calc_day(json.dumps(two()).encode())
    planned = {"terms": {"rates": RATES, "contact_basis": "planned"}, "days": [two(), answer]}
    assert refusals(planned) == ["/days/1"]


def test_the_mileage_of_an_answer_is_unpaid_until_the_miles_are_given() -> None:
    answer: Any = calc_day(json.dumps(two()).encode())
    driven = {"terms": {"rates": RATES, "mileage_per_mile": {"car": "0.45"}}, "days": [answer]}
    unmeasured = {"work": "mileage", "minutes": "0", "rule": "pay-no-distance"}
    assert ask(driven | {"miles": "auto"}) == paid(two()) | {"unpaid": [unmeasured]}
    assert ask(driven | {"miles": 3})["lines"][-1]["amount"] == "1.35"
    assert ask(driven | {"miles": 3})["unpaid"] == []
    assert paid(answer)["unpaid"] == []


def test_every_fault_is_named_at_once() -> None:
    broken = case([visit("a", "09:30", "09:00", HERE)])
    terms = {
        "rates": {"contact": "0", "lunch": "1.00"},
        "contact_basis": "best",
        "enhancements": [{"name": "less", "days": ["mon"], "multiplier": "0.5"}],
        "rounding": {"minutes": 0, "mode": "up"},
    }
    assert sorted(refusals([{"terms": terms, "days": [broken], "miles": -1}])) == [
        "/0/days/0/visits/0/actual/end",
        "/0/miles",
        "/0/terms/contact_basis",
        "/0/terms/enhancements/0/multiplier",
        "/0/terms/rates/contact",
        "/0/terms/rates/lunch",
        "/0/terms/rounding/minutes",
    ]


def test_an_answer_that_does_not_add_up_is_refused() -> None:
    answer: Any = calc_day(json.dumps(two()).encode())
    answer["segments"][0]["seconds"] += 1
    assert refusals({"terms": {"rates": RATES}, "days": [answer]}) == ["/days/0/segments/0/seconds"]


def test_given_miles_need_one_rate() -> None:
    both = {"rates": RATES, "mileage_per_mile": {"car": "0.45", "bicycle": "0.20"}}
    assert refusals({"terms": both, "days": [two()], "miles": 5}) == ["/miles"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 90)), min_size=1, max_size=6),
    st.sampled_from(["up", "down", "nearest"]),
    st.integers(1, 15),
)
def test_every_second_worked_is_paid_or_said_to_be_unpaid(visits: Any, mode: str, step: int) -> None:
    """Minutes paid, less what rounding added, and minutes unpaid make the minutes of the day's segments."""
    spans = [(f"{start // 60 + 7:02}:{start % 60:02}", (start + length)) for start, length in visits]
    told = [visit(f"v{index}", start, f"{end // 60 + 7:02}:{end % 60:02}", THERE if index % 2 else HERE)
            for index, (start, end) in enumerate(spans)]  # fmt: skip
    day = case(told)
    result = paid(day, {"contact": "12.00", "waiting": "3.00"}, rounding={"minutes": step, "mode": mode})
    worked: Any = calc_day(json.dumps(day).encode())
    hourly = sum(float(row["minutes"]) - float(row["rounding_minutes"]) for row in result["lines"])
    left = sum(float(row["minutes"]) for row in result["unpaid"])
    assert hourly + left == pytest.approx(sum(row["seconds"] for row in worked["segments"]) / 60, abs=0.05)


def test_what_the_terms_need_is_told_together_with_every_other_fault() -> None:
    terms = {
        "rates": RATES,
        "contact_basis": "planned",
        "mileage_per_mile": {"car": "0.45", "bicycle": "0.20"},
    }
    answer: Any = calc_day(json.dumps(two()).encode())
    told = {"terms": terms, "miles": "5", "days": [answer, {}], "bank_holidays": ["soon"]}
    assert set(refusals(told)) >= {"/miles", "/days/0", "/days/1/visits", "/bank_holidays/0"}
