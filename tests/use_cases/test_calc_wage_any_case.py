"""Any case that calc wage takes, of every kind of time, payment, deduction and rate, against the sums done by hand."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_wage import calc_wage
from schemas.month import begins_late, last_day_of_month_from
from schemas.wage_kinds import DeductionKind, ExpenditureKind, PayKind, PaymentToEmployerKind, WorkKind
from tests.wage import TODAY
from tests.wage_by_hand import (
    COUNTED,
    changes_of,
    fraction_here,
    hours_of,
    pay_rows,
    printed,
    result_of,
    standard_of,
    time_of,
    uncounted,
)
from tests.wage_rates_by_hand import TABLE, rates_of

FIRST, LAST = date(2015, 10, 1), date(2027, 3, 31)
MONEY = st.integers(0, 60_000_000).map(lambda grains: f"{Decimal(grains * 5).scaleb(-6):f}")
RATE = st.sampled_from(["3.87", "8.00", "10.00", "10.85", "12.21", "12.71", "13.333333", "19.065", "0.01"])
TIME = st.one_of(
    st.sampled_from([{"minutes": "33.333333"}, {"minutes": 480}, {"minutes": 6000}]),
    st.integers(1, 400_000).map(lambda seconds: {"seconds": seconds}),
)
DUTIES = st.sampled_from([{}, {}, {"duties": "care"}, {"duties": "office"}])
BY_HOUR, BY_SUM = ("hourly",), ("salary", "bonus", "commission")


@st.composite
def period(draw: st.DrawFn) -> dict[str, Any]:
    """A month from any day, a week, a fortnight, four weeks or a day; often about the day on which rates change."""
    near = draw(st.sampled_from(sorted(TABLE)[1:])) + timedelta(days=draw(st.integers(-35, 3)))
    start = draw(st.sampled_from([near, FIRST + timedelta(days=draw(st.integers(0, (LAST - FIRST).days)))]))
    start = max(FIRST, min(start, LAST))
    late = [(start + timedelta(days=day - 2), day) for day in (29, 30, 31)]
    shapes: list[dict[str, Any]] = [
        {"end": f"{end}", "monthly_from": day} for end, day in late if begins_late(start, end, day)
    ]
    month = f"{last_day_of_month_from(start)}"
    shapes += [{"end": month}, {"end": month}]
    shapes += [{"end": f"{start + timedelta(days=length - 1)}"} for length in (1, 7, 14, 28)]
    return {"start": f"{start}", **draw(st.sampled_from(shapes))}


@st.composite
def worker(draw: st.DrawFn, first: date) -> dict[str, Any]:
    """Somebody near a birthday that matters, perhaps an apprentice near a day that matters."""
    years = draw(st.sampled_from([15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 40]))
    born = st.one_of(
        st.integers(-2, 2).map(lambda days: first - timedelta(days=round(years * 365.2425) - days)),
        st.sampled_from([date(1996, 2, 29), date(2000, 2, 29), date(2004, 2, 29), date(2008, 2, 29)]),
    )
    found: dict[str, Any] = {"date_of_birth": f"{min(draw(born), first)}"}
    if draw(st.booleans()):
        started = first - timedelta(days=draw(st.sampled_from([-1, 0, 1, 200, 364, 365, 366, 367, 800])))
        said = {"started": f"{started}"}
        if draw(st.booleans()):
            ended = first + timedelta(days=draw(st.sampled_from([-1, 0, 1, 100])))
            said["ended"] = f"{max(ended, started)}"
        found["apprenticeship"] = said
    return found


@st.composite
def when(draw: st.DrawFn, start: date) -> dict[str, Any]:
    """When it was paid and earned, and when the record was handed in, round the period."""
    offset = st.one_of(st.integers(-75, 100), st.sampled_from([-1, 0, 6, 7, 13, 27, 30, 31, 59]))
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["paid_on"] = f"{start + timedelta(days=draw(offset))}"
    if draw(st.booleans()):
        first = start + timedelta(days=draw(offset))
        last = first + timedelta(days=draw(st.sampled_from([0, 6, 27, 30, 70])))
        found["earned"] = {"start": f"{first}", "end": f"{last}"}
        if draw(st.booleans()):
            found["record_submitted_on"] = f"{last + timedelta(days=draw(st.integers(0, 70)))}"
    return found


@st.composite
def payment(draw: st.DrawFn, start: date) -> dict[str, Any]:
    kind = draw(st.sampled_from(get_args(PayKind) + BY_HOUR * 6))
    sums = MONEY.map(lambda text: {"amount": text})
    by_units = st.fixed_dictionaries({"units": st.sampled_from(["0", "3", "7.5"]), "rate": RATE})
    by_time = st.builds(lambda time, rate: time | {"rate": rate}, TIME, RATE)
    forms = {
        "hourly": st.one_of(
            by_time,
            st.builds(
                lambda time, paid: time | {"amount": paid}, TIME, MONEY.filter(lambda m: Decimal(m) > 0)
            ),
        ),
        "piece": st.one_of(by_units, by_units.map(lambda said: said | {"normal_rate": "8.00"})),
        **dict.fromkeys(BY_SUM, sums),
    }
    said = {"kind": kind, **draw(forms.get(kind, st.one_of(sums, by_units, by_time))), **draw(when(start))}
    flags = {"allowance": "consolidated", "holiday_pay": "absence_taken"}
    if kind in flags and draw(st.booleans()):
        said[flags[kind]] = draw(st.booleans())
    return said | draw(DUTIES)


@st.composite
def work(draw: st.DrawFn, salaried: bool) -> dict[str, Any]:
    kinds = [kind for kind in get_args(WorkKind) if salaried or kind != "excess"]
    said = {"kind": draw(st.sampled_from(kinds)), **draw(TIME)}
    if said["kind"] == "absence" and draw(st.booleans()):
        said["pay"] = draw(st.sampled_from(["full", "reduced", "none"]))
    return said


def lines(kinds: Any, **more: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({"kind": st.sampled_from(get_args(kinds)), "amount": MONEY, **more})
    return st.lists(one, max_size=3)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    span = draw(period())
    start, end = (date.fromisoformat(span[name]) for name in ("start", "end"))
    form = draw(st.sampled_from(["time", "time", "output", "salaried"]))
    inside = st.integers(0, (end - start).days).map(lambda days: f"{start + timedelta(days=days)}")
    case: dict[str, Any] = {
        "period": span,
        "worker": draw(worker(start)),
        "work_type": form,
        "work": draw(st.lists(work(form == "salaried"), max_size=5)),
        "pay": draw(st.lists(payment(start), max_size=6)),
        "contract_rates": draw(st.lists(st.builds(lambda d, r: d | {"rate": r}, DUTIES, RATE), max_size=1)),
        "deductions": draw(lines(DeductionKind)),
        "expenditure": draw(lines(ExpenditureKind, reimbursed=MONEY)),
        "payments_to_employer": draw(lines(PaymentToEmployerKind)),
        "bank_holidays": [
            f"{start + timedelta(days=n)}" for n in draw(st.lists(st.integers(0, 100), max_size=12))
        ],
        "standards": draw(st.lists(standard(), max_size=2)),
        "as_of": f"{draw(st.sampled_from([start, date(2015, 1, 1), date(2023, 6, 1), TODAY, date(2027, 4, 1)]))}",
    }
    if form == "salaried":
        case["salaried"] = draw(salary_terms(end))
    if draw(st.booleans()):
        case["employment_started_on"] = min(draw(inside), f"{LAST}")
    if draw(st.booleans()):
        left = max(
            date.fromisoformat(draw(inside)),
            date.fromisoformat(case.get("employment_started_on", f"{start}")),
        )
        case["employment_ended_on"] = f"{left - timedelta(days=0 if 'employment_started_on' in case else 20)}"
    return case | draw(extras(start, end))


@st.composite
def salary_terms(draw: st.DrawFn, end: date) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "basic_hours_per_year": draw(st.sampled_from(["1000", "2088", "1950.5"])),
        "pay_periods_per_year": draw(st.sampled_from([12, 13, 52])),
    }
    return terms | ({"employed_days": 1} if end and draw(st.booleans()) else {})


def standard() -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.lists(st.sampled_from(get_args(WorkKind)), min_size=1, max_size=4, unique=True)
    return st.fixed_dictionaries({"name": st.just("A floor"), "hourly": RATE, "kinds": kinds})


@st.composite
def extras(draw: st.DrawFn, start: date, end: date) -> dict[str, Any]:
    """Accommodation charged in one of three ways, and rates in place of the statute's."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        days = draw(st.integers(0, min((end - start).days + 1, 31)))
        way = draw(st.sampled_from(["charge", "charge_per_day", "charge_per_month"]))
        found["accommodation"] = {
            "days": days,
            way: draw(st.sampled_from(["0", "5.35", "11.10", "99.99", "310"])),
        }
    if draw(st.sampled_from([True, False, False])):
        names = ("hourly", "hourly_now", "accommodation_offset_per_day")
        given_rates = {name: draw(RATE) for name in names if draw(st.booleans())}
        found["rates"] = given_rates
    return found


