"""The whole truth on the facts that were sent: each worker's counted time, each contract's invoices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from geopy.distance import geodesic

from backend.simulator.model import Carer, County, Package, PlannedVisit
from backend.simulator.truth.blocks import Drawn, pence_beyond, pence_of_blocks
from backend.simulator.truth.day import Activity, Labelled, Place, Stop, paint, working_days
from backend.simulator.truth.periods import INVOICES_AFTER, Span, everything_due, period_of, periods
from backend.simulator.truth.price import LONDON, Visit, price_lines
from backend.simulator.truth.receipts import Facts, Recorded
from backend.simulator.truth.wage import half_up

WAITING_LIMIT_S: Final = 60 * 60
DAY_BREAK_S: Final = 240 * 60
LEAST_DISPUTED: Final = 50_00
"""A bill of so many pence has a line from which CREDITED can be taken."""
CREDITED: Final = 1_00


@dataclass(frozen=True, slots=True)
class Bill:
    """What a payer's invoice for a contract and billing period should come to, in pence.

    `visits` counts those it is for; `parked` are those left out, told to one payer.
    """

    contract: str
    period: Span
    payer: str
    pence: int
    visits: int
    parked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credit:
    """What a payer is credited after a dispute about a line of the documents of the period `billed`, in pence. It comes
    with those of the period `given`.
    """

    provider: str
    contract: str
    billed: Span
    given: Span
    payer: str
    pence: int


def work_out_days(county: County, facts: Facts) -> dict[str, list[Labelled]]:
    """Every employment's working days, second by second."""
    doors = {user.reference: (user.home.point.lat, user.home.point.lon) for user in county.service_users}
    places = {visit.reference: doors[visit.service_user] for visit in county.rota}
    visits: dict[str, list[Stop]] = defaultdict(list)
    for (employment, reference), recorded in facts.visits.items():
        if recorded.start is not None or recorded.end is not None:
            visits[employment].append(_stop(reference, recorded, places[reference]))
    return {
        carer.employment: _carer_days(carer, visits[carer.employment], _activities(facts, carer), places)
        for carer in county.carers
    }


def _stop(reference: str, recorded: Recorded, place: Place) -> Stop:
    known = recorded.start or recorded.end
    assert known is not None
    if recorded.whole and recorded.start is not None and recorded.end is not None:
        return Stop(reference, int(recorded.start.timestamp()), int(recorded.end.timestamp()), place)
    return Stop(reference, int(known.timestamp()), int(known.timestamp()), place)


def _activities(facts: Facts, carer: Carer) -> list[Activity]:
    return [
        Activity(each.kind, int(each.start.timestamp()), int(each.end.timestamp()))
        for each in facts.activities.get(carer.employment, [])
    ]


def _carer_days(
    carer: Carer, stops: list[Stop], activities: list[Activity], places: Mapping[str, Place]
) -> list[Labelled]:
    def journey(before: str, after: str) -> int:
        return published_estimate(places[before], places[after], carer.mode)

    sleep_ins = [activity for activity in activities if activity.kind == "sleep_in"]
    left = list(activities)
    found = []
    for day in working_days(stops, sleep_ins, _london_date, DAY_BREAK_S):
        mine = [activity for activity in left if _of_day(activity, day)]
        left = [activity for activity in left if activity not in mine]
        found.append(paint(day, mine, journey, WAITING_LIMIT_S))
    return found + ([paint([], left, journey, WAITING_LIMIT_S)] if left else [])


def _of_day(activity: Activity, day: list[Stop]) -> bool:
    """Whether an activity belongs to a working day: it touches it, or begins on its date."""
    first, last = min(stop.start for stop in day), max(stop.end for stop in day)
    touches = activity.start <= last and activity.end >= first
    return touches or _london_date(activity.start) in {_london_date(stop.start) for stop in day}


def _london_date(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).astimezone(LONDON).date()


@cache
def _paces() -> dict[str, dict[str, str]]:
    text = files("backend.travel").joinpath("straight_line.yaml").read_text(encoding="utf-8")
    modes: dict[str, dict[str, str]] = yaml.safe_load(text)[-1]["modes"]
    return modes


@cache
def published_estimate(start: Place, end: Place, mode: str) -> int:
    """Seconds of a journey by the published method: straight line x detour / speed, and minutes at the door."""
    pace = {name: float(value) for name, value in _paces()[mode].items()}
    metres = float(geodesic(start, end).meters) * pace["detour"]
    return round(metres * 3.6 / pace["kmh"] + pace["minutes"] * 60)


def seconds_in(days: Iterable[Labelled], period: Span) -> Counter[str]:
    """Seconds by label that fall on the London dates of a period."""
    opens = int(datetime(period[0].year, period[0].month, period[0].day, tzinfo=LONDON).timestamp())
    after = period[1] + timedelta(days=1)
    closes = int(datetime(after.year, after.month, after.day, tzinfo=LONDON).timestamp())
    total: Counter[str] = Counter()
    for day in days:
        total.update(day.seconds(opens, closes))
    return total


