"""Guesses spread over two web processes count together, and keep nobody out who is not guessing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from backend import settings
from backend.use_cases.devices import unlock_device
from backend.use_cases.sign_in_limit import MOST_BY_PAIR
from mobile_api.reference_client import Phone, Refused
from tests.conftest import Database
from tests.console.desk import Browser, Desk, email
from tests.ports import kept_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
START_SECONDS = 180


@asynccontextmanager
async def another_process(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a web process of its own on the test's database."""
    with kept_port() as port:
        process = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-m", "backend", "serve", "--port", str(port)],
            env={**os.environ, **database.environment},
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                await _until_ready(client, process)
                yield client
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def _until_ready(client: httpx.AsyncClient, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.TransportError):  # it does not listen yet
            if (await client.get("/health/ready")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the other process was never ready")


class Elsewhere(Browser):
    """A browser behind a proxy on this machine, which tells another address than the guesser's."""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await super().get(path, **{**headers, "X-Forwarded-For": "203.0.113.9"})

    async def post_as_it_is(self, path: str, **fields: str) -> httpx.Response:
        content = httpx.QueryParams(fields).__str__().encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "203.0.113.9"}
        return await self._send("POST", path, headers=headers, content=content)


async def test_guesses_at_two_processes_are_counted_together_and_the_innocent_come_in(
    desk: Desk, database: Database
) -> None:
    desk.office.clock = datetime.now(UTC)
    settings.use(replace(settings.current(), clock=None))  # both processes go by the computer's clock
    async with another_process(database) as other:
        here, there = desk.browser(), Browser(other)
        for browser in (here, there):
            await browser.get("/sign-in")

        async def guess(browser: Browser) -> int:
            return (
                await browser.post("/sign-in", email=email("manager"), password="a wrong guess")
            ).status_code

        answers = await asyncio.gather(*(guess(browser) for browser in (here, there) * MOST_BY_PAIR))
        assert sorted(answers) == [401] * MOST_BY_PAIR + [429] * MOST_BY_PAIR, "at the same moment, at both"
        for browser in (desk.browser(), Browser(other)):
            assert (await browser.sign_in(email("manager"))).status_code == 429
            # A colleague at the same address, and the owner at another.
            assert (await browser.sign_in(email("second"))).status_code == 303
        assert (await Elsewhere(other).sign_in(email("manager"))).status_code == 303
        await pins_are_counted_together(desk, other)


async def pins_are_counted_together(desk: Desk, other: httpx.AsyncClient) -> None:
    phone, colleague = await desk.office.phone("C1"), await desk.office.phone("C2")
    there = replace(phone, client=other, nonce=None, nonce_at=None)
    said = [await refusal(phone if guess % 2 else there, "0000") for guess in range(5)]
    assert said == ["pin_wrong"] * 5
    assert [await refusal(one, "4711") for one in (phone, there)] == ["locked", "locked"]
    await colleague.open_session()
    await unlock_device(UUID(phone.device_id))
    await there.open_session()


async def refusal(phone: Phone, pin: str) -> str:
    try:
        await phone.open_session(pin)
    except Refused as error:
        return str(error.problem.get("code"))
    return "opened"
