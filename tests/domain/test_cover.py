"""Who is suggested first for a visit of somebody who cannot come."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.cover import Suggestion, ranked

ANN = Suggestion("Ann", "E1", added=600, known=2, planned=3600, contracted=None, length=1800)
SUGGESTIONS = st.builds(
    Suggestion,
    name=st.sampled_from(["Ann", "Bea", "Cat"]),
    employment=st.sampled_from(["E1", "E2", "E3"]),
    added=st.integers(-600, 3600),
    known=st.integers(0, 5),
    planned=st.integers(0, 200_000),
    contracted=st.none() | st.integers(0, 200_000),
    length=st.just(1800),
)


def first(*others: Suggestion) -> str:
    return ranked([ANN, *others])[0].name


def test_contracted_hours_come_first_then_who_knows_the_person_then_travel() -> None:
    bea = replace(ANN, name="Bea")
    assert first(replace(bea, added=0, contracted=5399)) == "Ann", "Bea would go beyond her hours"
    assert first(replace(bea, added=0, contracted=5400)) == "Bea"
    assert first(replace(bea, added=0, known=0)) == "Ann", "Bea was never there"
    assert first(replace(bea, added=599, known=1)) == "Bea", "both were there: less travel"
    assert first(replace(bea, known=3)) == "Bea", "as far, and there more often"
    assert first(replace(bea, planned=3599)) == "Bea", "as far and as often, with less to do"
    assert first(bea) == "Ann", "at last by name"


@given(st.lists(SUGGESTIONS, unique_by=lambda one: one.employment), st.randoms())
def test_the_order_is_the_same_however_they_come(found: list[Suggestion], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert ranked(shuffled) == ranked(found)
    beyond = [one.beyond for one in ranked(found)]
    assert beyond == sorted(beyond)


@given(st.lists(SUGGESTIONS, min_size=1, max_size=6), st.integers(1, 600), st.integers(1, 3))
def test_less_travel_or_more_visits_to_the_person_never_put_a_carer_back(
    found: list[Suggestion], less: int, more: int
) -> None:
    one, others = found[0], found[1:]
    place = ranked([one, *others]).index(one)
    for better in (replace(one, added=one.added - less), replace(one, known=one.known + more)):
        assert ranked([better, *others]).index(better) <= place
