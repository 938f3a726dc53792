"""What is still due for periods that were short, after what was paid since (National Minimum Wage Act 1998, s.17).

A payment for several periods goes to the oldest first. Once all that is due on the day of a payment is paid, the period
is settled for good, though the rate may rise later (s.17(5)); a part paid reduces what is due (s.17(6)). All money is
whole pennies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.domain.money import half_up


@dataclass(frozen=True, slots=True)
class ShortPeriod:
    """A pay reference period in which a worker was short. `due`: what was due on each day of a payment, and is on the
    day of the answer; None where that day's rate is not known.
    """

    start: date
    end: date
    underpayment: int
    due: Mapping[date, int | None]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment of arrears, for the London dates `start` to `end`."""

    reference: str
    paid_on: date
    start: date
    end: date
    pence: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a period stands: the parts of payments that went to it, and what is left."""

    paid: tuple[tuple[Paid, int], ...]
    settled_on: date | None
    outstanding: int | None
    underpayment_left: int


def settled(
    periods: Sequence[ShortPeriod], payments: Iterable[Paid], as_of: date
) -> tuple[list[Standing], list[tuple[Paid, int]]]:
    """One standing for each period, in order, by one worker's payments made up to `as_of`; and what was paid beyond all
    that was due.
    """
    parts: list[list[tuple[Paid, int]]] = [[] for _ in periods]
    closed: dict[int, date] = {}
    beyond: list[tuple[Paid, int]] = []
    oldest_first = sorted(range(len(periods)), key=lambda place: periods[place].start)
    for payment in sorted(payments, key=lambda paid: (paid.paid_on, paid.reference)):
        left = payment.pence if payment.paid_on <= as_of else 0
        for place in oldest_first:
            period = periods[place]
            if left and place not in closed and period.start <= payment.end and payment.start <= period.end:
                wanted = max(_due(period, payment.paid_on) - _sum(parts[place]), 0)
                taken = min(left, wanted)
                left -= taken
                parts[place].append((payment, taken))
                if taken == wanted and period.due[payment.paid_on] is not None:
                    closed[place] = payment.paid_on
        if left:
            beyond.append((payment, left))
    return [
        _standing(period, parts[place], closed.get(place), as_of) for place, period in enumerate(periods)
    ], beyond


def _due(period: ShortPeriod, day: date) -> int:
    """What was due on a day of payment; the underpayment where the day's rate is not known, which settles nothing."""
    found = period.due[day]
    return period.underpayment if found is None else found


def _sum(parts: Iterable[tuple[Paid, int]]) -> int:
    return sum(pence for _, pence in parts)


def _standing(
    period: ShortPeriod, parts: list[tuple[Paid, int]], closed: date | None, as_of: date
) -> Standing:
    paid, due = _sum(parts), period.due[as_of]
    if closed is not None:
        return Standing(tuple(parts), closed, 0, 0)
    left = max(period.underpayment - paid, 0)
    return Standing(tuple(parts), None, None if due is None else max(due - paid, 0), left)


@dataclass(frozen=True, slots=True)
class Penalty:
    """The penalty of a notice: `percent` of what was underpaid, in pence at most so much a worker and at least so much
    a notice.
    """

    percent: int
    most_a_worker: int
    least_a_notice: int


def exposure(workers: Iterable[Iterable[tuple[int, Penalty]]]) -> int:
    """The most a notice could ask (s.19A): for each worker the underpayments left, each with its period's law."""
    total, least = 0, 0
    for periods in workers:
        owed = list(periods)
        asked = sum(half_up(pence * law.percent, 100) for pence, law in owed)
        total += min([asked, *(law.most_a_worker for _, law in owed)])
        least = max([least, *(law.least_a_notice for _, law in owed)])
    return max(total, least)
