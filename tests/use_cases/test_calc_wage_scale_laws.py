"""Laws of the minimum wage test under a change of the case: more time, other money, the work cut up."""

from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.wage import HIGHEST_RATE
from tests.use_cases.test_calc_wage_laws import MODEST, answers, cases

MONEY_FIELDS = ("amount", "rate", "normal_rate", "reimbursed", "charge", "charge_per_day", "charge_per_month")
TOTALS = (
    "counted_minutes",
    "excluded_minutes",
    "unresolved_minutes",
    "total_remuneration",
    "nmw_pay",
    "required",
    "shortfall",
    "shortfall_with_unresolved",
    "hourly_equivalent",
    "compliant",
    "arrears",
)


@MODEST
@given(cases(), st.sampled_from(["contact", "travel", "awake", "excess"]), st.integers(1, 6000))
def test_more_time_at_equal_pay_never_raises_the_hourly_equivalent(
    case: dict[str, Any], kind: str, minutes: int
) -> None:
    """Nor does it lower what is owed. Pay below nothing, which deductions can leave, comes nearer to nothing."""
    assume(kind != "excess" or case.get("work_type") == "salaried")
    longer = case | {"work": [*case["work"], {"kind": kind, "minutes": minutes}]}
    before, after = answers([case, longer])
    assert after["nmw_pay"] == before["nmw_pay"]
    assert Decimal(after["counted_minutes"]) >= Decimal(before["counted_minutes"])
    assert Decimal(after["shortfall"]) >= Decimal(before["shortfall"])
    assert not (after["compliant"] and not before["compliant"])
    if before["hourly_equivalent"] is not None:
        first, second = (Decimal(answer["hourly_equivalent"]) for answer in (before, after))
        assert second <= first if Decimal(before["nmw_pay"]) >= 0 else second >= first


@MODEST
@given(cases(), st.integers(1, 6000))
def test_pay_for_more_minutes_at_the_same_rate_never_lowers_what_counts(
    case: dict[str, Any], minutes: int
) -> None:
    lines = [line for line in case["pay"] if line["kind"] == "hourly" and "rate" in line]
    assume(lines)
    first = {name: value for name, value in lines[0].items() if name not in ("seconds", "minutes")}
    more = case | {"pay": [*case["pay"], first | {"minutes": minutes}]}
    before, after = answers([case, more])
    for name in ("nmw_pay", "total_remuneration", "premium_excluded"):
        assert Decimal(after[name]) >= Decimal(before[name])
    assert Decimal(after["shortfall"]) <= Decimal(before["shortfall"])


@MODEST
@given(cases(), st.integers(2, 100))
def test_all_money_times_k_gives_every_amount_times_k_and_the_same_verdict(
    case: dict[str, Any], k: int
) -> None:
    """Amounts are printed to the penny, so k times a printed one may be k half-pennies away, and its own half."""
    assume(highest_rate(case) * k <= HIGHEST_RATE)
    plain, scaled = answers([case, times(case, k)])
    assert scaled["compliant"] == plain["compliant"]
    for name in ("counted_minutes", "excluded_minutes", "unresolved_minutes"):
        assert scaled[name] == plain[name]
    for one, other in zip(amounts(plain), amounts(scaled), strict=True):
        assert (one is None) == (other is None)
        assert one is None or abs(k * Decimal(one) - Decimal(other or 0)) <= Decimal(k + 1) / 200
    for one, other in zip(owed(plain), owed(scaled), strict=True):
        assert (one == 0) == (other == 0)
        assert abs(k * one - other) <= Decimal(k + 1) / 100  # what is owed is at least a penny


def highest_rate(value: Any, name: str = "") -> Decimal:
    """The highest of the case's rates and charges, which the calculator takes up to a limit."""
    if isinstance(value, dict):
        rates = name == "rates"
        found = (highest_rate(each, "rate" if rates else key) for key, each in value.items())
        return max(found, default=Decimal(0))
    if isinstance(value, list):
        return max((highest_rate(each) for each in value), default=Decimal(0))
    return Decimal(value) if name in MONEY_FIELDS and name not in ("amount", "reimbursed") else Decimal(0)


def times(value: Any, k: int, name: str = "") -> Any:
    """The case with each amount and rate of money k times as large."""
    if isinstance(value, dict):
        rates = name == "rates"
        return {key: times(each, k, "rate" if rates else key) for key, each in value.items()}
    if isinstance(value, list):
        return [times(each, k) for each in value]
    return f"{Decimal(value) * k:f}" if name in MONEY_FIELDS else value


def amounts(answer: dict[str, Any]) -> list[str | None]:
    lines = [row[name] for row in answer["pay"] for name in ("amount", "placed", "counted", "premium")]
    totals = ("total_remuneration", "nmw_pay", "premium_excluded", "hourly_equivalent")
    return [*lines, *(answer[name] for name in totals), answer["required"]["pay"]]


def owed(answer: dict[str, Any]) -> list[Decimal]:
    found = (answer["shortfall"], answer["shortfall_with_unresolved"], answer["arrears"]["due"])
    return [Decimal(text) for text in found]


@MODEST
@given(cases(), st.data())
def test_work_cut_at_any_second_changes_no_total(case: dict[str, Any], data: st.DataObject) -> None:
    """As whole seconds: a visit over midnight, or a shift entered in parts, is the same working time."""
    whole = [_in_seconds(line) for line in case["work"]]
    cut = []
    for line in whole:
        at = data.draw(st.integers(0, line["seconds"]))
        cut += [line | {"seconds": at}, line | {"seconds": line["seconds"] - at}]
    first, second = answers([case | {"work": whole}, case | {"work": cut}])
    assert {name: first[name] for name in TOTALS} == {name: second[name] for name in TOTALS}


def _in_seconds(line: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in line.items() if name != "minutes"}
    return others | {"seconds": int(Decimal(str(line["minutes"])) * 60)}


@MODEST
@given(st.lists(cases(), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_a_case_is_answered_alike_alone_and_among_others(many: list[dict[str, Any]], random: Any) -> None:
    order = random.sample(range(len(many)), len(many))
    together = answers([many[index] for index in order])
    assert together == [answers([many[index]])[0] for index in order]
