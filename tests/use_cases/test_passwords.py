"""New passwords are held against what is guessed first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.faults import DomainError
from backend.use_cases.passwords import SHORTEST, _common, refuse_guessable

ABOUT = ("Ann.Sheard@hearth-care.example", "hearth", "Hearth Home Care Limited")


def test_the_common_ones_that_are_long_enough_are_known_in_small_letters() -> None:
    assert len(_common()) > 3000
    assert all(len(word) >= SHORTEST and word == word.lower() for word in _common())


@pytest.mark.parametrize(
    "password", ["password", "12345678", "Password1", "QWERTYUIOP", "1q2w3e4r5t", "iloveyou"]
)
def test_a_common_password_is_refused_however_it_is_written(password: str) -> None:
    with pytest.raises(
        DomainError, match=r"one of the most common ones\. Choose another: three random words"
    ):
        refuse_guessable(password, ())


@pytest.mark.parametrize(
    "password",
    [
        "Doorstep",
        "doorstep2026!",
        "DOORSTEPdoorstep",
        "hearthcare1",
        "hearth-2026",
        "HearthHomeCareLimited",
        "ann.sheard",
        "annsheard99",
        "sheard1984",
        "hearth-care.example",
    ],
)
def test_words_of_the_service_the_organisation_and_the_address_are_not_enough(password: str) -> None:
    with pytest.raises(DomainError, match="Without the words that anybody would guess here"):
        refuse_guessable(password, ABOUT)


@pytest.mark.parametrize(
    "password", ["three random words", "a cat on my doorstep", "hearth lantern meadow", "qzvkwmtr"]
)
def test_what_is_long_enough_besides_those_words_is_taken(password: str) -> None:
    refuse_guessable(password, ABOUT)


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_taken_or_refused_in_words(password: str, about: list[str]) -> None:
    try:
        refuse_guessable(password, about)
    except DomainError as refused:
        assert refused.code == "bad_request"
        assert len(password) < SHORTEST or "Choose another" in refused.detail
