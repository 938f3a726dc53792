"""How many to look at, which ones, and what the findings say of all."""

from collections import Counter
from decimal import Decimal
from hashlib import sha256
from math import comb, log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.sampling import ALGORITHM, Plan, at_most, draw, draw_by_weight, plan_sample, project

MANY = 1_000_000


def test_a_sample_that_leaves_just_the_risk_is_large_enough() -> None:
    """Of 20 with one deviation, 19 miss it once in twenty."""
    assert plan_sample(20, Decimal(95), Decimal(5), Decimal(0)) == Plan(19, 0)


def test_where_nothing_less_would_do_all_are_looked_at() -> None:
    assert plan_sample(10, Decimal(95), Decimal(11), Decimal("10.9")) == Plan(10, 1)


@pytest.mark.parametrize(
    ("confidence", "tolerable", "expected", "plan"),
    [
        # AICPA Audit Guide, Audit Sampling, tables: sample sizes for tests of controls, 5 % and 10 % risk.
        ("95", "5", "0", Plan(59, 0)),
        ("95", "5", "1", Plan(93, 1)),
        ("95", "5", "1.25", Plan(124, 2)),
        ("95", "5", "2", Plan(181, 4)),
        ("95", "10", "0", Plan(29, 0)),
        ("95", "10", "1", Plan(46, 1)),
        ("95", "4", "0", Plan(74, 0)),
        ("95", "2", "0", Plan(149, 0)),
        ("90", "5", "0", Plan(45, 0)),
        ("90", "10", "0", Plan(22, 0)),
    ],
)
def test_sizes_are_those_of_the_published_tables(
    confidence: str, tolerable: str, expected: str, plan: Plan
) -> None:
    assert plan_sample(MANY, Decimal(confidence), Decimal(tolerable), Decimal(expected)) == plan


def test_a_small_population_needs_fewer() -> None:
    """Of 100 with 5 deviating, 45 miss all of them with a chance of comb(95, 45) / comb(100, 45), just below 5 %."""
    assert plan_sample(100, Decimal(95), Decimal(5), Decimal(0)) == Plan(45, 0)
    assert comb(95, 45) / comb(100, 45) <= 0.05 < comb(95, 44) / comb(100, 44)


def test_a_population_too_small_is_looked_at_whole() -> None:
    assert plan_sample(3, Decimal(95), Decimal(5), Decimal(1)).size == 3


@pytest.mark.parametrize(
    ("confidence", "tolerable", "expected"),
    [("100", "5", "1"), ("0", "5", "1"), ("95", "0", "0"), ("95", "100", "1"), ("95", "5", "5"), ("95", "5", "-1")],
)  # fmt: skip
def test_what_no_sample_could_show_is_refused(confidence: str, tolerable: str, expected: str) -> None:
    with pytest.raises(ValueError, match="confidence"):
        plan_sample(1000, Decimal(confidence), Decimal(tolerable), Decimal(expected))


def test_all_of_one_is_that_one() -> None:
    assert plan_sample(1, Decimal(95), Decimal(5), Decimal(0)) == Plan(1, 0)


def test_of_nothing_no_sample_is_drawn() -> None:
    with pytest.raises(ValueError, match="confidence"):
        plan_sample(0, Decimal(95), Decimal(5), Decimal(0))


def test_less_than_one_per_cent_is_a_percentage_as_well() -> None:
    assert plan_sample(1000, Decimal("0.5"), Decimal(5), Decimal(0)) == Plan(1, 0)
    assert plan_sample(1000, Decimal(50), Decimal("0.5"), Decimal(0)) == Plan(130, 0)
    assert comb(995, 130) / comb(1000, 130) <= 0.5 < comb(995, 129) / comb(1000, 129)


