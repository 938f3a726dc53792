"""The real web and worker processes, each kept running: what ends it is noted, and it is started again."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any

from tests.faults.forked import Forked

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 60
AGAIN_SECONDS = 0.3
"""How soon what ended is started again, as a process manager does."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program runs: the address that it is reached under, and the command that takes it there."""

    host: str = "127.0.0.1"
    enter: tuple[str, ...] = ()


HERE = Place()


class Program:
    """One `doorstep` process under the harness's clock, with its standard error in a file."""

    def __init__(
        self,
        name: str,
        environment: Mapping[str, str],
        clock: Path,
        logs: Path,
        *arguments: str,
        place: Place = HERE,
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._environment = {**os.environ, "DOORSTEP_LOG_FORMAT": "json", **environment}
        self._clock, self._arguments, self._place = clock, arguments, place
        self._process: asyncio.subprocess.Process | Forked | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._killed = False
        self.ended: list[int] = []

    async def start(self) -> None:
        """Start it, and again whenever it ends."""
        self._process = await self._new()
        self._keeper = asyncio.create_task(self._keep())

    async def _new(self) -> asyncio.subprocess.Process | Forked:
        if not self._place.enter:
            return Forked(self._clock, self._arguments, self._environment, self.log)
        program = (sys.executable, "-m", "tests.faults.program", str(self._clock))
        with self.log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *self._place.enter,
                *program,
                *self._arguments,
                stdout=output,
                stderr=output,
                env=self._environment,
                cwd=ROOT,
                start_new_session=True,
            )

    async def _keep(self) -> None:
        while True:
            assert self._process is not None
            status = await self._process.wait()
            if not self._killed:
                self.ended.append(status)
                await asyncio.sleep(AGAIN_SECONDS)
            self._killed = False
            self._process = await self._new()

    @property
    def pid(self) -> int | None:
        """The number of the process that runs, or ran last."""
        return None if self._process is None else self._process.pid

    def kill(self) -> bool:
        """SIGKILL; whether it ran."""
        if self._process is None or self._process.returncode is not None:
            return False
        self._killed = True
        self._process.kill()
        return True

    async def stop(self) -> int:
        """End it as a process manager does, and for good; its exit status."""
        assert self._process is not None and self._keeper is not None
        self._keeper.cancel()
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise AssertionError(f"{self.name} does not end: {self.log.read_text()[-3000:]}") from None

    async def abandon(self) -> None:
        """Kill what still runs, at the end of a run that may have failed."""
        if self._keeper is not None:
            self._keeper.cancel()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def lines(self) -> list[dict[str, Any]]:
        """What it logged, as its own log lines; a line cut short by a kill is left out."""
        found: list[dict[str, Any]] = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict):
                found.append(said)
        return found


async def until(condition: Any, seconds: float, what: str) -> None:
    """Wait until an asynchronous condition holds. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, f"{what}, for {seconds:.0f} seconds"
        await asyncio.sleep(0.1)


def lasting_port() -> int:
    """A free port from below those that connections going out are given: it is still free when its owner is killed."""
    while True:
        port = SystemRandom().randrange(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
