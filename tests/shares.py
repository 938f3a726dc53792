"""How much of what could be tried a run tries: laws and hostile values take long."""

import os
from collections.abc import Iterable, Sequence
from random import SystemRandom
from typing import Final, TypeVar

import hypothesis
import pytest
from hypothesis import is_hypothesis_test

EXAMPLES = float(os.environ.get("DOORSTEP_EXAMPLES", "0.2"))
"""The share of each law's examples, and of each list of hostile values, that a run tries."""
THOROUGH = EXAMPLES >= 1
"""Whether all are tried, and with them the tests marked `thorough` and every case of those marked `variants`."""
T = TypeVar("T")


def some(*values: T) -> list[T]:
    """As many of the values as the run's share of them, in their order, others in each run; all if it is thorough."""
    chosen = set(SystemRandom().sample(range(len(values)), max(1, round(len(values) * min(1.0, EXAMPLES)))))
    return [value for place, value in enumerate(values) if place in chosen]


_LAW: Final = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps the settings of a law; it has no public way to try fewer examples than a law asks for."""
_WHOLE: Final[dict[object, hypothesis.settings]] = {}
"""What each law asked for itself."""


def is_law(item: pytest.Item) -> bool:
    """Whether a test makes up its cases."""
    return isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)


def try_share(items: Iterable[pytest.Item], share: float) -> None:
    """Each law among the tests tries that share of its examples, and no fewer than five."""
    for law in {item.obj for item in items if isinstance(item, pytest.Function) and is_law(item)}:
        whole = _WHOLE.setdefault(law, getattr(law, _LAW, hypothesis.settings.default))
        few = max(min(5, whole.max_examples), round(whole.max_examples * share))
        setattr(law, _LAW, hypothesis.settings(whole, max_examples=few))


def for_thorough(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests marked `thorough`, and all cases but the first of those marked `variants`."""
    seen: set[str] = set()
    left: list[pytest.Item] = []
    for item in items:
        test = item.nodeid.partition("[")[0]
        if item.get_closest_marker("thorough") or (item.get_closest_marker("variants") and test in seen):
            left.append(item)
        seen.add(test)
    return left
