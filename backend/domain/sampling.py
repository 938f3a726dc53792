"""Attribute sampling: how many to look at, which ones, and what the findings say of all.

Sizes are exact (hypergeometric, for a population of known size), bounds are those of Clopper and Pearson. A draw can be
repeated by anybody who has the seed and the ids: docs/audit-samples.md publishes how.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from math import comb, exp, fsum, lgamma, log, log1p
from typing import Final

ALGORITHM: Final = "doorstep-draw-1"
_HUNDRED: Final = Decimal(100)
_HALVINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """How many to draw, and the most deviations with which the rate is still shown to be below the tolerable one."""

    size: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Projection:
    """A share of all, between two bounds; each a fraction of 1."""

    rate: float
    lower: float
    upper: float


def percent_faults(confidence: Decimal, tolerable: Decimal, expected: Decimal) -> dict[str, str]:
    """Which percentages make a sample impossible, and why."""
    faults = {
        name: f"The {name} percentage lies between 0 and 100."
        for name, value in (("confidence", confidence), ("tolerable", tolerable))
        if not 0 < value < 100
    }
    if not 0 <= expected < tolerable:
        faults["expected"] = "The expected percentage lies from 0 to below the tolerable one."
    return faults


def plan_sample(population: int, confidence: Decimal, tolerable: Decimal, expected: Decimal) -> Plan:
    """The smallest sample that shows, if it has no more deviations than expected, that fewer than the tolerable share
    deviate. Arguments are percentages. Of a population too small for less, all are drawn.

    Raises ValueError where no sample is enough.
    """
    if percent_faults(confidence, tolerable, expected) or population <= 0:
        raise ValueError("confidence and tolerable lie between 0 and 100, expected from 0 to below tolerable")
    risk = (_HUNDRED - confidence) / _HUNDRED
    deviating = int((population * tolerable / _HUNDRED).to_integral_value(ROUND_CEILING))
    for allowed in range(deviating):
        size = _smallest(population, deviating, allowed, risk)
        if size * expected / _HUNDRED <= allowed:
            return Plan(size, allowed)
    return Plan(population, deviating - 1)


def _smallest(population: int, deviating: int, allowed: int, risk: Decimal) -> int:
    """The smallest sample in which so few deviations are as unlikely as `risk` says, if so many deviate in all."""
    numerator, denominator = risk.as_integer_ratio()

    def enough(size: int) -> bool:
        few = sum(
            comb(deviating, count) * comb(population - deviating, size - count)
            for count in range(min(allowed, size) + 1)
        )
        return few * denominator <= comb(population, size) * numerator

    high = min(population, 16)
    while not enough(high):
        high = min(population, high * 2)
    return _first(enough, allowed + 1, high)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first whole number from `low` to `high` for which it holds, where it holds from then on."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def draw(seed: str, names: Iterable[str], size: int) -> list[str]:
    """So many of the names, in the order drawn: that of SHA-256 of seed, a line feed and the name."""
    return sorted(names, key=lambda name: _hash(seed, name))[:size]


def draw_by_weight(seed: str, weights: Mapping[str, int], size: int) -> list[str]:
    """The same by risk. Each name's hash is read as a fraction u of 1, and the smallest of -ln(u) / weight come first
    (Efraimidis and Spirakis, 2006): a name of twice the weight is twice as likely to come before another.
    """

    def place(name: str) -> tuple[float, int]:
        number = _hash(seed, name)
        return (-log((number + 1) / (1 << 256)) / weights[name], number)

    return sorted(weights, key=place)[:size]


def _hash(seed: str, name: str) -> int:
    return int.from_bytes(sha256(f"{seed}\n{name}".encode()).digest())


def project(deviations: int, looked_at: int, confidence: Decimal) -> Projection:
    """What a random sample says of all: the bounds of Clopper and Pearson (1934) at this two-sided confidence."""
    tail = float((_HUNDRED - confidence) / 200)
    lower = 0.0 if deviations == 0 else _root(lambda p: 1 - at_most(deviations - 1, looked_at, p) >= tail)
    upper = 1.0 if deviations == looked_at else _root(lambda p: at_most(deviations, looked_at, p) <= tail)
    return Projection(deviations / looked_at, lower, upper)


def at_most(count: int, trials: int, chance: float) -> float:
    """The chance of at most so many successes in so many trials."""
    if chance in (0.0, 1.0):
        return 1.0 if chance == 0.0 or count >= trials else 0.0
    return min(1.0, fsum(_terms(range(count + 1), trials, chance)))


def _terms(counts: Iterable[int], trials: int, chance: float) -> Iterable[float]:
    for count in counts:
        ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
        yield exp(ways + count * log(chance) + (trials - count) * log1p(-chance))


def _root(holds: Callable[[float], bool]) -> float:
    """The fraction from which on it holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