@pytest.mark.parametrize(
    ("deviations", "looked_at", "lower", "upper"),
    [
        # Clopper and Pearson at 95 %: closed forms at the edges, published values between.
        (0, 59, 0.0, 1 - 0.025 ** (1 / 59)),
        (59, 59, 0.025 ** (1 / 59), 1.0),
        (1, 10, 0.002529, 0.445016),
        (5, 10, 0.187086, 0.812914),
        (3, 30, 0.021117, 0.265289),
        (10, 100, 0.049005, 0.176223),
    ],
)
def test_bounds_are_those_of_clopper_and_pearson(
    deviations: int, looked_at: int, lower: float, upper: float
) -> None:
    found = project(deviations, looked_at, Decimal(95))
    assert found.rate == deviations / looked_at
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=2e-6)


@given(st.integers(1, 400), st.data())
def test_bounds_hold_the_rate_and_leave_the_tails(looked_at: int, data: st.DataObject) -> None:
    deviations = data.draw(st.integers(0, looked_at))
    found = project(deviations, looked_at, Decimal(90))
    assert found.lower <= found.rate <= found.upper
    if deviations:
        assert 1 - at_most(deviations - 1, looked_at, found.lower) == pytest.approx(0.05, abs=1e-6)
    if deviations < looked_at:
        assert at_most(deviations, looked_at, found.upper) == pytest.approx(0.05, abs=1e-6)


def test_a_draw_is_the_order_of_published_hashes() -> None:
    names = [f"v{number}" for number in range(50)]
    by_hand = sorted(names, key=lambda name: sha256(f"wye-2026\n{name}".encode()).hexdigest())
    assert draw("wye-2026", names, 10) == by_hand[:10]
    assert draw("wye-2026", reversed(names), 10) == by_hand[:10]
    assert draw("another", names, 10) != by_hand[:10]


def test_the_draw_is_kept_under_the_name_that_is_published() -> None:
    page = Path(__file__).parents[2] / "docs" / "audit-samples.md"
    assert f"The draw is called `{ALGORITHM}`." in page.read_text(encoding="utf-8")


def test_a_draw_by_weight_is_the_order_of_published_fractions() -> None:
    weights = {f"v{number}": 1 + number % 4 for number in range(60)}

    def place(name: str) -> float:
        number = int(sha256(f"wye-2026\n{name}".encode()).hexdigest(), 16)
        return (256 * log(2) - log(number)) / weights[name]

    assert draw_by_weight("wye-2026", weights, 60) == sorted(weights, key=place)
    two = {name: min(weight, 2) for name, weight in weights.items()}
    assert draw_by_weight("wye-2026", two, 60) != draw_by_weight("wye-2026", dict.fromkeys(two, 1), 60)


def test_by_weight_the_largest_hashes_come_first_also_where_all_weigh_the_same() -> None:
    names = [f"v{number}" for number in range(50)]
    assert draw_by_weight("s", dict.fromkeys(names, 1), 50) == draw("s", names, 50)[::-1]


@pytest.mark.parametrize(
    ("count", "trials", "chance", "expected"),
    [
        (0, 10, 0.0, 1.0),
        (9, 10, 1.0, 0.0),
        (10, 10, 1.0, 1.0),
        (11, 10, 1.0, 1.0),
        (0, 10, 0.5, 1 / 1024),
        (3, 10, 0.5, 176 / 1024),
        (1, 3, 0.2, 0.896),
        (10, 10, 0.3, 1.0),
    ],
)
def test_the_chance_of_at_most_so_many_is_the_binomial_one(
    count: int, trials: int, chance: float, expected: float
) -> None:
    found = at_most(count, trials, chance)
    assert found == pytest.approx(expected, abs=1e-12) and found <= 1


def test_a_larger_draw_holds_the_smaller_one() -> None:
    weights = {f"v{number}": 1 + number % 3 for number in range(100)}
    assert draw("s", weights, 40)[:15] == draw("s", weights, 15)
    assert draw_by_weight("s", weights, 40)[:15] == draw_by_weight("s", weights, 15)


def test_risk_comes_first_in_the_proportion_of_its_weight() -> None:
    first = Counter(draw_by_weight(str(seed), {"risky": 3, "plain": 1}, 1)[0] for seed in range(2000))
    assert 1400 < first["risky"] < 1600
