"""The comparison that worked cases go by finds what differs."""

import pytest

from tests.worked_cases import holds


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"minutes": 60}, {"minutes": "60.00", "more": 1}),
        ([{"a": 1}, {}], [{"b": 2}, {"a": 1}]),
        (
            [{}, {"a": 1}],
            [{"a": 1}, {"b": 2}],
        ),  # the first element that fits the first would leave none for the second
        ([], []),
        ({"met": True, "rate": None}, {"met": True, "rate": None}),
    ],
)
def test_an_answer_that_holds_more_agrees(expected: object, actual: object) -> None:
    assert holds(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"pay": "12.70"}, {"pay": "12.7"}),
        ({"pay": None}, {}),
        ([{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 2}]),
        ([], [{"a": 1}]),
        ({"minutes": 1}, {"minutes": True}),
        ({"minutes": 1}, {"minutes": "about one"}),
        ([1], {"0": 1}),
    ],
)
def test_what_differs_is_found(expected: object, actual: object) -> None:
    assert not holds(expected, actual)
