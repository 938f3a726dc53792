"""Laws the minimum wage test obeys on any case, and its agreement with the sums done by hand in fractions."""

import json
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_wage import calc_wage, exact_results
from backend.use_cases.wage_beside import less_required
from schemas.month import last_day_of_month_from
from schemas.strict import decode
from schemas.wage import WageCase
from tests.wage import TODAY
from tests.wage_by_hand import printed, result_of

# no shrinking: a case is small as it is, and a failing run must not take minutes
MODEST = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
START = date(2026, 3, 1)
MONEY = st.one_of(
    st.integers(0, 50_000).map(lambda pence: f"{Decimal(pence).scaleb(-2):f}"),
    st.integers(0, 10**8).map(lambda micro: f"{Decimal(micro).scaleb(-6):f}"),
)
RATE = st.sampled_from(["10.00", "12.00", "12.71", "13.333333", "7", "0.01", "19.065"])
MINUTES = st.sampled_from([0, 1, 7, 30, 60, 90, 420, 6000, "0.5", "33.333333"])
SOME_MINUTES = st.sampled_from([1, 7, 30, 60, 90, 420, 6000, "0.5", "33.333333"])
DUTIES = st.fixed_dictionaries({}, optional={"duties": st.sampled_from(["care", "office"])})
DAYS = st.integers(-200, 200).map(lambda offset: START + timedelta(days=offset))


def iso(day: date) -> str:
    return day.isoformat()


@st.composite
def periods(draw: st.DrawFn) -> dict[str, str]:
    start = START + timedelta(days=draw(st.integers(-60, 60)))
    latest = last_day_of_month_from(start)
    end = draw(
        st.sampled_from([latest, latest, start + timedelta(days=6), start + timedelta(days=13), start])
    )
    return {"start": iso(start), "end": iso(end)}


