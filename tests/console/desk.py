"""People who sign in, in a browser of their own, around a small office that has worked, been paid and been invoiced."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import httpx
import pytest

from backend.api.cookies import SESSION, called
from backend.embedded import Urls
from backend.use_cases.passwords import hash_password
from backend.use_cases.sign_in import SESSION_LIVES, token_hash
from tests.conftest import Database
from tests.jobs.office import Office, instant, visit_id
from tests.worlds import SetClock, made_once

PASSWORD: Final = "three random words"
HTML: Final = {"Accept": "text/html"}
USERS: Final = {
    "manager": ("hearth", "manager"),
    "second": ("hearth", "manager"),
    "finance": ("hearth", "finance"),
    "rival": ("lantern", "manager"),
    "commissioner": ("wyeshire", "commissioner"),
    "auditor": ("wyeshire", "auditor"),
    "other_commissioner": ("icb", "commissioner"),
    "other_auditor": ("icb", "auditor"),
    "administrator": (None, "administrator"),
    "person": ("hearth", "person"),
    "other_person": ("hearth", "person"),
}
PEOPLE: Final = {"person": "S1", "other_person": "S2"}
"""Whose own things a user of the role person sees."""
REPORT_DUE: Final = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@dataclass
class Browser:
    """One person's browser: keeps cookies, follows no redirect by itself, sends the token that its page holds."""

    client: httpx.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._send("GET", path, headers=headers)

    async def ask(self, path: str, **asked: str) -> httpx.Response:
        """The page at an address with these parts of a query."""
        return await self.get(f"{path}?{urlencode(asked)}")

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the token of the page that is open."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        token = {"csrf_token": found[1]} if found else {}
        return await self.post_as_it_is(path, **{**token, **fields})

    async def post_as_it_is(self, path: str, **fields: str) -> httpx.Response:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._send("POST", path, headers=kind, content=urlencode(fields))

    async def upload(self, path: str, name: str, content: bytes, /, **fields: str) -> httpx.Response:
        """Send a form with a file, and the token of the page that is open; without a name only the fields."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        token = {"csrf_token": found[1]} if found else {}
        parts = {key: (None, value.encode()) for key, value in {**token, **fields}.items()}
        file = {"file": (name, content, "text/csv")} if name else {}
        return await self._send("POST", path, headers={}, files={**parts, **file})

    async def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        await self.get("/sign-in")
        return await self.post("/sign-in", email=email, password=password, **more)

    async def _send(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**HTML, **headers, **({"Cookie": cookie} if cookie else {})}
        response = await self.client.request(method, path, headers=sent, **more)
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if "Max-Age=0" in line or not value.strip('"'):
                del self.cookies[name]
        if response.headers.get("content-type", "").startswith("text/html"):
            self.page = response.text
            # Whatever a test opens: a link into the page itself, such as that of an error, leads somewhere.
            assert not set(re.findall(r'href="#([^"]+)"', self.page)) - set(
                re.findall(r'id="([^"]+)"', self.page)
            ), path
        return response


@cache
def password_hash() -> str:
    """Everybody's password, hashed once: it takes long by design."""
    return hash_password(PASSWORD)


def email(who: str) -> str:
    return f"{who}@example.org"


