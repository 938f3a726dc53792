"""Shares of a line among its payers, and the remainder carried through a document."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.funding import WHOLE, Carry, share

HALVES = [("a", WHOLE // 2), ("b", WHOLE // 2)]
THIRDS = [("a", 33_333_333), ("b", 33_333_333), ("c", 33_333_334)]


@st.composite
def funders(draw: st.DrawFn) -> list[tuple[str, int]]:
    """One to five payers whose percentages make 100."""
    cuts = draw(st.lists(st.integers(0, WHOLE), max_size=4))
    ends = [0, *sorted(cuts), WHOLE]
    return [(f"payer {index}", end - start) for index, (start, end) in enumerate(pairwise(ends))]


def test_a_tie_goes_to_the_first_payer() -> None:
    assert share(5, HALVES) == [3, 2]
    assert share(-5, HALVES) == [-3, -2]


def test_the_largest_remainder_goes_first() -> None:
    assert share(1000, [("a", 33_330_000), ("b", 33_330_000), ("c", 33_340_000)]) == [333, 333, 334]
    assert share(2, THIRDS) == [1, 0, 1]


def test_the_odd_penny_alternates_through_a_document() -> None:
    carry = Carry()
    assert [carry.share(5, HALVES) for _ in range(4)] == [[3, 2], [2, 3], [3, 2], [2, 3]]


def test_the_remainder_is_not_carried_to_a_payer_with_no_share_of_the_line() -> None:
    carry = Carry()
    carry.share(1, HALVES)
    assert carry.share(1, [("a", WHOLE), ("b", 0)]) == [1, 0]
    assert carry.share(1, HALVES) == [0, 1]


def test_a_payer_with_no_share_pays_nothing_however_much_another_was_asked_too_much() -> None:
    assert share(1, [("a", WHOLE), ("b", 0)], {"a": -3 * WHOLE // 2}) == [1, 0]


def test_no_more_is_asked_in_all_than_the_line_though_one_payer_is_owed_much_and_another_owes_it() -> None:
    assert share(1, HALVES, {"a": 3 * WHOLE // 2, "b": -3 * WHOLE // 2}) == [1, 0]


def test_what_is_taken_back_undoes_the_odd_penny() -> None:
    carry = Carry()
    assert [carry.share(pence, HALVES) for pence in (5, -5, 5)] == [[3, 2], [-3, -2], [3, 2]]


def test_a_hundred_per_cent_is_whole_to_the_penny_of_any_amount() -> None:
    assert share(10**10, [("a", 60_000_000), ("b", 40_000_000)]) == [6 * 10**9, 4 * 10**9]


@settings(max_examples=200)
@given(st.integers(-100_000, 100_000), funders())
def test_shares_add_up_and_lie_within_a_penny_of_exact(pence: int, payers: list[tuple[str, int]]) -> None:
    shares = share(pence, payers)
    assert sum(shares) == pence
    for (_, percent), amount in zip(payers, shares, strict=True):
        assert abs(amount * WHOLE - pence * percent) < WHOLE


@settings(max_examples=150)
@given(st.lists(st.integers(0, 5_000), max_size=30), funders())
def test_carried_shares_add_up_line_by_line_and_favour_nobody(
    lines: list[int], payers: list[tuple[str, int]]
) -> None:
    carry = Carry()
    given_so_far = [0] * len(payers)
    for pence in lines:
        shares = carry.share(pence, payers)
        assert sum(shares) == pence
        assert min(shares) >= 0
        given_so_far = [before + amount for before, amount in zip(given_so_far, shares, strict=True)]
    for (_, percent), amount in zip(payers, given_so_far, strict=True):
        assert abs(amount * WHOLE - sum(lines) * percent) < 2 * WHOLE


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(-5_000, 5_000), funders()), max_size=20))
def test_any_mixture_of_lines_and_payers_adds_up(lines: list[tuple[int, list[tuple[str, int]]]]) -> None:
    carry = Carry()
    for pence, payers in lines:
        shares = carry.share(pence, payers)
        assert sum(shares) == pence
        assert all(amount * pence >= 0 for amount in shares)


def test_pennies_asked_beyond_the_line_are_taken_back_one_by_one() -> None:
    """Three payers are owed more than the line between them, and a fourth was asked too much."""
    owed = {"a": -405 * WHOLE // 100, **dict.fromkeys("bcd", 135 * WHOLE // 100)}
    assert share(1, [(payer, WHOLE // 4) for payer in "abcd"], owed) == [0, 0, 0, 1]


def test_whole_lines_before_win_and_lose_nobody_a_tie() -> None:
    for payer in "ab":
        carry = Carry()
        assert carry.share(3, [(payer, WHOLE)]) == [3]
        assert carry.share(1, HALVES) == [1, 0]
