"""How much of what could be tried a run tries: laws and hostile values take long, and each run tries others."""

import os
from random import SystemRandom
from typing import TypeVar

EXAMPLES = float(os.environ.get("DOORSTEP_EXAMPLES", "0.25"))
"""The share of each law's examples, and of each list of hostile values, that a run tries."""
THOROUGH = EXAMPLES >= 1
"""Whether all are tried, and with them the tests marked `thorough` and every case of those marked `variants`."""
T = TypeVar("T")


def some(*values: T) -> list[T]:
    """As many of the values as the run's share of them, in their order; all of them if it is thorough."""
    chosen = set(SystemRandom().sample(range(len(values)), max(1, round(len(values) * min(1.0, EXAMPLES)))))
    return [value for place, value in enumerate(values) if place in chosen]
