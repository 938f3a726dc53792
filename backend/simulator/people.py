"""Who signs in to the demonstration, and the phones of its carers."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from backend.faults import SetupFault
from backend.simulator.handset import Handset
from backend.simulator.home_tags import HomeTag, hang_tags
from backend.simulator.model import COUNCIL, NHS, Carer, County
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.add_user import Role, add_user
from backend.use_cases.issue_enrol_code import issue_for


@dataclass(frozen=True, slots=True)
class Login:
    """An address and password for one role. `person`: of whom a user of the role `person` sees everything."""

    role: Role
    organisation: str | None
    email: str
    person: str | None = None


AT_ONCE: Final = 4
"""How many phones enrol at the same time: hashing a PIN takes a tenth of a second."""
_STAFF: Final = (
    Login("manager", "marches", "manager@marches.example"),
    Login("manager", "marches", "deputy@marches.example"),
    Login("manager", "golden", "manager@golden.example"),
    Login("manager", "hollybush", "manager@hollybush.example"),
    Login("finance", "marches", "finance@marches.example"),
    Login("commissioner", COUNCIL, "commissioner@wyeshire.example"),
    Login("auditor", COUNCIL, "auditor@wyeshire.example"),
    Login("commissioner", NHS, "commissioner@wye-icb.example"),
    Login("administrator", None, "administrator@doorstep.example"),
)


def new_password() -> str:
    """One password for all logins of a demonstration: easy to type, new each time."""
    return "wye-" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


def logins(county: County) -> tuple[Login, ...]:
    """One for each role, at each provider that has a manager; the person is the first whom the county supports."""
    person = county.service_users[0]
    return (*_STAFF, Login("person", person.provider, f"person@{person.provider}.example", person.reference))


async def add_logins(county: County, password: str) -> None:
    """Add a user for each role. The organisations and people must be loaded."""
    for login in logins(county):
        await add_user(login.organisation, login.role, login.email, password, login.person)


async def enrol_all(county: County, client: httpx.AsyncClient, at: datetime) -> dict[str, Handset]:
    """Hang tags in homes, and enrol a phone for every carer, each with a code from the office; by employment.

    Raises Refused, and SetupFault if the server's clock is not at the instant `at`.
    """
    visits, tags = _visit_ids(county), await hang_tags(county)
    handsets = {carer.employment: _handset(carer, visits, client, at, tags) for carer in county.carers}
    room = asyncio.Semaphore(AT_ONCE)

    async def enrol(handset: Handset) -> None:
        async with room:
            code = await issue_for(organisation_id(handset.carer.provider), handset.carer.reference)
            there = await handset.enrol(code)
        if there != at:
            raise SetupFault(
                f"The server's clock is at {there} and not at {at}: start it with the same DOORSTEP_CLOCK."
            )

    await asyncio.gather(*(enrol(handset) for handset in handsets.values()))
    return handsets


def _visit_ids(county: County) -> dict[str, str]:
    """The ids that phones use, by reference: one mapping for all of them."""
    providers = {provider.reference: organisation_id(provider.reference) for provider in county.providers}
    return {
        visit.reference: str(thing_id(providers[visit.provider], "visit", visit.reference))
        for visit in county.rota
    }


def _handset(
    carer: Carer,
    visits: Mapping[str, str],
    client: httpx.AsyncClient,
    at: datetime,
    tags: Mapping[str, HomeTag],
) -> Handset:
    return Handset.new(client, carer, visits, carer.installation, at, tags)
