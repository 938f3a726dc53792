"""A durable database of their own for the benchmarks of calls, the real web processes, and the floor beside them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from backend import db, embedded, keys, settings
from backend.embedded import Urls
from backend.embedded.cluster import write_private
from backend.migrations.runner import migrate
from backend.settings import Settings
from bench._floor import PROVIDER as FLOOR_PROVIDER
from bench._floor import TABLES
from bench._phones import Request
from bench._traffic import Plan, parts_of, write_plan
from tests.faults.processes import lasting_port
from tests.mobile_api.world import PROVIDER

START_SECONDS: Final = 60
KEPT: Final = Path(".data/bench")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benchmark works: a folder, its PostgreSQL, and what a process needs in its environment to use it."""

    folder: Path
    urls: Urls
    environment: dict[str, str]


@asynccontextmanager
async def place(options: Sequence[str] = ()) -> AsyncIterator[Place]:
    """A new PostgreSQL as Doorstep starts it (a commit waits for the disk), with this process' pool open on it."""
    async with started(options) as where, at(where):
        yield where


@asynccontextmanager
async def started(options: Sequence[str] = ()) -> AsyncIterator[Place]:
    """A new PostgreSQL at the newest version, to which this process holds nothing open."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-", dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database's own account must reach it
        with embedded.running(folder / "data", options) as urls:
            write_private(folder / "data" / keys.FILE, keys.new())
            await migrate(urls.owner, urls.application)
            await _as_owner(urls.owner, TABLES)
            made = {
                "DATABASE_URL": urls.application,
                "DOORSTEP_OWNER_DATABASE_URL": urls.owner,
                "DOORSTEP_DATA": str(folder / "data"),
                "DOORSTEP_KEYS": str(folder / "data" / keys.FILE),
                "DOORSTEP_LOG_FORMAT": "json",
                FLOOR_PROVIDER: str(PROVIDER),
            }
            yield Place(folder, urls, made)


@asynccontextmanager
async def at(where: Place) -> AsyncIterator[None]:
    """This process' settings are those of the place, and its pool is open there, for the block."""
    settings.use(replace(_settings(where.folder, where.urls), keys=where.environment["DOORSTEP_KEYS"]))
    async with db.opened(where.urls.application):
        yield


def _settings(folder: Path, urls: Urls) -> Settings:
    return Settings(data=folder / "data", database_url=urls.application, owner_database_url=urls.owner)


async def _as_owner(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


@contextmanager
def product(where: Place, workers: int = 1, **environment: str) -> Iterator[int]:
    """`doorstep serve`; its port."""
    port = lasting_port()
    command = ("-m", "backend", "serve", "--port", str(port), "--workers", str(workers))
    with _process(where, f"serve-{port}", command, environment):
        _until_answered(f"http://127.0.0.1:{port}/health/ready")
        yield port


@contextmanager
def worker(where: Place) -> Iterator[None]:
    """`doorstep worker`. It is killed in the end: on such a history its first look at the records takes minutes."""
    with _process(where, "worker", ("-m", "backend", "worker"), {}, signal.SIGKILL):
        yield


@contextmanager
def floor(where: Place, workers: int = 1) -> Iterator[int]:
    """The floor, under the same server; its port."""
    port = lasting_port()
    with _process(where, f"floor-{port}", ("-m", "bench._floor", str(port), str(workers)), {}):
        _until_answered(f"http://127.0.0.1:{port}/")
        yield port


@contextmanager
def _process(
    where: Place,
    name: str,
    command: Sequence[str],
    environment: dict[str, str],
    end: signal.Signals = signal.SIGTERM,
) -> Iterator["subprocess.Popen[bytes]"]:
    with (where.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **where.environment, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(end)
        process.wait(START_SECONDS)


def _until_answered(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(address).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address} never answers")


@dataclass(frozen=True, slots=True)
class Heard:
    """What the client heard: seconds of each answer in order, and when it came; what was sent; bodies."""

    seconds: float
    processor_seconds: float
    sent: int
    waits: list[float]
    done_at: list[float]
    bodies: list[bytes]

    @property
    def rate(self) -> float:
        """Requests answered a second."""
        return self.sent / self.seconds


def traffic(where: Place, plan: Plan, requests: Sequence[Request]) -> Heard:
    """Let the client do a plan. Raises AssertionError for an answer other than 200; takes back what was not sent."""
    folder = where.folder / "traffic"
    folder.mkdir(exist_ok=True)
    write_plan(folder, plan, [one.content for one in requests])
    subprocess.run([sys.executable, "-m", "bench._traffic", str(folder)], check=True)
    told: dict[str, Any] = json.loads((folder / "told.json").read_text())
    sent = told.pop("sent")
    for request in reversed(requests[sent:]):
        request.carer.take_back(request)
    bodies = list(parts_of(folder / "answers"))[:sent]
    bad = [(status, body) for status, body in zip(told["statuses"], bodies, strict=False) if status != 200]
    assert not bad, f"{len(bad)} answers of {sent} were not 200: {bad[0]}"
    return Heard(
        told["seconds"], told["processor_seconds"], sent, told["waits"][:sent], told["done_at"][:sent], bodies
    )


def hundredths(seconds: Sequence[float], *which: int) -> list[float]:
    """Of a hundred in order of size those that are asked for: 50 is the median."""
    ranked = sorted(seconds)
    return [ranked[min(len(ranked) - 1, len(ranked) * one // 100)] for one in which]


def keep(name: str, found: object) -> None:
    """Write the results of a benchmark to .data/bench."""
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
