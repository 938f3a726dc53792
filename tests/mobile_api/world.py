"""A provider with two carers, a few visits on one morning, and phones that talk to the application in this process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from backend.embedded import Urls
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.issue_enrol_code import issue_enrol_code
from mobile_api.reference_client import Phone
from tests.conftest import Database
from tests.use_cases.loading.samples import CONTRACT, load_rows
from tests.worlds import SetClock, made_once

PROVIDER = organisation_id("hearth")
MORNING = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DOOR = (52.0610, -2.7100)
HOME = (52.0500, -2.7000)


def hour(hours: int, minutes: int = 0, seconds: int = 0) -> datetime:
    """An instant of 2 November 2026, when London is at UTC."""
    return datetime(2026, 11, 2, hours, minutes, seconds, tzinfo=UTC)


def visit(reference: str) -> str:
    return str(thing_id(PROVIDER, "visit", reference))


def person(reference: str) -> str:
    return str(thing_id(PROVIDER, "service_user", reference))


def fix(
    lat: float = DOOR[0], lon: float = DOOR[1], accuracy: float = 10.0, at: datetime | None = None
) -> dict[str, Any]:
    return {
        "lat": lat,
        "lon": lon,
        "accuracy_m": accuracy,
        "taken_at": (at or hour(7)).isoformat(),
        "mocked": False,
    }


@dataclass
class Clock:
    """The phone's own clock, which a test may set."""

    time: datetime = MORNING
    started: datetime = MORNING
    wrong_by: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return self.time + self.wrong_by

    def monotonic_ms(self) -> int:
        return int((self.time - self.started) / timedelta(milliseconds=1))


@dataclass
class World:
    """The server's clock, and a way to give carers phones."""

    http: httpx.AsyncClient
    set_clock: Any

    def at(self, instant: datetime) -> None:
        self.set_clock(instant)

    async def phone(self, carer: str = "C1", replaces: UUID | None = None) -> tuple[Phone, Clock]:
        """An enrolled phone of a carer, and its clock."""
        clock = Clock()
        phone = Phone(self.http, now=clock.now, monotonic_ms=clock.monotonic_ms)
        await phone.enrol(await issue_enrol_code("hearth", carer, replaces))
        return phone, clock


@cache
def loaded(server: Urls, folder: Path) -> tuple[None, str]:
    """The small world, loaded once for all tests of a process, and the name of the database that it is in."""
    return made_once(server, folder, _loaded)


async def _loaded(made: Database, http: httpx.AsyncClient, at: SetClock) -> None:
    at(MORNING)
    await load_world()


async def load_world() -> None:
    """Load the provider, its carers, people, packages and visits."""
    await load_rows(
        "organisations",
        [
            {"reference": "hearth", "name": "Hearth Care", "kind": "provider"},
            {"reference": "lantern", "name": "Lantern Homecare", "kind": "provider"},
            {"reference": "wyeshire", "name": "Wyeshire Council", "kind": "council"},
        ],
    )
    await load_rows("pay-terms", [_terms()])
    await load_rows(
        "carers", [_carer("C1", "E1", "Ann Carer", HOME), _carer("C2", "E2", "Bea Carer", (52.05, 0.0))]
    )
    await load_rows(
        "service-users", [_person("S1", "Mary Smith", DOOR), _person("S2", "Tom Jones", (52.1, -2.5))]
    )
    await load_rows("contracts", [CONTRACT])
    await load_rows("packages", [_package("P1", "S1", 1), _package("P2", "S2", 2)])
    await load_rows(
        "rota",
        [
            _visit("V1", "P1", "07:00", "07:30", "E1"),
            _visit("V2", "P2", "08:00", "08:30", "E1", second_carer="E2"),
            _visit("V3", "P1", "12:00", "12:30", "E2"),
            _visit("V4", "P1", "18:00", "18:30", "E1"),
        ],
    )


def _terms() -> dict[str, Any]:
    rates = {"contact": "13.00", "travel": "12.71", "waiting": "12.71"}
    return {"provider": "hearth", "reference": "standard", "from": "2026-04-01", "rates": rates}


def _carer(reference: str, employment: str, name: str, home: tuple[float, float]) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": reference,
        "employment": employment,
        "name": name,
        "date_of_birth": "1990-05-03",
        "home_lat": str(home[0]),
        "home_lon": str(home[1]),
        "mode": "car",
        "employment_start": "2026-01-01",
        "pay_cycle": "monthly:1",
        "pay_terms": "standard",
    }


def _person(reference: str, name: str, place: tuple[float, float]) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": reference,
        "name": name,
        "address": "1 High Street",
        "postcode": "ZX1 1AA",
        "lat": str(place[0]),
        "lon": str(place[1]),
        "access_note": "Key safe 1234",
    }


def _package(reference: str, service_user: str, carers: int) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": reference,
        "service_user": service_user,
        "contract": "HC-01",
        "service": "home_care",
        "zone": "urban",
        "carers": str(carers),
        "from": "2026-10-01",
    }


def _visit(reference: str, package: str, start: str, end: str, carer: str, **more: str) -> dict[str, Any]:
    times = {"start": f"2026-11-02T{start}", "end": f"2026-11-02T{end}"}
    return {"provider": "hearth", "visit": reference, "package": package, "carer": carer, **times, **more}