def bills(county: County, facts: Facts) -> list[Bill]:
    """What each payer's invoice for each contract and billing period should come to."""
    packages = {package.reference: package for package in county.packages}
    contracts = {contract["reference"]: contract for contract in county.contracts}
    found: dict[tuple[str, Span], list[PlannedVisit]] = defaultdict(list)
    for visit in county.rota:
        contract = contracts[packages[visit.package].contract]
        period = period_of(contract["billing_period"], visit.start.astimezone(LONDON).date())
        found[contract["reference"], period].append(visit)
    for contract in contracts.values():
        for period in _charged_anyway(county, contract):
            found.setdefault((contract["reference"], period), [])
    return [
        bill
        for (reference, period), visits in sorted(found.items())
        for bill in _bills(contracts[reference], period, visits, packages, facts)
    ]


def _charged_anyway(county: County, contract: Mapping[str, Any]) -> list[Span]:
    """The billing periods of a contract with blocks of hours whose documents are issued when everything is due."""
    last = everything_due(county) - INVOICES_AFTER
    due = periods(contract["billing_period"], county.start, last)
    return [period for period in due if period[1] <= last] if contract.get("blocks") else []


def credit_after_dispute(county: County, bills: Iterable[Bill]) -> Credit | None:
    """Of the first bill of the last week to a payer who does not commission, and so is asked nothing the week after."""
    last = county.start + timedelta(days=county.days - 1)
    contracts = {contract["reference"]: contract for contract in county.contracts}
    for bill in bills:
        contract = contracts[bill.contract]
        weekly = contract["billing_period"] == "weekly:mon" and bill.period == period_of("weekly:mon", last)
        if weekly and bill.payer != contract["commissioner"] and bill.pence >= LEAST_DISPUTED:
            given = period_of("weekly:mon", bill.period[1] + timedelta(days=1))
            return Credit(contract["provider"], bill.contract, bill.period, given, bill.payer, CREDITED)
    return None


def _bills(
    contract: Mapping[str, Any],
    period: Span,
    visits: list[PlannedVisit],
    packages: Mapping[str, Package],
    facts: Facts,
) -> list[Bill]:
    parked, pence = [], Counter[str]()
    billed: dict[str, int] = {}
    drawn: list[Drawn] = []
    of_package: dict[str, str] = {}
    for visit in visits:
        recorded = [facts.visits.get((employment, visit.reference)) for employment in visit.employments]
        if any(each is not None and not each.whole and (each.start or each.end) for each in recorded):
            parked.append(visit.reference)
            continue
        package = packages[visit.package]
        billed[package.reference] = billed.get(package.reference, 0) + 1
        of_package[visit.reference] = package.reference
        priced = _to_price(visit, package, recorded)
        drawn.append((visit.reference, priced, price_lines(contract, priced)))
    for reference, beyond in pence_beyond(contract, drawn).items():
        pence[of_package[reference]] += beyond
    owed, counted = Counter[str](), Counter[str]()
    for package_reference, count in billed.items():
        for payer, share in _shares(contract, packages[package_reference], pence[package_reference]).items():
            owed[payer] += share
            counted[payer] += count
    if contract.get("blocks"):
        owed[_pays_alone(contract)] += pence_of_blocks(contract)
        counted[_pays_alone(contract)] += 0
    first = contract["commissioner"] if contract["commissioner"] in counted else next(iter(counted), None)
    return [
        Bill(
            contract["reference"],
            period,
            payer,
            owed[payer],
            counted[payer],
            tuple(parked) if payer == first else (),
        )
        for payer in counted
    ]


def _shares(contract: Mapping[str, Any], package: Package, pence: int) -> dict[str, int]:
    """What each of at most two payers pays of one person's visits: the first its share to the nearest penny, the second
    the rest. With the odd penny carried from line to line, many lines come to the same as their sum.
    """
    if not package.funding:
        return {_pays_alone(contract): pence}
    (first, percent), (second, _) = (part.split("=") for part in package.funding.split(";"))
    share = half_up(Fraction(percent) * pence / 100)
    return {first: share, second: pence - share}


def _pays_alone(contract: Mapping[str, Any]) -> str:
    """Who pays what no package shares otherwise."""
    [only] = [each["payer"] for each in contract["funding"] if Fraction(each["percent"])]
    return str(only)


def _to_price(visit: PlannedVisit, package: Package, recorded: list[Recorded | None]) -> Visit:
    attended = [
        (each.start, each.end) if each is not None and each.start and each.end else None for each in recorded
    ]
    return Visit(
        package.service, package.zone, _status(visit, recorded), (visit.start, visit.end), package.carers, attended,
        visit.cancelled_at, visit.cancelled_by,
    )  # fmt: skip


def _status(visit: PlannedVisit, recorded: list[Recorded | None]) -> str:
    if visit.cancelled_at is not None:
        return "cancelled"
    came = [each for each in recorded if each is not None]
    if any(not each.refused for each in came):
        return "completed"
    return "refused" if came else "missed"
