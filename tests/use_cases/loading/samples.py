"""A small made-up county as files to load. The postcodes and coordinates are invented for these tests."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.embedded import Urls
from backend.use_cases.loading import SourceFile, load, load_postcodes
from schemas.loading import LoadedCounts, LoadKind
from tests.conftest import Database
from tests.worlds import SetClock, made_once

Row = Mapping[str, Any]

ORGANISATIONS: list[Row] = [
    {"reference": "hearth", "name": "Hearth Care", "kind": "provider"},
    {"reference": "lantern", "name": "Lantern Homecare", "kind": "provider"},
    {"reference": "wyeshire", "name": "Wyeshire Council", "kind": "council"},
    {"reference": "icb", "name": "Wyeshire ICB", "kind": "nhs"},
]
CARERS: list[Row] = [
    {
        "provider": "hearth",
        "reference": "C1",
        "employment": "E1",
        "name": "Ann Carer",
        "date_of_birth": "1990-05-03",
        "home_postcode": "ZX1 1AA",
        "mode": "car",
        "national_insurance_number": "QQ 12 34 56 C",
        "employment_start": "2026-01-01",
        "pay_cycle": "monthly:1",
    },
    {
        "provider": "hearth",
        "reference": "C2",
        "employment": "E2",
        "name": "Bea Carer",
        "date_of_birth": "2004-02-29",
        "home_lat": "52.05",
        "home_lon": "0.0",
        "mode": "bicycle",
        "employment_start": "2026-01-01",
        "employment_end": "2026-11-15",
        "pay_cycle": "four_weekly:2026-11-02",
    },
]
SERVICE_USERS: list[Row] = [
    {
        "provider": "hearth",
        "reference": "S1",
        "name": "Mr One",
        "address": "1 High Street",
        "postcode": "zx11aa",
    },
    {
        "provider": "hearth",
        "reference": "S2",
        "name": "Ms Two",
        "address": "2 Low Lane",
        "postcode": "ZX1 9ZZ",
        "lat": "52.1",
        "lon": "-2.5",
        "radius_m": "150",
    },
]
CONTRACT: dict[str, Any] = {
    "provider": "hearth",
    "commissioner": "wyeshire",
    "from": "2026-04-01",
    "until": "2027-03-31",
    "billing_period": "weekly:mon",
    "reference": "HC-01",
    "pay_basis": "planned",
    "rates": [{"service": "home_care", "zone": "urban", "from": "2026-04-01", "hourly": "25.20"}],
    "missed": {"percent": "0"},
    "refused": {"percent": "100"},
    "cancelled": {"notice_hours": 24, "percent_if_late": "100"},
    "funding": [{"payer": "wyeshire", "percent": "100"}],
}
PAY_TERMS: dict[str, Any] = {
    "provider": "hearth",
    "reference": "standard",
    "from": "2026-04-01",
    "rates": {"contact": "13.00"},
}
PACKAGES: list[Row] = [
    {
        "provider": "hearth",
        "reference": "P1",
        "service_user": "S1",
        "contract": "HC-01",
        "service": "home_care",
        "from": "2026-10-01",
        "until": "2027-01-31",
        "funding": "wyeshire=70;icb=30",
    },
    {
        "provider": "hearth",
        "reference": "P2",
        "service_user": "S2",
        "contract": "HC-01",
        "service": "home_care",
        "zone": "rural",
        "carers": "2",
        "from": "2026-10-01",
    },
]
ROTA: list[Row] = [
    {
        "provider": "hearth",
        "visit": "V1",
        "package": "P1",
        "start": "2026-11-02T07:00",
        "end": "2026-11-02T07:30",
        "carer": "E1",
        "tasks": "washing:10;meal:15",
    },
    {
        "provider": "hearth",
        "visit": "V2",
        "package": "P2",
        "start": "2026-11-02T08:00:00+00:00",
        "end": "2026-11-02T08:30:00+00:00",
        "carer": "E1",
        "second_carer": "E2",
    },
    {
        "provider": "hearth",
        "visit": "V3",
        "package": "P1",
        "start": "2026-11-03 07:00",
        "end": "2026-11-03 07:30",
        "status": "cancelled",
        "cancelled_at": "2026-11-02T12:00",
        "cancelled_by": "person",
    },
]
PAY: list[Row] = [
    {
        "provider": "hearth",
        "employment": "E1",
        "section": "pay",
        "kind": "hourly",
        "minutes": "6000",
        "rate": "12.71",
        "paid_on": "2026-11-30",
        "reference": "1",
    },
    {
        "provider": "hearth",
        "employment": "E1",
        "section": "deduction",
        "kind": "uniform",
        "amount": "10.00",
        "paid_on": "2026-11-30",
        "reference": "2",
    },
    {
        "provider": "hearth",
        "employment": "E2",
        "section": "accommodation",
        "kind": "charge_per_day",
        "amount": "5",
        "days": "28",
        "paid_on": "2026-11-30",
        "reference": "1",
    },
]
ABSENCES: list[Row] = [
    {
        "provider": "hearth",
        "service_user": "S1",
        "kind": "hospital",
        "from": "2026-11-05",
        "until": "2026-11-07",
    }
]
LEAVE: list[Row] = [{"provider": "hearth", "employment": "E1", "kind": "holiday", "from": "2026-11-20"}]
ACTIVITIES: list[Row] = [
    {
        "provider": "hearth",
        "reference": "T1",
        "carer": "C1",
        "kind": "training",
        "start": "2026-10-30 09:00",
        "end": "2026-10-30 12:00",
        "reason": "Signed the register",
    }
]
CORRECTION_REASONS: list[Row] = [
    {
        "provider": "hearth",
        "reference": "KEYSAFE",
        "words": "The key safe was jammed",
        "means": "other",
        "from": "2026-04-01",
    }
]
BANK_HOLIDAYS: list[Row] = [{"division": "england-and-wales", "date": "2027-06-01", "title": "A jubilee"}]

POSTCODES = b"""pcd,pcds,doterm,laua,ru11ind,lat,long
"ZX1 1AA","ZX1 1AA","","E06000099","C1",52.0607,-2.7100
"ZX1 1AB","ZX1 1AB","","E06000099","F2",52.0807,0.0
"ZX1 1AC","ZX1 1AC","201912","E06000099","D1",52.0907,-2.7300
"ZX1 1AD","ZX1 1AD","","E06000099","",52.0917,-2.7400
"ZX1 1AE","ZX1 1AE","","L93000001","Z9",99.999999,0.000000
"""

PLACES: list[Row] = [
    {
        "provider": "hearth",
        "service_user": "S1",
        "name": "Day centre",
        "lat": "52.0571",
        "lon": "0.0",
        "radius_m": "150",
        "from": "2026-11-02",
    }
]

SKILLS: list[Row] = [{"provider": "hearth", "carer": "C1", "skill": "Hoist", "from": "2026-01-01"}]
NEEDS: list[Row] = [{"provider": "hearth", "service_user": "S2", "skill": "hoist", "from": "2026-10-01"}]
WORKING_HOURS: list[Row] = [
    {
        "provider": "hearth",
        "employment": "E1",
        "from": "2026-01-01",
        "hours_per_week": "30",
        "most_hours_per_week": "40",
        "available": "mon 06:00-15:00; tue 06:00-15:00",
    }
]
BUDGETS: list[Row] = [
    {
        "commissioner": "wyeshire",
        "reference": "HC",
        "name": "Home care",
        "provider": "hearth",
        "contract": "HC-01",
        "from": "2026-04-01",
        "until": "2027-03-31",
        "amount": "100000.00",
    }
]

PATTERNS: list[Row] = [
    {
        "provider": "hearth",
        "reference": "T1",
        "package": "P1",
        "days": "mon;fri",
        "start": "08:00",
        "minutes": "30",
        "carer": "E1",
        "from": "2026-10-05",
        "until": "2026-12-31",
    }
]

FILES: list[tuple[LoadKind, Sequence[Row]]] = [
    ("organisations", ORGANISATIONS),
    ("carers", CARERS),
    ("service-users", SERVICE_USERS),
    ("places", PLACES),
    ("contracts", [CONTRACT]),
    ("pay-terms", [PAY_TERMS]),
    ("packages", PACKAGES),
    ("rota", ROTA),
    ("pay", PAY),
    ("absences", ABSENCES),
    ("leave", LEAVE),
    ("skills", SKILLS),
    ("needs", NEEDS),
    ("working-hours", WORKING_HOURS),
    ("patterns", PATTERNS),
    ("activities", ACTIVITIES),
    ("correction-reasons", CORRECTION_REASONS),
    ("bank-holidays", BANK_HOLIDAYS),
    ("budgets", BUDGETS),
]
"""Every kind, in an order in which each finds what it refers to."""


def as_csv(rows: Sequence[Row], headings: Sequence[str] | None = None) -> bytes:
    """The rows as a CSV file with a heading for every column that any of them has."""
    names = (
        list(headings) if headings is not None else list(dict.fromkeys(name for row in rows for name in row))
    )
    cells = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in cells).encode()


def as_json(rows: Sequence[Row]) -> bytes:
    return json.dumps(rows).encode()


def with_row(rows: Sequence[Row], index: int, **changes: Any) -> list[Row]:
    """The rows with one changed; None takes a column away. `from_` stands for `from`."""
    renamed = {name.rstrip("_"): value for name, value in changes.items()}
    row = {name: value for name, value in {**rows[index], **renamed}.items() if value is not None}
    return [*rows[:index], row, *rows[index + 1 :]]


async def load_rows(kind: LoadKind, rows: Sequence[Row], **options: Any) -> LoadedCounts:
    """Load rows as JSON, which every kind takes."""
    return await load(kind, [SourceFile("sample.json", as_json(rows), "json")], **options)


async def load_csv(kind: LoadKind, rows: Sequence[Row], **options: Any) -> LoadedCounts:
    return await load(kind, [SourceFile("sample.csv", as_csv(rows), "csv")], **options)


async def load_county(until: str = "") -> None:
    """Load the sample county up to a kind, not included, or all of it."""
    await load_postcodes([("postcodes.csv", POSTCODES)])
    for kind, rows in FILES:
        if kind == until:
            return
        await load_rows(kind, rows)


@pytest.fixture
def county(database: Database) -> None:
    """The test's database is a copy of one in which the whole sample county was loaded."""


@cache
def held(server: Urls, folder: Path) -> tuple[None, str]:
    """The county, loaded once for all tests of a process, and the name of the database that it is in."""
    return made_once(server, folder, _held)


async def _held(made: Database, http: httpx.AsyncClient, at: SetClock) -> None:
    await load_county()
