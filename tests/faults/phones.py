"""Carers' phones that go on whatever breaks: what is not acknowledged is sent again, and each receipt is kept."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from backend import settings
from mobile_api.reference_client import Phone, Refused
from tests.faults.world import Visit

PATIENCE_SECONDS = 8
"""How long a phone waits for an answer before it counts on none."""
PAUSE_SECONDS = 0.3


class EitherServer(httpx.AsyncBaseTransport):
    """Takes each call to one of the web processes, as a load balancer that knows nothing of their health."""

    def __init__(self, addresses: Sequence[tuple[str, int]], seed: int) -> None:
        self._addresses = addresses
        self.chance = random.Random(seed)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = self.chance.choice(self._addresses)
        request.url = request.url.copy_with(host=host, port=port, scheme="http")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class Heard:
    """What all phones were answered: how often each status, failures by kind, and what should never be."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0

    async def note(self, response: httpx.Response) -> None:
        """Count an answer. A hook of the client."""
        self.statuses[response.status_code] += 1
        if response.status_code == 503 and "Retry-After" not in response.headers:
            self.wrong.append(f"503 without Retry-After at {response.request.url.path}")
        if response.status_code >= 500 and response.status_code != 503:
            await response.aread()
            self.wrong.append(f"{response.status_code} at {response.request.url.path}: {response.text[:300]}")


@dataclass
class Carer:
    """One carer with her phone, who makes her visits and hands in what she recorded until told to stop."""

    phone: Phone
    code: str
    visits: Iterator[Visit]
    now: Callable[[], datetime]
    heard: Heard
    chance: random.Random
    sent: list[dict[str, Any]] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _next: Visit | None = None

    async def enrol(self) -> None:
        """Enrol, however often it takes."""
        while self.phone.device_id is None:
            try:
                await self.phone.enrol(self.code)
            except (httpx.HTTPError, Refused):
                await asyncio.sleep(PAUSE_SECONDS)

    async def work(self, stop: asyncio.Event) -> None:
        """Record what her visits bring and hand it in, until `stop`."""
        while not stop.is_set():
            self._record()
            await self.hand_in()
            if self.chance.random() < 0.1:
                await self._look_at_rota()
            await asyncio.sleep(self.chance.uniform(0, 2 * PAUSE_SECONDS))

    def make_visits(self) -> None:
        """Record the visits that are over."""
        for visit in self._over():
            self._sign("check_in", visit.id, visit.start)
            self._sign("check_out", visit.id, visit.end)

    def _record(self) -> None:
        self.make_visits()
        if self._next is not None:
            self._sign("note", self._next.id, self.now())
        if self.chance.random() < 0.02:
            self._sign("check_in", "0b8f3c1e-5d0a-4a63-9c53-8d1f2b9f7e44", self.now())  # nobody's visit

    def _over(self) -> Iterator[Visit]:
        self._next = self._next or next(self.visits, None)
        while self._next is not None and self._next.end <= self.now():
            yield self._next
            self._next = next(self.visits, None)

    def _sign(self, kind: str, visit_id: str, at: datetime) -> None:
        self.sent.append(self.phone.record(kind, visit_id, at))

    async def hand_in(self) -> bool:
        """Try once to hand in the outbox, sometimes with what was acknowledged already; whether it is empty now."""
        held = len(self.phone.receipts)
        try:
            if self.sent and self.chance.random() < 0.05:
                await self._hand_in_again()
            await self.phone.flush()
        except (httpx.HTTPError, Refused) as error:
            self.heard.failures[f"{type(error).__name__} {getattr(error, 'status', '')}".strip()] += 1
        self.heard.acknowledged += len(self.phone.receipts) - held
        return not self.phone.outbox

    async def _hand_in_again(self) -> None:
        """An answer that never came in: the same events, twice. The receipt must be that of the first time."""
        before = dict(self.phone.receipts)
        again = self.chance.choices(self.sent, k=3)
        known = list({event["signed"]["id"]: event for event in again}.values())
        answer = await self.phone.send(self.phone.batch(known))
        if answer.status_code != 200:
            return
        for line in answer.json()["batch"]:
            first = before.get(line["event_id"])
            if first is not None and first != line:
                self.doubled.append(f"{first} and then {line}")

    async def _look_at_rota(self) -> None:
        try:
            await self.phone.rota()
        except httpx.HTTPError as error:
            self.heard.failures[type(error).__name__] += 1
        except Refused as refused:
            if refused.status == 401:
                await self._sign_in()

    async def _sign_in(self) -> None:
        try:
            await self.phone.open_session()
        except (httpx.HTTPError, Refused) as error:
            self.heard.failures[f"session {type(error).__name__}"] += 1


def new_carer(
    number: int,
    code: str,
    servers: EitherServer,
    rota: Sequence[Visit],
    now: Callable[[], datetime],
    heard: Heard,
) -> Carer:
    """A carer with a code for her phone and her part of the rota."""
    client = httpx.AsyncClient(
        transport=servers,
        base_url=settings.current().base_url,
        timeout=PATIENCE_SECONDS,
        event_hooks={"response": [heard.note]},
    )
    phone = Phone(client, now=now, monotonic_ms=lambda: int(now().timestamp() * 1000))
    own = (visit for visit in rota if visit.carer == number)
    return Carer(phone, code, own, now, heard, servers.chance)
