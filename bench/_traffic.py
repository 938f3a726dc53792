"""The client of the benchmarks, in a process of its own: `python -m bench._traffic FOLDER` does FOLDER/plan.json.

It writes requests that were made before as they are, over connections that stay open. Without a rate each connection
sends its next request when the last was answered (a closed loop: how much is served at most). With one, requests are
due at random instants of that rate (an open loop): each is timed from when it was due, also if it had to wait for a
connection, so a server that falls behind cannot hide it (no coordinated omission).
"""

import asyncio
import json
import random
import resource
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import uvloop

_SEED: Final = 20261122
_LENGTH: Final = b"content-length: "
_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which requests go to which ports: for so many seconds, or at so many a second until none is left."""

    ports: Sequence[int]
    connections: int
    seconds: float | None = None
    rate: float | None = None


@dataclass(slots=True)
class Told:
    """What became of the requests that were sent, in order. Seconds; `answers` are status and body."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    sent: int = 0
    waits: list[float] = field(default_factory=list)
    done_at: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """One connection: a request at a time, and the whole answer to it."""

    def __init__(self) -> None:
        self._held = b""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._held += data
        head = self._held.find(b"\r\n\r\n")
        if head < 0:
            return
        begin = self._held.index(_LENGTH, 0, head) + len(_LENGTH)
        end = head + 4 + int(self._held[begin : self._held.index(b"\r\n", begin)])
        if len(self._held) < end:
            return
        status, body, self._held = int(self._held[9:12]), self._held[head + 4 : end], b""
        if self._answered is not None and not self._answered.done():
            self._answered.set_result((status, body))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error or ConnectionError("the server closed the connection"))


class _Run:
    """One plan under way."""

    def __init__(self, plan: Plan, requests: Sequence[bytes]) -> None:
        self._plan, self._requests, self._next = plan, requests, iter(range(len(requests)))
        self.answers: list[bytes] = [b""] * len(requests)
        self._due = _instants(plan.rate, len(requests))
        self._idle: deque[_Connection] = deque()
        self.told = Told()
        self._began = 0.0

    async def run(self) -> Told:
        loop, ports = asyncio.get_running_loop(), self._plan.ports
        for number in range(self._plan.connections):
            _, made = await loop.create_connection(_Connection, "127.0.0.1", ports[number % len(ports)])
            self._idle.append(made)
        self.told.waits = [0.0] * len(self._requests)
        self.told.done_at = [0.0] * len(self._requests)
        self.told.statuses = [0] * len(self._requests)
        before, self._began = _processor(), perf_counter()
        await asyncio.gather(*(self._use(one) for one in self._idle))
        self.told.seconds = perf_counter() - self._began
        self.told.processor_seconds = _processor() - before
        return self.told

    async def _use(self, connection: _Connection) -> None:
        """Send what is next, in order; those that are due wait for no answer but this connection's."""
        for index in self._next:
            if self._plan.seconds is not None and perf_counter() - self._began >= self._plan.seconds:
                return
            self.told.sent = max(self.told.sent, index + 1)
            due = await self._until_due(index)
            status, self.answers[index] = await asyncio.wait_for(
                connection.ask(self._requests[index]), _PATIENCE_SECONDS
            )
            done = perf_counter()
            self.told.waits[index], self.told.done_at[index] = done - due, done - self._began
            self.told.statuses[index] = status

    async def _until_due(self, index: int) -> float:
        """The instant from which the request is timed."""
        if self._due is None:
            return perf_counter()
        due = self._began + self._due[index]
        if (ahead := due - perf_counter()) > 0:
            await asyncio.sleep(ahead)
        return due


def _instants(rate: float | None, count: int) -> list[float] | None:
    """Seconds after the beginning, the gaps between them exponential: carers do not agree on when they arrive."""
    if rate is None:
        return None
    chance, at, found = random.Random(_SEED), 0.0, []
    for _ in range(count):
        at += chance.expovariate(rate)
        found.append(at)
    return found


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def write_plan(folder: Path, plan: Plan, requests: Sequence[bytes]) -> None:
    """What `main` does when it runs next."""
    (folder / "plan.json").write_text(json.dumps(asdict(plan)))
    (folder / "requests").write_bytes(b"".join(len(one).to_bytes(4) + one for one in requests))


def parts_of(path: Path) -> Iterator[bytes]:
    """The requests, or the answers, of a file."""
    held, at = path.read_bytes(), 0
    while at < len(held):
        length = int.from_bytes(held[at : at + 4])
        yield held[at + 4 : at + 4 + length]
        at += 4 + length


def main(folder: Path) -> None:
    """Do what the plan says; leave told.json and the answers beside it."""
    run = _Run(Plan(**json.loads((folder / "plan.json").read_text())), list(parts_of(folder / "requests")))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(run.run())
    (folder / "answers").write_bytes(b"".join(len(one).to_bytes(4) + one for one in run.answers))
    (folder / "told.json").write_text(json.dumps(asdict(told)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
