"""Where a home really seems to be: only where many visits and several carers agree."""

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.pin import Fixed, suggested
from backend.domain.place import Circle

HOME = Circle(52.0, -2.0, 100.0)
METRE = 1 / 111_320
"""A metre in degrees north, near enough."""


def at(carer: str, visit: int, north: float, accuracy: float = 10.0) -> Fixed:
    """A position so many metres north of the home."""
    return Fixed(carer, visit, 52.0 + north * METRE, -2.0, accuracy)


def round_of(north: float, visits: int = 6, carers: int = 2) -> list[Fixed]:
    return [at(f"C{number % carers}", number, north + number) for number in range(visits)]


def test_phones_that_agree_apart_from_the_place_suggest_their_middle_with_its_evidence() -> None:
    found = suggested(round_of(300), [HOME], 6, 2)
    assert found is not None
    assert abs(found.lat - (52.0 + 302.5 * METRE)) < 0.00002 and found.lon == -2.0
    assert (found.visits, found.carers, found.fixes, found.radius_m) == (6, 2, 6, 100.0)
    assert 300 < found.distance_m < 305 and 1 <= found.spread_m <= 2
    assert (found.outside_now, found.outside_then) == (6, 0)


def test_nothing_is_suggested_for_few_visits_one_carer_or_within_an_approved_place() -> None:
    assert suggested(round_of(300, visits=5), [HOME], 6, 2) is None
    assert suggested(round_of(300, carers=1), [HOME], 6, 2) is None
    assert suggested(round_of(40), [HOME], 6, 2) is None
    door = Circle(52.0 + 300 * METRE, -2.0, 50.0)
    assert suggested(round_of(300), [HOME, door], 6, 2) is None, "it is approved already"
    assert suggested(round_of(300), [], 6, 2) is None


def test_carers_who_do_not_agree_suggest_nothing() -> None:
    scattered = [at(f"C{number % 2}", number, 300 + 400 * number) for number in range(6)]
    assert suggested(scattered, [HOME], 6, 2) is None
    apart = [at("C0", number, 300) for number in range(6)] + [at("C1", 9, 5000), at("C1", 10, 5000)]
    assert suggested(apart, [HOME], 6, 2) is None, "the second carer's phone was elsewhere"


def test_a_visit_counts_once_however_often_its_phone_told_where_it_was() -> None:
    chatty = [at("C0", 0, 2000)] * 50
    found = suggested([*round_of(300), *chatty], [HOME], 6, 2)
    assert found is None or found.distance_m < 400


@given(
    st.lists(
        st.builds(
            at,
            st.sampled_from(["C0", "C1", "C2"]),
            st.integers(0, 9),
            st.floats(-3000, 3000),
            st.floats(0, 500),
        ),
        max_size=30,
    )
)
def test_a_suggested_place_never_flags_more_than_before_and_lies_outside_the_approved_ones(
    fixes: list[Fixed],
) -> None:
    found = suggested(fixes, [HOME], 2, 1)
    if found is not None:
        assert 0 <= found.outside_then <= found.outside_now <= found.fixes == len(fixes)
        assert found.distance_m > HOME.radius_m and found.spread_m <= HOME.radius_m
