"""What phones will send, when, and what must become of it: fixed before the first byte is sent.

A phone in a dead spot keeps its events and sends them from the next place with a network, or from home at night. Some
answers get lost, and the phone sends again. A few people try to cheat. The same county always sends the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Final, Literal

from backend.simulator.happenings import Happened
from backend.simulator.model import Carer, County, PlannedVisit, stream
from backend.simulator.moments import Moment
from backend.simulator.rota import LONDON

TICK: Final = timedelta(minutes=60)
"""How far the simulated clock moves at a time: a phone with a network sends within the hour."""
ANSWER_LOST, SENT_WITHOUT_PROOF = 0.03, 0.01
FLUSH_AFTER: Final = timedelta(minutes=45)
FUTURE_LIMIT: Final = timedelta(minutes=10)
"""How far ahead of its receipt an event may lie."""
Trick = Literal["altered", "forged", "future", "foreign", "bad_hash", "fork", "unreadable", "unknown_device"]
CODES: Final[dict[Trick, str]] = {
    "altered": "bad_signature", "forged": "bad_signature", "future": "absurd_time", "foreign": "not_your_visit",
    "bad_hash": "bad_hash", "fork": "fork", "unreadable": "invalid_event", "unknown_device": "unknown_device",
}  # fmt: skip
IN_CHAIN: Final = frozenset({"future", "foreign", "bad_hash"})
"""Tricks that take the next place of the phone's own chain; the others are sent beside it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a sending. `index` counts the carer's own events; `trick` says what is wrong with it, if any.

    `ahead`: the phone's clock is so fast that it lies in the future, as nothing in its sending tells by how much.
    """

    index: int
    moment: Moment
    trick: Trick | None = None
    again: bool = False
    ahead: bool = False

    @property
    def expected(self) -> tuple[str, str | None]:
        """Outcome and code that the published rules give. What is sent again is told its first code again."""
        trick: Trick | None = "future" if self.ahead else self.trick
        code = None if trick is None else CODES[trick]
        if self.again:
            return "duplicate", code
        return "accepted" if code is None else "quarantined", code


@dataclass(frozen=True, slots=True)
class Sending:
    """One call of one phone. `proof` false: without a nonce, so that the phone's offset stays unknown."""

    employment: str
    at: datetime
    items: tuple[Item, ...]
    proof: bool = True


def write_journal(county: County, happened: Happened) -> tuple[Sending, ...]:
    """Every sending of every phone, in order of time."""
    signal = {user.reference: user.home.signal for user in county.service_users}
    homes = {visit.reference: signal[visit.service_user] for visit in county.rota}
    found: list[Sending] = []
    for carer in county.carers:
        moments = _with_tricks(county, carer, happened.moments[carer.employment])
        found.extend(_sendings(county.seed, carer, moments, homes))
    return tuple(sorted(found, key=lambda sending: (sending.at, sending.employment)))


def tick_after(instant: datetime) -> datetime:
    """The next full tick, strictly later: the instants at which the play looks which phones call."""
    seconds = int(instant.timestamp())
    step = int(TICK.total_seconds())
    return datetime.fromtimestamp(seconds // step * step + step, UTC)


def _sendings(
    seed: int, carer: Carer, moments: Sequence[tuple[Moment, Trick | None]], signal: dict[str, bool]
) -> Iterator[Sending]:
    chance = stream(seed, "sending", carer.employment)
    items = [Item(index, moment, trick) for index, (moment, trick) in enumerate(moments)]
    for _, day in groupby(items, lambda item: item.moment.at.astimezone(LONDON).date()):
        yield from _day(chance, carer, list(day), signal)


def _day(chance: Random, carer: Carer, items: list[Item], signal: dict[str, bool]) -> Iterator[Sending]:
    pending: list[Item] = []
    for number, item in enumerate(items):
        pending.append(item)
        last = number + 1 == len(items)
        at = tick_after(item.moment.at + (FLUSH_AFTER if last else timedelta()))
        reached = last or _has_signal(chance, item, signal)
        if not reached or (not last and tick_after(items[number + 1].moment.at) <= at):
            continue
        proof = chance.random() >= SENT_WITHOUT_PROOF
        seen = tuple(_seen(pending, at, carer, proof))
        yield Sending(carer.employment, at, seen, proof)
        lost = chance.random() < ANSWER_LOST and (last or tick_after(items[number + 1].moment.at) > at + TICK)
        if lost and any(_again(seen)):
            yield Sending(carer.employment, at + TICK, tuple(_again(seen)))
        pending = []


def _seen(items: list[Item], at: datetime, carer: Carer, proof: bool) -> Iterator[Item]:
    """The events as the server sees them at `at`: a clock that no proof measures is taken at its word."""
    drift = timedelta(seconds=0 if proof else carer.drift_s)
    return (
        replace(item, ahead=item.trick is None and item.moment.at + drift > at + FUTURE_LIMIT)
        for item in items
    )


def _again(items: Sequence[Item]) -> Iterator[Item]:
    """What a phone sends once more: what is in its own chain."""
    return (replace(item, again=True) for item in items if item.trick is None or item.trick in IN_CHAIN)


def _has_signal(chance: Random, item: Item, signal: dict[str, bool]) -> bool:
    visit = item.moment.visit
    return signal.get(visit, True) if visit is not None else chance.random() < 0.5


def _with_tricks(
    county: County, carer: Carer, moments: Sequence[Moment]
) -> list[tuple[Moment, Trick | None]]:
    honest: list[tuple[Moment, Trick | None]] = [(moment, None) for moment in moments]
    if "hostile" not in carer.habits or not moments:
        return honest
    chance = stream(county.seed, "tricks", carer.employment)
    return sorted([*honest, *_tricks(chance, county, carer, moments)], key=lambda pair: pair[0].at)


def _tricks(
    chance: Random, county: County, carer: Carer, moments: Sequence[Moment]
) -> Iterator[tuple[Moment, Trick | None]]:
    """One of each, at moments spread over the carer's days."""
    doors = [moment for moment in moments if moment.fix is not None and moment.kind == "check_in"]
    for number, trick in enumerate(CODES):
        model = doors[len(doors) * (number + 1) // (len(CODES) + 1)]
        at = model.at + timedelta(seconds=chance.randint(90, 130))
        if trick == "foreign":
            stranger = _visit_of_another(county, carer, at)
            yield replace(model, at=_in_the_small_hours(at), visit=stranger.reference), trick
        else:
            yield replace(model, kind="note", at=at, visit=None if trick == "future" else model.visit), trick


def _visit_of_another(county: County, carer: Carer, at: datetime) -> PlannedVisit:
    """A visit that no plan ever gave to this carer."""
    others = (visit for visit in county.rota if visit.provider == carer.provider and visit.start > at)
    return next((visit for visit in others if carer.employment not in visit.employments), county.rota[0])


def _in_the_small_hours(at: datetime) -> datetime:
    """Three at night, when nobody on a day round is at work, so that nothing else of the day is touched."""
    return at.astimezone(LONDON).replace(hour=3, minute=0, second=0).astimezone(UTC)
