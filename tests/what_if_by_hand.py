"""A week of visits under a policy, reckoned visit by visit and gap by gap in plain loops and fractions.

Nothing of the code under test is used. All visits of a carer on one date are one working day, in London's winter.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from geopy.distance import geodesic

Row = dict[str, Any]
Place = tuple[float, float]
PACES = {"car": (1.4, 37.5, 120), "bicycle": (1.35, 16.0, 60)}
"""Road over straight line, km/h, seconds at the door: docs/working_day.md, Estimates."""


@dataclass(frozen=True)
class Home:
    """Where visits are made, and what they are priced by."""

    at: Place
    level: str
    zone: str
    service: str


@dataclass(frozen=True)
class Visit:
    """Seconds since midnight; `planned` likewise."""

    home: Home
    start: int
    end: int
    planned: tuple[int, int]


@dataclass(frozen=True)
class Told:
    """Time that a manager entered in a gap or beside the day: training or waiting, at no place."""

    kind: str
    start: int
    end: int


@dataclass
class Carer:
    """One employment: `band` of the minimum wage, days of visits, what payroll paid; `terms` by their first date."""

    name: str
    mode: str
    band: str
    terms: dict[date, Row]
    days: dict[date, list[Visit]] = field(default_factory=dict)
    told: dict[date, list[Told]] = field(default_factory=dict)
    pay: list[Row] = field(default_factory=list)
    taken: Fraction = Fraction(0)


@dataclass(frozen=True)
class Piece:
    """Seconds of one kind; `room`: of the gap they fill, less what was recorded in it (None outside gaps)."""

    on: date
    kind: str
    seconds: int
    home: Home | None
    room: int | None = None


@dataclass(frozen=True)
class Policy:
    """What a side goes by. Limits in seconds, None for none; `rates` in place of the terms', `rise` times them."""

    limit: int | None = 3600
    long_gap: str = "unresolved"
    basis: str = "estimate"
    factor: Fraction = Fraction(1)
    gap_limit: int | None = 3600
    gap_limit_given: bool = False
    rates: tuple[tuple[str, str], ...] = ()
    rise: Fraction = Fraction(1)
    hourly: tuple[tuple[str, str], ...] = ()
    duties: str = "as_recorded"


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def estimate(carer: Carer, before: Visit, after: Visit, policy: Policy) -> int:
    """Seconds a journey is taken to last."""
    if before.home.at == after.home.at:
        return 0
    detour, kmh, at_door = PACES[carer.mode]
    judged = round(geodesic(before.home.at, after.home.at).meters * detour * 3.6 / kmh + at_door)
    if policy.basis == "estimate":
        return half_up(judged * policy.factor)
    gap = after.start - before.end
    if policy.basis == "planned":
        gap = max(after.planned[0] - before.planned[1], 0)
    return judged if policy.limit is not None and gap > policy.limit else gap


def pieces(carer: Carer, policy: Policy) -> list[Piece]:
    """Every second of the week once."""
    found = []
    for on, visits in carer.days.items():
        told = carer.told.get(on, [])
        for number, visit in enumerate(visits):
            found.append(Piece(on, "contact", visit.end - visit.start, visit.home))
            if number:
                found += gap_of(carer, on, visits[number - 1], visit, told, policy)
        outside = [one for one in told if not any(within(one, *pair) for pair in pairwise(visits))]
        found += [Piece(on, one.kind, one.end - one.start, None) for one in outside]
    return found


def within(one: Told, before: Visit, after: Visit) -> bool:
    return before.end <= one.start and one.end <= after.start


def gap_of(
    carer: Carer, on: date, before: Visit, after: Visit, told: list[Told], policy: Policy
) -> list[Piece]:
    """The way to the visit that a gap leads to, and the rest of the gap."""
    inside = [one for one in told if within(one, before, after)]
    found = [Piece(on, one.kind, one.end - one.start, after.home) for one in inside]
    room = after.start - before.end - sum(one.end - one.start for one in inside)
    travel = min(room, estimate(carer, before, after, policy))
    rest, kind = room - travel, "waiting"
    if policy.limit is not None and room > policy.limit:
        kind = policy.long_gap
    return [*found, Piece(on, "travel", travel, after.home, room), Piece(on, kind, rest, after.home, room)]


def seconds_of(carer: Carer, policy: Policy) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for piece in pieces(carer, policy):
        found[piece.kind] += piece.seconds
    return found


def rates_under(terms: Row, policy: Policy) -> dict[str, Fraction]:
    """The terms' rates with those given in their place, all raised, to a millionth of a pound."""
    chosen = {**terms["rates"], **dict(policy.rates)}
    return {
        kind: Fraction(half_up(Fraction(rate) * policy.rise * 10**6), 10**6) for kind, rate in chosen.items()
    }


