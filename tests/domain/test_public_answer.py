"""What may be told in public: nothing about one to four people, however it is asked."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.public_answer import ABOUT_SHORT, ABOUT_TESTED, ABOUT_TRAVEL, told


def figures(workers: int, short: int, not_tested: int = 0) -> dict[str, Any]:
    everything = dict.fromkeys((*ABOUT_SHORT, *ABOUT_TESTED, *ABOUT_TRAVEL), 1)
    return everything | {"workers": workers, "workers_short": short, "not_tested": not_tested}


def hidden(workers: int, short: int, carers: int = 9, not_tested: int = 0) -> set[str]:
    return {
        name for name, value in told(figures(workers, short, not_tested), carers, 5).items() if value is None
    }


def test_of_many_everything_is_told_and_nothing_short_is_told_too() -> None:
    assert hidden(40, 10) == set() and hidden(40, 0) == set() and hidden(5, 5) == set()


def test_one_to_four_short_are_not_told_and_neither_are_one_to_four_who_are_not() -> None:
    assert hidden(40, 4) == set(ABOUT_SHORT) == hidden(40, 36)
    assert hidden(40, 5) == set() == hidden(40, 35)


def test_a_small_provider_is_told_nothing_of_and_travel_of_few_carers_is_not_told() -> None:
    assert hidden(4, 0) == {*ABOUT_SHORT, *ABOUT_TESTED, *ABOUT_TRAVEL}
    assert hidden(40, 0, carers=4) == set(ABOUT_TRAVEL)
    assert hidden(40, 0, not_tested=1) == {"not_tested"}


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(2, 20))
def test_what_is_told_is_never_about_few(
    workers: int, short: int, carers: int, not_tested: int, fewest: int
) -> None:
    short = min(short, workers)
    answer = told(figures(workers, short, not_tested), carers, fewest)
    for name in ("workers", "workers_short", "not_tested"):
        assert answer[name] is None or answer[name] == 0 or answer[name] >= fewest
    if answer["workers"] is not None and answer["workers_short"]:
        rest = answer["workers"] - answer["workers_short"]
        assert rest == 0 or rest >= fewest
    assert answer["travel_percent"] is None or carers == 0 or carers >= fewest
