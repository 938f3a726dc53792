"""How a worked case is compared with an answer: its expectation is a part of the answer, and that part exactly."""

from decimal import Decimal, InvalidOperation
from typing import Any


def holds(expected: object, actual: Any) -> bool:
    """Whether the answer holds what is expected.

    Of an object the fields named; of a list an element of its own for each one expected, and an empty list only where
    none is expected; text, and so money, exactly as printed; numbers by value.
    """
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and holds(value, actual[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and _each_its_own(expected, actual)
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return _value(actual) == Decimal(str(expected))
    return bool(expected == actual)


def _each_its_own(expected: list[Any], actual: list[Any]) -> bool:
    """Whether the expected elements can each be given an element that no other is given."""
    if not expected:
        return not actual
    taken: dict[int, int] = {}

    def give(place: int, tried: set[int]) -> bool:
        for other, element in enumerate(actual):
            if other not in tried and holds(expected[place], element):
                tried.add(other)
                if other not in taken or give(taken[other], tried):
                    taken[other] = place
                    return True
        return False

    return all(give(place, set()) for place in range(len(expected)))


def _value(actual: object) -> Decimal | None:
    try:
        return None if isinstance(actual, bool) else Decimal(str(actual))
    except InvalidOperation:
        return None
