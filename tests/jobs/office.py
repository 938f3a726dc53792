"""A small provider's office over a few weeks: carers with phones, a rota, a contract, payroll, and a worker's jobs."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from backend.embedded import Urls
from backend.jobs.due import JOBS
from backend.jobs.nightly import NIGHTLY
from backend.jobs.runner import Ran, run_periods, run_pulses
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.issue_enrol_code import issue_enrol_code
from backend.use_cases.loading import load_postcodes
from mobile_api.reference_client import Phone
from tests.conftest import Database
from tests.use_cases.loading.samples import (
    CARERS,
    CONTRACT,
    ORGANISATIONS,
    POSTCODES,
    SERVICE_USERS,
    load_rows,
)
from tests.worlds import SetClock, made_once

PROVIDER = organisation_id("hearth")
FIRST_WEEK_DUE = datetime(2026, 11, 10, 6, 5, tzinfo=UTC)
SECOND_WEEK_DUE = datetime(2026, 11, 17, 6, 5, tzinfo=UTC)
RATES = [{"service": "home_care", "zone": "rural", "from": "2026-04-01", "hourly": "24.00"}]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def visit_id(reference: str) -> str:
    return str(thing_id(PROVIDER, "visit", reference))


class Office:
    """Sets the clock, loads files, records visits on phones and runs the jobs, as the days go by."""

    def __init__(self, http: httpx.AsyncClient, at: Callable[[datetime], None]) -> None:
        self.http = http
        self.at = at
        self.clock = instant("2026-10-31T12:00")
        self.phones: dict[str, Phone] = {}
        self.rota: list[dict[str, Any]] = []

    def again(self, http: httpx.AsyncClient, at: Callable[[datetime], None]) -> "Office":
        """The same office, its phones and its clock, on another client: that of a copy of its database."""
        other = Office(http, at)
        other.rota = deepcopy(self.rota)
        for carer, phone in self.phones.items():
            kept = {"client": http, "key": phone.key, **other.clocks()}
            held = {
                one.name: deepcopy(getattr(phone, one.name)) for one in fields(Phone) if one.name not in kept
            }
            other.phones[carer] = Phone(**kept, **held)
        other.set(self.clock)
        return other

    def clocks(self) -> dict[str, Callable[[], Any]]:
        """A phone's clocks, which are right."""
        return {"now": lambda: self.clock, "monotonic_ms": lambda: int(self.clock.timestamp() * 1000)}

    def set(self, moment: datetime) -> None:
        self.clock = moment
        self.at(moment)

    async def open(self) -> "Office":
        """Two carers under weekly pay, one person with a single-handed package, one with a double-handed one."""
        self.set(self.clock)
        await load_postcodes([("postcodes.csv", POSTCODES)])
        await load_rows("organisations", ORGANISATIONS)
        weekly = [{**row, "pay_cycle": "weekly:mon"} for row in CARERS]
        await load_rows(
            "carers",
            [{name: cell for name, cell in row.items() if name != "employment_end"} for row in weekly],
        )
        await load_rows("service-users", SERVICE_USERS)
        await load_rows("contracts", [{**CONTRACT, "pay_basis": "actual", "rates": RATES}])
        package = {
            "provider": "hearth",
            "contract": "HC-01",
            "service": "home_care",
            "zone": "rural",
            "from": "2026-10-01",
        }
        await load_rows(
            "packages",
            [
                {**package, "reference": "P1", "service_user": "S1"},
                {**package, "reference": "P2", "service_user": "S2", "carers": "2"},
            ],
        )
        for carer in ("C1", "C2"):
            await self.phone(carer)
        return self

    async def plan(self, reference: str, start: str, minutes: int = 30, **more: Any) -> str:
        """Put a visit of the first person on the rota, by the first carer unless `more` says otherwise."""
        begins = instant(start)
        row = {
            "provider": "hearth",
            "visit": reference,
            "package": "P1",
            "carer": "E1",
            "start": begins.isoformat(),
            "end": (begins + timedelta(minutes=minutes)).isoformat(),
            **more,
        }
        await load_rows("rota", [row])
        return visit_id(reference)

    async def phone(self, carer: str = "C1") -> Phone:
        """The carer's phone, enrolled when it is first asked for."""
        if carer not in self.phones:
            phone = Phone(self.http, **self.clocks())
            await phone.enrol(await issue_enrol_code("hearth", carer))
            self.phones[carer] = phone
        return self.phones[carer]

    async def attend(
        self, reference: str, start: str, end: str, carer: str = "C1", flush: bool = True
    ) -> None:
        """Check in and out at these instants; the phone hands both in at the end, or keeps them."""
        await self.record("check_in", reference, start, carer)
        await self.record("check_out", reference, end, carer)
        if flush:
            await self.hand_in(carer)

    async def record(self, kind: str, reference: str, moment: str, carer: str = "C1") -> None:
        """Sign one event of a visit at an instant and keep it in the phone's outbox."""
        phone = await self.phone(carer)
        self.set(instant(moment))
        phone.record(kind, visit_id(reference))

    async def hand_in(self, carer: str = "C1") -> list[str]:
        """Hand in the phone's outbox; the outcomes."""
        return [result["outcome"] for result in await (await self.phone(carer)).flush()]

    async def pay(
        self, employment: str, reference: str, minutes: int, rate: str, earned: tuple[str, str], on: str
    ) -> None:
        """Load one payslip line for hours paid."""
        await load_rows(
            "pay",
            [
                {
                    "provider": "hearth",
                    "employment": employment,
                    "section": "pay",
                    "kind": "hourly",
                    "minutes": str(minutes),
                    "rate": rate,
                    "earned_start": earned[0],
                    "earned_end": earned[1],
                    "paid_on": on,
                    "reference": reference,
                }
            ],
        )

    async def run(self, moment: datetime, job: str | None = None) -> list[Ran]:
        """Run what is due at an instant; the documents made and what became of them, without each night's work."""
        self.set(moment)
        await run_pulses(moment, job)
        asked = [job] if job else [name for name in JOBS if name not in NIGHTLY]
        return [ran for name in asked for ran in await run_periods(moment, name)]


@pytest.fixture
async def opened_office(http: httpx.AsyncClient, at: Any, server: Urls, folder: Path) -> Office:
    """An office that is open and has not worked yet."""
    return opened(server, folder)[0].again(http, at)


@cache
def opened(server: Urls, folder: Path) -> tuple[Office, str]:
    """The same, opened once for all tests of a process, and the name of the database in which it was."""
    return made_once(server, folder, _opened)


async def _opened(made: Database, http: httpx.AsyncClient, at: SetClock) -> Office:
    return await Office(http, at).open()


async def documents(superuser: asyncpg.Connection) -> list[dict[str, Any]]:
    """Invoices and credit notes by number, as they are stored, each with its snapshot as plain data."""
    rows = await superuser.fetch("SELECT * FROM document WHERE kind <> 'wage_report' ORDER BY number")
    return [{**row, "snapshot": msgspec.json.decode(snapshot_bytes(row["snapshot"]))} for row in rows]


async def snapshots(superuser: asyncpg.Connection) -> list[dict[str, Any]]:
    """Of each invoice and credit note what it was made from."""
    return [document["snapshot"] for document in await documents(superuser)]


def contract_id() -> UUID:
    return thing_id(PROVIDER, "contract", "HC-01")
