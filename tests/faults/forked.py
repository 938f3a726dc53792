"""`doorstep` by the harness's clock, forked from a process that has loaded it: to load it takes seconds each time."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.program import run
from tests.program import loaded


class Forked:
    """A process of its own, with what of `asyncio.subprocess.Process` the harness asks for."""

    def __init__(
        self, clock: Path, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self._process = loaded().Process(target=_run, args=(clock, arguments, environment, log))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        loop.add_reader(self._process.sentinel, self._end)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._ended.set_result(self._process.exitcode)

    @property
    def returncode(self) -> int | None:
        """Its exit status, or below nought the signal that ended it; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        status: int = await asyncio.shield(self._ended)
        return status


def _run(clock: Path, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    os.setsid()
    for number, file, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        os.dup2(os.open(file, flags), number)
    os.environ.clear()
    os.environ.update(environment)
    run(clock, arguments)