def told(case: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What the answer says of what is reckoned."""
    rows = {
        "work": [(row["kind"], row["counted"]) for row in answer["work"]],
        "pay": [
            tuple(row[part] for part in ("amount", "placed", "counted", "premium")) for row in answer["pay"]
        ],
        "adjustments": [row["amount"] for row in answer["adjustments"]],
        "standards": [(row["met"], row["shortfall"]) for row in answer["standards"]],
    }
    flat = {name: answer[name] for name in FIGURES if name in answer}
    return {**flat, **rows, "required": answer["required"]["pay"], "due": answer["arrears"]["due"],
            "band": answer["required"]["band"],
            "minutes": [answer[f"{name}_minutes"] for name in ("counted", "excluded", "unresolved")],
            "warned": sorted(row["code"] for row in answer["warnings"])}  # fmt: skip


FIGURES = (
    "total_remuneration", "premium_excluded", "nmw_pay", "required", "compliant", "shortfall",
    "shortfall_with_unresolved", "due", "hourly_equivalent", "accommodation_adjustment",
)  # fmt: skip
OWED = ("shortfall", "shortfall_with_unresolved", "due")


def by_hand(case: dict[str, Any]) -> dict[str, Any]:
    exact = result_of(case)
    figures = {
        name: value if value is None or isinstance(value, bool) else printed(value, name in OWED)
        for name, value in exact.items()
    }
    hours, unresolved = hours_of(case)
    counted = {"excess"} if case["work_type"] == "salaried" else COUNTED
    standards = [standard_of(case, one, exact["nmw_pay"]) for one in case["standards"]]
    return {
        **figures,
        "work": [(line["kind"], line["kind"] in counted) for line in case["work"]],
        "pay": [tuple(map(printed, row)) for row in pay_rows(case)],
        "adjustments": [printed(change) for change in changes_of(case)],
        "standards": [(not missing, printed(missing, True)) for missing in standards],
        "band": rates_of(case).band,
        "minutes": [minutes(value) for value in (hours, uncounted(case), unresolved)],
        "warned": warned(case, exact),
    }


def minutes(hours: Any) -> str:
    """At most two places, half up, without zeros after the last figure that counts."""
    whole, part = divmod((hours * 6000 * 2 + 1) // 2, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def warned(case: dict[str, Any], exact: dict[str, Any]) -> list[str]:
    """The doubts that the answer must put into words."""
    found = set()
    for line in case["pay"]:
        if line["kind"] in ("rolled_up_holiday_pay", "sleep_in_allowance") and fraction_here(case, line):
            found.add(line["kind"])
    if exact["due"] is None:
        found.add("rate_now_unknown")
    if case["work_type"] == "salaried" and over_absent(case):
        found.add("absence_exceeds_hours")
    return sorted(found)


def over_absent(case: dict[str, Any]) -> bool:
    off = [
        line for line in case["work"] if line["kind"] == "absence" and line.get("pay") in ("reduced", "none")
    ]
    rest = {**case, "work": [line for line in case["work"] if line not in off]}
    return hours_of(rest)[0] < sum(map(time_of, off))


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(cases(), min_size=4, max_size=10))
def test_every_row_and_figure_of_any_case_is_what_the_sums_by_hand_give(many: list[dict[str, Any]]) -> None:
    answers = calc_wage(json.dumps(many), TODAY)
    assert isinstance(answers, list)
    for case, answer in zip(many, answers, strict=True):
        assert told(case, answer) == by_hand(case), json.dumps(case)
