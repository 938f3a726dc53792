"""Miles at the approved rates: the tax year, the first ten thousand miles by car, and where no rate is approved."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.mileage_risk import ApprovedRates, approved_cost, hundredths_of_a_mile, tax_year_start

OLD = ApprovedRates(
    "old", date(2015, 4, 6), date(2026, 4, 5), 10_000, Decimal("0.45"), Decimal("0.25"), Decimal("0.20")
)
NEW = ApprovedRates(
    "new", date(2026, 4, 6), date(2027, 4, 5), 10_000, Decimal("0.55"), Decimal("0.25"), Decimal("0.20")
)
KNOWN = [OLD, NEW]
MILE = 1_609_344
NOVEMBER = date(2026, 11, 2)


def metres(miles: int) -> int:
    """Whole metres that come to so many miles, to the hundredth."""
    return round(miles * MILE / 1000)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 4, 5), date(2025, 4, 6)),
        (date(2026, 4, 6), date(2026, 4, 6)),
        (date(2027, 1, 1), date(2026, 4, 6)),
    ],
)
def test_a_tax_year_begins_on_the_sixth_of_april(day: date, start: date) -> None:
    assert tax_year_start(day) == start


def test_miles_are_hundredths_half_up() -> None:
    assert (hundredths_of_a_mile(8), hundredths_of_a_mile(9), hundredths_of_a_mile(1609)) == (0, 1, 100)
    assert hundredths_of_a_mile(1_609_344_000) == 100_000_000


@pytest.mark.parametrize(
    ("mode", "miles", "before", "amount"),
    [
        ("car", 100, 0, "55.00"),
        ("car", 100, 9_950, "40.00"),  # fifty miles at 55p, fifty at 25p
        ("car", 100, 10_000, "25.00"),
        ("bicycle", 100, 10_000, "20.00"),
    ],
)
def test_the_first_ten_thousand_miles_by_car_have_a_higher_rate(
    mode: str, miles: int, before: int, amount: str
) -> None:
    cost = approved_cost([(NOVEMBER, metres(miles))], mode, before * 100, KNOWN)
    assert (cost.amount, cost.statute) == (Decimal(amount), ("new",))


def test_the_count_begins_anew_with_the_tax_year_and_its_rates() -> None:
    journeys = [(date(2026, 4, 7), metres(10)), (date(2026, 4, 5), metres(10))]
    cost = approved_cost(journeys, "car", 10_000 * 100, KNOWN)
    assert (cost.amount, cost.statute) == (Decimal("8.00"), ("old", "new"))  # 10 at 25p, 10 at 55p


def test_the_ten_thousandth_mile_is_the_last_at_the_higher_rate_to_the_hundredth() -> None:
    # 0.10 miles are 4.5p at the old rate; a hundredth of the rest at the lower rate would take 0.3p away
    whole = [(date(2026, 4, 5), 161), (date(2026, 4, 7), metres(10_000))]
    assert approved_cost(whole, "car", 0, KNOWN).amount == Decimal("5500.05")
    # 0.09 miles are 2.25p at the lower rate; a hundredth at the higher would make 2.55p
    assert approved_cost([(NOVEMBER, 145)], "car", 10_001 * 100, KNOWN).amount == Decimal("0.02")


@pytest.mark.parametrize(("mode", "day"), [("bus", NOVEMBER), ("walk", NOVEMBER), ("car", date(2027, 4, 6))])
def test_where_no_rate_is_approved_there_is_no_figure(mode: str, day: date) -> None:
    assert approved_cost([(day, metres(10))], mode, 0, KNOWN).amount is None


@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=5), st.integers(0, 1_200_000))
def test_a_journeys_cost_is_between_all_at_the_lower_and_all_at_the_higher_rate(
    lengths: list[int], before: int
) -> None:
    cost = approved_cost([(NOVEMBER, length) for length in lengths], "car", before, KNOWN)
    miles = Fraction(hundredths_of_a_mile(sum(lengths)), 100)
    assert cost.amount is not None
    halfpenny = Fraction(1, 200)
    assert (
        miles * Fraction("0.25") - halfpenny <= Fraction(cost.amount) <= miles * Fraction("0.55") + halfpenny
    )