@st.composite
def dated(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        return fields
    if draw(st.booleans()):
        fields["paid_on"] = iso(draw(DAYS))
    if draw(st.booleans()):
        first = draw(DAYS)
        span = draw(st.integers(0, 70))
        fields["earned"] = {"start": iso(first), "end": iso(first + timedelta(days=span))}
        if draw(st.booleans()):
            fields["record_submitted_on"] = iso(first + timedelta(days=draw(st.integers(0, 90))))
    return fields


def line(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


PAY = st.builds(
    lambda *parts: {name: value for part in parts for name, value in part.items()},
    st.one_of(
        line("hourly", minutes=MINUTES, rate=RATE),
        line("hourly", seconds=st.integers(0, 50_000), rate=RATE),
        line("hourly", amount=MONEY.filter(lambda text: Decimal(text) > 0), minutes=SOME_MINUTES),
        line("salary", amount=MONEY),
        line("bonus", amount=MONEY),
        line("tips", amount=MONEY),
        line("piece", units=st.sampled_from(["0", "3", "7.5"]), rate=RATE, normal_rate=RATE),
    ),
    DUTIES,
    dated(),
)
WORK = st.sampled_from(["contact", "travel", "sleep_in", "absence", "unresolved", "awake"]).flatmap(
    lambda kind: line(kind, minutes=MINUTES)
)
SALARIED_WORK = st.one_of(
    WORK,
    line("excess", minutes=MINUTES),
    line("absence", minutes=MINUTES, pay=st.sampled_from(["none", "full"])),
)
HOUSING = st.one_of(
    line("x", charge=MONEY), line("x", charge_per_day=MONEY), line("x", charge_per_month=MONEY)
).map(lambda charge: {"days": 1} | {name: value for name, value in charge.items() if name != "kind"})


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    salaried = draw(st.sampled_from([False, False, True]))
    case: dict[str, Any] = {
        "period": draw(periods()),
        "rates": {
            "hourly": draw(RATE),
            "hourly_now": draw(RATE),
            "accommodation_offset_per_day": draw(MONEY),
        },
        "work": draw(st.lists(SALARIED_WORK if salaried else WORK, max_size=4)),
        "pay": draw(st.lists(PAY, max_size=6)),
        "contract_rates": draw(
            st.lists(st.builds(lambda duties, rate: duties | {"rate": rate}, DUTIES, RATE), max_size=2)
        ),
        "deductions": draw(
            st.lists(
                st.sampled_from(["uniform", "tax", "deposit_refund"]).flatmap(lambda k: line(k, amount=MONEY))
            )
        ),
        "expenditure": draw(
            st.lists(
                st.sampled_from(["phone", "personal"]).flatmap(
                    lambda k: line(k, amount=MONEY, reimbursed=MONEY)
                )
            )
        ),
        "bank_holidays": [iso(day) for day in draw(st.lists(DAYS, max_size=30))],
    }
    if salaried:
        periods_a_year = draw(st.sampled_from([12, 13, 52, 17, 365]))
        hours = draw(st.sampled_from(["1000", "2088", "1950.5"]))
        case |= {
            "work_type": "salaried",
            "salaried": {"basic_hours_per_year": hours, "pay_periods_per_year": periods_a_year},
        }
        if draw(st.booleans()):
            case["salaried"]["employed_days"] = 1
    if draw(st.booleans()):
        case["accommodation"] = draw(HOUSING)
    if draw(st.booleans()):
        case["employment_ended_on"] = iso(draw(DAYS))
    return case


def answers(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = calc_wage(json.dumps(data), TODAY)
    assert isinstance(found, list)
    return found


def by_hand(case: dict[str, Any]) -> dict[str, Any]:
    exact = result_of(case)
    owed = ("shortfall", "shortfall_with_unresolved", "due")
    return {
        name: value if value is None or isinstance(value, bool) else printed(value, name in owed)
        for name, value in exact.items()
    }


@MODEST
@given(st.lists(cases(), min_size=4, max_size=12))
def test_any_case_agrees_with_the_sums_done_by_hand(many: list[dict[str, Any]]) -> None:
    read = [decode(WageCase, case).value for case in many]
    results = exact_results([case for case in read if case is not None], TODAY)
    for case, (result, exact) in zip(many, results, strict=True):
        answer = msgspec.to_builtins(result)
        flat = {**answer, "required": answer["required"]["pay"], "due": answer["arrears"]["due"]}
        assert by_hand(case).items() <= flat.items()
        before = result_of(case)
        for told, by_fractions in ((exact.counts, before["nmw_pay"]), (exact.required, before["required"])):
            assert abs(Fraction(told) - by_fractions) < Fraction(1, 10**14), "to half a tick of pay"


@MODEST
@given(st.lists(cases(), min_size=1, max_size=6))
def test_pay_of_exactly_what_is_required_is_compliant_and_the_least_less_is_not(
    many: list[dict[str, Any]],
) -> None:
    """Each case is given the salary that it lacks, then a millionth of a pound less, where that is expressible."""
    level: list[dict[str, Any]] = []
    below: list[dict[str, Any]] = []
    for case in many:
        missing = result_of(case)["shortfall"] * 1_000_000
        if missing > 0 and missing.denominator == 1:
            for found, micro in ((level, missing.numerator), (below, missing.numerator - 1)):
                salary = {"kind": "salary", "amount": f"{Decimal(micro).scaleb(-6):f}"}
                found.append(case | {"pay": [*case["pay"], salary]})
    assert all(answer["compliant"] for answer in answers(level))
    assert [answer["shortfall"] for answer in answers(below)] == ["0.01"] * len(below)


@MODEST
@given(cases(), st.randoms())
def test_the_order_of_lines_changes_nothing(case: dict[str, Any], random: Any) -> None:
    lists = ("work", "pay", "contract_rates", "deductions", "expenditure", "bank_holidays")
    shuffled = case | {name: random.sample(case[name], len(case[name])) for name in lists}
    first, second = answers([case, shuffled])
    for answer in (first, second):
        for name in ("work", "pay", "adjustments"):
            answer[name].sort(key=json.dumps)
    assert first == second


@MODEST
@given(cases())
def test_a_line_cut_in_two_changes_nothing(case: dict[str, Any]) -> None:
    def halves(line: dict[str, Any]) -> list[dict[str, Any]]:
        if "seconds" not in line:
            return [line]
        half = line["seconds"] // 2
        return [line | {"seconds": half}, line | {"seconds": line["seconds"] - half}]

    cut = case | {"pay": [part for line in case["pay"] for part in halves(line)]}
    first, second = answers([case, cut])
    assert {name: first[name] for name in ("nmw_pay", "shortfall", "compliant", "premium_excluded")} == {
        name: second[name] for name in ("nmw_pay", "shortfall", "compliant", "premium_excluded")
    }


@MODEST
@given(cases())
def test_all_pay_is_either_counted_or_left_out_somewhere_once(case: dict[str, Any]) -> None:
    """A payment earned over several periods is placed in full, once, over all of them."""
    start, end = (date.fromisoformat(case["period"][name]) for name in ("start", "end"))
    week = timedelta(days=7)
    plain = case | {
        "period": {"start": iso(start), "end": iso(start + timedelta(days=6))},
        "employment_ended_on": None,
    }
    plain["pay"] = [
        {"kind": "salary", "amount": "5040.00"} | dates_of(line) for line in case["pay"] if dates_of(line)
    ]
    around = [
        plain | {"period": {"start": iso(start + n * week), "end": iso(start + n * week + timedelta(days=6))}}
        for n in range(-60, 61)
    ]
    plain_total = sum(Decimal(answer["total_remuneration"]) for answer in answers(housing_left_out(around)))
    assert abs(plain_total - 5040 * len(plain["pay"])) < Decimal("0.70")  # each of 121 printed sums may round
    assert end >= start


def dates_of(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("paid_on", "earned", "record_submitted_on") if name in line}


def housing_left_out(many: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in case.items() if name != "accommodation"} for case in many]


@MODEST
@given(st.lists(cases(), min_size=1, max_size=4))
def test_printed_figures_are_the_exact_ones_rounded_once(many: list[dict[str, Any]]) -> None:
    decoded = [decode(WageCase, case).value for case in many]
    for result, exact in exact_results([case for case in decoded if case is not None], TODAY):
        assert (result.required.pay, result.nmw_pay) == (rounded(exact.required), rounded(exact.counts))
        assert (exact.missing == 0) == result.compliant
        if not result.compliant:
            # each of the three is cut below the size of a grain
            assert abs(exact.required - exact.counts - exact.missing) <= Decimal("2e-22")
            assert result.shortfall == max(rounded(exact.missing), Decimal("0.01"))
        assert less_required(result, exact) in (
            -result.shortfall,
            rounded(max(Decimal(), exact.counts - exact.required)),
        )
        assert (less_required(result, exact) < 0) == (not result.compliant)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
