"""Who may decide what about an audit flag, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.flag_states import Party, State, state_after

STATES: list[State] = ["open", "explained", "upheld"]


@pytest.mark.parametrize(
    ("state", "party", "decision", "after"),
    [
        ("open", "provider", "explained", "explained"),
        ("explained", "provider", "explained", "explained"),
        ("upheld", "provider", "explained", "upheld"),
        ("open", "provider", "upheld", None),
        ("explained", "provider", "open", None),
        ("upheld", "provider", "open", None),
        ("open", "commissioner", "upheld", "upheld"),
        ("explained", "commissioner", "upheld", "upheld"),
        ("upheld", "commissioner", "open", "open"),
        ("upheld", "commissioner", "explained", "explained"),
        ("explained", "commissioner", "open", "open"),
        ("upheld", "another_commissioner", "explained", "upheld"),
        ("upheld", "another_commissioner", "upheld", "upheld"),
        ("upheld", "another_commissioner", "open", None),
    ],
)
def test_the_state_after_a_decision(state: State, party: Party, decision: State, after: State | None) -> None:
    assert state_after(state, party, decision) == after


@given(st.sampled_from(STATES), st.lists(st.sampled_from(STATES)))
def test_a_provider_never_upholds_a_flag_and_never_undoes_one_that_is_upheld(
    state: State, decisions: list[State]
) -> None:
    before = state
    for decision in decisions:
        state = state_after(state, "provider", decision) or state
    assert (state == "upheld") is (before == "upheld")
