"""What must hold between processes that share nothing but the database: each law is tried on two of them."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from backend.use_cases.sign_in_limit import MOST_BY_PAIR
from tests.console.desk import Browser, password_hash
from tests.faults import laws
from tests.faults.harness import Rig, busy
from tests.faults.laws import superuser
from tests.faults.phones import EitherServer
from tests.faults.play import ENDED
from tests.faults.processes import until
from tests.faults.world import PROVIDER

MANAGER = "manager@example.org"
STRANGER = "stranger@example.org"
ENOUGH = 30
"""Events from the phones."""
FIRST_WEEK_DUE = timedelta(days=9)
WORK_SECONDS = 90
LIVE_SECONDS = 30
"""More than a watcher takes to look again, on any machine."""


async def work(rig: Rig) -> None:
    """Let carers work until documents of their first week are due."""
    async with busy(rig):
        await _goes_on(rig)
        rig.time.go_on(FIRST_WEEK_DUE)
        await _goes_on(rig)


async def _goes_on(rig: Rig) -> None:
    before = rig.heard.acknowledged

    async def acknowledged() -> bool:
        return rig.heard.acknowledged >= before + ENOUGH

    await until(acknowledged, WORK_SECONDS, "too little is acknowledged")


async def settled(rig: Rig) -> None:
    """All that is due gets done, nothing is lost or done twice, and every process ends as it should."""
    await laws.settle(rig)
    assert {law: words for law, words in (await laws.broken(rig)).items() if words} == {}
    assert [program.ended for program in rig.programs] == [[] for _ in rig.programs]
    assert {await program.stop() for program in rig.programs} <= ENDED


async def hold(rig: Rig) -> None:
    """Try every law, while the simulated time stands still. Phones and workers may be at work."""
    async with superuser(rig) as connection:
        for email in (MANAGER, STRANGER):
            await connection.execute(
                "INSERT INTO user_account (id, organisation_id, role, email, password_hash, created_at)"
                " VALUES ($1, $2, 'manager', $3, $4, $5)",
                *(uuid4(), PROVIDER, email, password_hash(), rig.time.true),
            )
    async with _clients(rig) as clients:
        await asyncio.gather(*map(_ready, clients))
        await _wrong_passwords_are_counted_together(clients)
        first = Browser(clients[0])
        assert (await first.sign_in(MANAGER)).status_code == 303
        others = [Browser(client, first.cookies, first.page) for client in clients[1:]]
        await _a_change_at_one_is_told_by_another(rig, others[-1])
        await _a_phone_revoked_at_one_is_refused_by_all(rig, first, clients)
        await _signing_out_at_one_signs_out_everywhere(first, others)


@asynccontextmanager
async def _clients(rig: Rig) -> AsyncIterator[Sequence[httpx.AsyncClient]]:
    """One for each web process, under the address that all of them are known by."""
    base = f"http://127.0.0.1:{rig.addresses[0][1]}"
    made = [
        httpx.AsyncClient(transport=EitherServer([address], 0), base_url=base, timeout=LIVE_SECONDS)
        for address in rig.addresses
    ]
    try:
        yield made
    finally:
        for client in made:
            await client.aclose()


async def _ready(client: httpx.AsyncClient) -> None:
    async def answers() -> bool:
        try:
            return (await client.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    await until(answers, WORK_SECONDS, "a web process does not answer")


async def _wrong_passwords_are_counted_together(clients: Sequence[httpx.AsyncClient]) -> None:
    answers = [
        (await Browser(clients[number % len(clients)]).sign_in(STRANGER, "three wrong words")).status_code
        for number in range(MOST_BY_PAIR + len(clients))
    ]
    assert answers.count(429) == len(clients) and set(answers[-len(clients) :]) == {429}, answers


async def _a_change_at_one_is_told_by_another(rig: Rig, browser: Browser) -> None:
    """A phone hands in an event anywhere, and the board that another process serves says so."""
    rig.time.go_on(
        timedelta(minutes=1) - timedelta(seconds=rig.time.true.second)
    )  # a minute itself is told too
    await browser.get("/today")
    found = re.search(r'sse-connect="(/today/live\?mark=\w+)"', browser.page)
    assert found, browser.page[:2000]
    told = asyncio.create_task(_told(browser, found[1]))
    rig.time.go_on(timedelta(seconds=1))
    carer = rig.carers[0]
    carer.sent.append(carer.phone.record("note", None, rig.time.true))
    await until(carer.hand_in, LIVE_SECONDS, "an event is not taken")
    assert await told


async def _told(browser: Browser, path: str) -> bool:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with (
        asyncio.timeout(LIVE_SECONDS),
        browser.client.stream("GET", path, headers={"Cookie": cookie}) as stream,
    ):
        async for line in stream.aiter_lines():
            if line == "event: changed":
                return True
    return False


async def _a_phone_revoked_at_one_is_refused_by_all(
    rig: Rig, manager: Browser, clients: Sequence[httpx.AsyncClient]
) -> None:
    carer = rig.carers[0]
    usual = carer.phone.client
    carer.phone.client = clients[0]
    await carer.phone.open_session()
    for client in clients:
        carer.phone.client = client
        await carer.phone.rota()
    await manager.get("/devices")
    answer = await manager.post(f"/devices/{UUID(str(carer.phone.device_id))}/revoke")
    assert answer.status_code == 303, answer.text
    for client in clients:
        carer.phone.client = client
        refused = await carer.phone.call("GET", "/rota", params={"days": 7}, token=True)
        assert refused.json()["code"] == "revoked"
    carer.phone.client = usual


async def _signing_out_at_one_signs_out_everywhere(first: Browser, others: Sequence[Browser]) -> None:
    for browser in others:
        assert (await browser.get("/today")).status_code == 200
    await others[-1].get("/sessions")
    await others[-1].post("/sign-out")
    for browser in (first, *others[:-1]):
        assert (await browser.get("/today")).status_code == 303