def terms_on(carer: Carer, on: date) -> tuple[date, Row]:
    since = max(first for first in carer.terms if first <= on)
    return since, carer.terms[since]


def agreed(carer: Carer, policy: Policy) -> dict[tuple[date, str], tuple[int, Fraction]]:
    """Seconds and rate of each line that the terms pay: one for each version of the terms and kind of time."""
    lines: dict[tuple[date, str], tuple[int, Fraction]] = {}
    for piece in pieces(carer, policy) if carer.terms else []:
        since, terms = terms_on(carer, piece.on)
        rate = rates_under(terms, policy).get(piece.kind)
        limit = policy.gap_limit if policy.gap_limit_given else terms["gap_limit"]
        beyond = piece.room is not None and limit is not None and piece.room > limit
        if rate is not None and not beyond and piece.seconds:
            seconds, _ = lines.get((since, piece.kind), (0, rate))
            lines[since, piece.kind] = (seconds + piece.seconds, rate)
    return lines


def counting(lines: list[tuple[Fraction, Fraction, str | None]], duties: str) -> Fraction:
    """What counts of hours at rates: the lowest rate for the same duties, as a policy groups them."""
    if duties == "apart":
        return sum((hours * rate for hours, rate, _ in lines), Fraction(0))
    groups: dict[str | None, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for hours, rate, named in lines:
        groups[None if duties == "together" else named].append((hours, rate))
    return sum(
        (sum(hours for hours, _ in group) * min(rate for _, rate in group) for group in groups.values()),
        Fraction(0),
    )


def minimum(carer: Carer, policy: Policy) -> Fraction:
    rates = {"21_and_over": "12.71", "18_to_20": "10.85", **dict(policy.hourly)}
    return Fraction(rates[carer.band])


def pence(pounds: Fraction, owed: bool = False) -> int:
    """Half up and away from zero; what is owed at all is at least a penny."""
    found = half_up(abs(pounds) * 100) * (-1 if pounds < 0 else 1)
    return max(found, 1) if owed and pounds > 0 else found


def side(carer: Carer, policy: Policy) -> Row:
    """The figures of one side: hundredths of a minute and pence."""
    seconds = seconds_of(carer, policy)
    kinds = ("contact", "travel", "waiting", "training")
    hours = Fraction(sum(seconds[kind] for kind in kinds), 3600)
    required = hours * minimum(carer, policy)
    paid = [(Fraction(row["minutes"]) / 60, Fraction(row["rate"]), row.get("duties")) for row in carer.pay]
    counts = counting(paid, policy.duties) - carer.taken
    found = {
        kind: half_up(Fraction(seconds[kind], 60) * 100)
        for kind in ("contact", "travel", "waiting", "unresolved")
    }
    found["other"] = half_up(Fraction(seconds["training"], 60) * 100)
    found["counted"] = half_up(hours * 60 * 100)
    found["required"] = pence(required)
    found["paid"] = pence(counts) if carer.pay else None
    found["shortfall"] = pence(max(required - counts, Fraction(0)), True) if carer.pay else None
    lines = agreed(carer, policy)
    told = [(Fraction(seconds, 3600), rate, "care") for seconds, rate in lines.values()]
    missing = max(required - counting(told, policy.duties), Fraction(0))
    found["expected"] = sum(pence(hours * rate) for hours, rate, _ in told) if carer.terms else None
    found["expected_shortfall"] = pence(missing, True) if carer.terms else None
    return found


def costs(carers: list[Carer], policy: Policy, by: str) -> dict[str, Row]:
    """What travel and waiting cost for each contact hour, by level, zone or service of the visits, or all together."""
    sums: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for carer in carers:
        for piece in pieces(carer, policy):
            if piece.kind in ("contact", "travel", "waiting"):
                where = "not known" if piece.home is None else getattr(piece.home, by, "all")
                add(sums["all" if by == "total" else where], carer, piece, policy)
    return {name: cost(group) for name, group in sums.items()}


def add(group: dict[str, Fraction], carer: Carer, piece: Piece, policy: Policy) -> None:
    hours = Fraction(piece.seconds, 3600)
    group[piece.kind] += hours
    if piece.kind == "contact":
        return
    rate = rates_under(terms_on(carer, piece.on)[1], policy).get(piece.kind) if carer.terms else None
    group["unpaid"] += hours if rate is None else 0
    group["at_terms"] += hours * (rate or 0)
    group["at_minimum"] += hours * minimum(carer, policy)


def cost(group: dict[str, Fraction]) -> Row:
    hours = group["contact"]
    found: Row = {
        kind: half_up(group[kind] * 60 * 100) for kind in ("contact", "travel", "waiting", "unpaid")
    }
    for name in ("at_terms", "at_minimum"):
        found[name] = pence(group[name])
        found[f"{name}_per_contact_hour"] = pence(group[name] / hours) if hours else None
    return found
