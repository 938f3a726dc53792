"""Travel and waiting for each contact hour: exact sums, checked against fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.zone_costs import Stretch, costs

RATES = st.decimals(Decimal("0.01"), Decimal("99.99"), places=2)
STRETCHES = st.lists(
    st.builds(
        Stretch,
        st.sampled_from(["urban", "rural"]),
        st.sampled_from(["contact", "travel", "waiting", "training"]),
        st.integers(0, 20_000),
        st.none() | RATES,
        RATES,
    ),
    max_size=20,
)


def test_an_hour_of_travel_to_two_hours_of_care_costs_half_its_rate_an_hour() -> None:
    care = Stretch("rural", "contact", 7200, Decimal("13.00"), Decimal("12.71"))
    found = costs([care, Stretch("rural", "travel", 3600, None, Decimal("12.71"))])["rural"]
    assert (found.contact, found.travel, found.unpaid) == (7200, 3600, 3600)
    assert (found.pence(found.terms), found.pence(found.minimum)) == (0, 1271)
    assert found.pence_per_contact_hour(found.minimum) == 636, "£6.355, half up"


def test_without_care_there_is_no_cost_an_hour() -> None:
    found = costs([Stretch("rural", "waiting", 600, Decimal("12.00"), Decimal("12.71"))])["rural"]
    assert found.pence_per_contact_hour(found.terms) is None and found.pence(found.terms) == 200
    assert (found.waiting, found.travel, found.unpaid) == (600, 0, 0)


def test_a_years_travel_of_many_carers_is_right_to_the_penny() -> None:
    found = costs([Stretch("rural", "travel", 3600 * 12_345, Decimal("12.60"), Decimal("12.71"))])["rural"]
    assert (found.pence(found.terms), found.pence(found.minimum)) == (15_554_700, 15_690_495)


@given(STRETCHES)
def test_the_groups_add_up_to_what_fractions_say(stretches: list[Stretch]) -> None:
    found = costs(stretches)
    paid = [one for one in stretches if one.kind in ("travel", "waiting")]
    exact = sum((Fraction(one.minimum) * one.seconds / 3600 for one in paid), Fraction(0))
    assert Fraction(sum(group.minimum for group in found.values()), 3600 * 1_000_000) == exact
    agreed = sum((Fraction(one.terms or 0) * one.seconds / 3600 for one in paid), Fraction(0))
    assert Fraction(sum(group.terms for group in found.values()), 3600 * 1_000_000) == agreed
    assert sum(group.contact for group in found.values()) == sum(
        one.seconds for one in stretches if one.kind == "contact"
    )
