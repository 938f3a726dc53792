"""Where a home really seems to be: only where many visits and several carers agree."""

from dataclasses import replace
from math import nextafter

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.pin import Fixed, Suggestion, suggested
from backend.domain.place import Circle, distance_m, haversine_m

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
    assert found.lat == round(found.lat, 5), "to about a metre"
    far = Circle(52.5, -2.0, 100.0)
    for places in ([HOME, far], [far, HOME]):
        again = suggested(round_of(300), places, 6, 2)
        assert again is not None and again.distance_m == found.distance_m, "to the nearest of them"


def test_who_was_just_as_far_as_the_radius_was_there() -> None:
    here, north, south = (52.003, -2.0), (52.004, -2.0), (52.002, -2.0)

    def metres(other: tuple[float, float]) -> float:
        return distance_m(*here, *other, edges=(haversine_m(*here, *other),))

    def found(points: list[tuple[float, float]], carers: str, place: Circle) -> Suggestion | None:
        fixes = [Fixed(carer, visit, *points[visit], 10.0) for visit, carer in enumerate(carers)]
        return suggested(fixes, [place], len(points), len(set(carers)))

    elsewhere = Circle(51.9, -2.0, metres(north))
    assert found([here, here, north], "AAB", elsewhere) is not None, "the second carer too"
    assert found([here, here, north], "AAB", replace(elsewhere, radius_m=nextafter(metres(north), 0))) is None
    near = min(metres(north), metres(south))
    assert found([north, here, south], "AAA", replace(elsewhere, radius_m=near)) is not None, (
        "half of the visits"
    )
    assert found([north, here, south], "AAA", replace(elsewhere, radius_m=nextafter(near, 0))) is None
    approved = Circle(*north, metres(north))
    assert found([here, here], "AA", approved) is None, "it is in the approved place"
    assert found([here, here], "AA", replace(approved, radius_m=nextafter(metres(north), 0))) is not None


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
