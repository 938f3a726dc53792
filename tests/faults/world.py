"""What the office has loaded before anything breaks: work for every day, and documents for every week, of a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from backend.domain.time import LONDON
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.issue_enrol_code import issue_enrol_code
from tests.use_cases.loading.samples import CONTRACT, load_rows

PROVIDER: Final = organisation_id("hearth")
FIRST_DAY: Final = date(2026, 4, 6)
"""A Monday, the first day of the tax year; the law that is packaged ends with March 2027."""
MOST_DAYS: Final = 350
CARERS: Final = 6
CONTRACTS: Final = 2
HOURS: Final = (8, 17)
"""When each carer is to be at a door, on every day."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned visit of one carer, by its id."""

    id: str
    carer: int
    start: datetime
    end: datetime


def opening() -> datetime:
    """The instant before the first day, at which everything is loaded."""
    return datetime(2026, 4, 5, 18, 0, tzinfo=UTC)


def visits(days: int) -> Iterator[Visit]:
    """Every planned visit of so many days, in order of time."""
    for day in (FIRST_DAY + timedelta(days=number) for number in range(days)):
        for hour in HOURS:
            start = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(UTC)
            for carer in range(CARERS):
                found = str(thing_id(PROVIDER, "visit", _reference(carer, start)))
                yield Visit(found, carer, start, start + timedelta(minutes=30))


def _reference(carer: int, start: datetime) -> str:
    return f"V{carer}-{start:%Y%m%d%H}"


async def load(days: int) -> None:
    """The organisations, six carers, their people, two contracts that two payers share, and the rota."""
    await load_rows("organisations", _organisations())
    await load_rows("pay-terms", [_terms()])
    await load_rows("carers", [_carer(number) for number in range(CARERS)])
    await load_rows("service-users", [_person(number) for number in range(CARERS)])
    await load_rows("contracts", [_contract(number) for number in range(CONTRACTS)])
    await load_rows("packages", [_package(number) for number in range(CARERS)])
    rota = [_planned(visit) for visit in visits(days)]
    for first in range(0, len(rota), 1000):
        await load_rows("rota", rota[first : first + 1000])


async def enrol_codes() -> list[str]:
    """One code for each carer's phone."""
    return [await issue_enrol_code("hearth", f"C{number}") for number in range(CARERS)]


def _organisations() -> list[dict[str, Any]]:
    kinds = {"hearth": "provider", "wyeshire": "council", "icb": "nhs"}
    return [{"reference": one, "name": one.title(), "kind": kind} for one, kind in kinds.items()]


def _terms() -> dict[str, Any]:
    rates = {"contact": "13.00", "travel": "12.71", "waiting": "12.71"}
    return {"provider": "hearth", "reference": "standard", "from": "2026-04-01", "rates": rates}


def _carer(number: int) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": f"C{number}",
        "employment": f"E{number}",
        "name": f"Carer {number}",
        "date_of_birth": "1990-05-03",
        "home_lat": "52.05",
        "home_lon": "-2.70",
        "mode": "car",
        "employment_start": "2026-01-01",
        "pay_cycle": "weekly:mon",
        "pay_terms": "standard",
    }


def _person(number: int) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": f"S{number}",
        "name": f"Person {number}",
        "address": f"{number + 1} High Street",
        "postcode": "ZX1 1AA",
        "lat": "52.061",
        "lon": "-2.71",
    }


def _contract(number: int) -> dict[str, Any]:
    rates = [{"service": "home_care", "zone": "rural", "from": "2026-04-01", "hourly": "24.00"}]
    funding = [{"payer": "wyeshire", "percent": "70"}, {"payer": "icb", "percent": "30"}]
    return {
        **CONTRACT,
        "reference": f"HC-{number}",
        "pay_basis": "actual",
        "rates": rates,
        "funding": funding,
    }


def _package(number: int) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": f"P{number}",
        "service_user": f"S{number}",
        "contract": f"HC-{number % CONTRACTS}",
        "service": "home_care",
        "zone": "rural",
        "from": "2026-04-01",
    }


def _planned(visit: Visit) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "visit": _reference(visit.carer, visit.start),
        "package": f"P{visit.carer}",
        "carer": f"E{visit.carer}",
        "start": visit.start.isoformat(),
        "end": visit.end.isoformat(),
    }