@dataclass
class Desk:
    """The office, everybody's account, and the ids that addresses need."""

    office: Office
    superuser: asyncpg.Connection
    signed_in: dict[str, Browser] = field(default_factory=dict)

    async def open(self) -> "Desk":
        await self.superuser.executemany(
            "INSERT INTO user_account (id, organisation_id, role, email, password_hash, created_at, person_id) "
            "SELECT $1, (SELECT id FROM organisation WHERE reference = $2), $3, $4, $5, $6, "
            "(SELECT id FROM service_user WHERE reference = $7)",
            [
                (uuid4(), organisation, role, email(who), password_hash(), self.office.clock, PEOPLE.get(who))
                for who, (organisation, role) in USERS.items()
            ],
        )
        return self

    def browser(self) -> Browser:
        return Browser(self.office.http)

    async def as_(self, who: str) -> Browser:
        """The signed-in browser of one of USERS: in use until its session ends, however far a test moves the clock."""
        if who not in self.signed_in:
            made, token = self.browser(), secrets.token_urlsafe(32)
            await self.superuser.execute(
                "INSERT INTO user_session (token_hash, user_id, organisation_id, csrf_token, created_at, expires_at, "
                "last_used_at) SELECT $1, id, organisation_id, $2, $3, $4, $4 FROM user_account WHERE email = $5",
                token_hash(token),
                secrets.token_urlsafe(32),
                self.office.clock,
                self.office.clock + SESSION_LIVES,
                email(who),
            )
            made.cookies[called(SESSION)] = token
            self.signed_in[who] = made
        return self.signed_in[who]

    async def work_a_fortnight(self) -> None:
        """A short worker, an invoice, a report, a correction that waits, an event in quarantine, a day with trouble."""
        office = self.office
        await office.plan("A", "2026-11-02T09:00")
        await office.plan("B", "2026-11-02T09:50")
        await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
        await office.attend("B", "2026-11-02T09:50", "2026-11-02T10:20")
        await office.pay("E1", "1", 60, "12.71", ("2026-11-02", "2026-11-08"), "2026-11-13")
        await office.run(REPORT_DUE)
        await office.plan("MISSED", "2026-11-16T07:00")
        await office.plan("RUNNING", "2026-11-16T08:45")
        await office.plan("NOBODY", "2026-11-16T11:00", carer="")
        await office.plan("LATER", "2026-11-16T12:00", carer="E2")
        await office.record("check_in", "RUNNING", "2026-11-16T08:46")
        await office.hand_in()
        await office.attend("LATER", "2026-11-16T08:50", "2026-11-16T08:55")
        office.set(NOW)
        phone = await office.phone()
        await phone.open_session()
        earlier, end = instant("2026-11-02T08:55"), instant("2026-11-02T09:30")
        answer = await phone.correct(visit_id("A"), earlier, end, "recorded_late", "The lock was stiff")
        assert answer.status_code == 201, answer.text

    async def id_of(self, kind: str) -> str:
        return str(await self.superuser.fetchval("SELECT id FROM document WHERE kind = $1 LIMIT 1", kind))


@pytest.fixture
async def desk(
    http: httpx.AsyncClient, at: Any, superuser: asyncpg.Connection, server: Urls, folder: Path
) -> Desk:
    """Accounts of every role in an office that has not worked yet."""
    return Desk(furnished(server, folder)[0].office.again(http, at), superuser)


@pytest.fixture
async def busy(
    http: httpx.AsyncClient, at: Any, superuser: asyncpg.Connection, server: Urls, folder: Path
) -> Desk:
    """The same after a fortnight's work."""
    return Desk(fortnight(server, folder)[0].office.again(http, at), superuser)


@cache
def furnished(server: Urls, folder: Path) -> tuple[Desk, str]:
    """A desk that nobody has worked at, made once for all tests of a process, and the name of its database."""
    return made_once(server, folder, _furnished)


@cache
def fortnight(server: Urls, folder: Path) -> tuple[Desk, str]:
    """The same after a fortnight's work."""
    return made_once(server, folder, _worked)


async def _furnished(made: Database, http: httpx.AsyncClient, at: SetClock) -> Desk:
    async with _superuser(made) as superuser:
        return await Desk(await Office(http, at).open(), superuser).open()


async def _worked(made: Database, http: httpx.AsyncClient, at: SetClock) -> Desk:
    async with _superuser(made) as superuser:
        desk = await Desk(await Office(http, at).open(), superuser).open()
        await desk.work_a_fortnight()
        return desk


@asynccontextmanager
async def _superuser(made: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(made.superuser_url)
    yield connection
    await connection.close()
