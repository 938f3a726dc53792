"""The other processes of a demonstration: the web server that phones call, and the worker that runs the jobs."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx

from backend.faults import SetupFault

PROGRAM: Final = (sys.executable, "-m", "backend")
READY_SECONDS: Final = 180
STOP_SECONDS: Final = 15
LAST_LINES: Final = 15
WORKERS: Final = 2
"""Processes of each kind, web and worker: the demonstration shows that they share the work."""
_PR_SET_PDEATHSIG: Final = 1


@asynccontextmanager
async def web_server(port: int, log: Path, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """A `doorstep serve` process for the block; gives its address once it is ready.

    It has a session of its own, so that Ctrl-C reaches the demonstration first, which then ends it. Raises SetupFault,
    with the end of its log, if it does not come up.
    """
    base = f"http://127.0.0.1:{port}"
    with log.open("ab") as output:
        process = await _start(
            output.fileno(), environment, "serve", "--port", str(port), "--workers", str(WORKERS)
        )
        try:
            await _ready(process, base, log)
            yield base
        finally:
            await _stop(process)


async def run_jobs(log: Path, environment: Mapping[str, str]) -> None:
    """Run what is due at the simulated instant, in worker processes that share it. Raises SetupFault if a job fails."""
    with log.open("ab") as output:
        starting = (_start(output.fileno(), environment, "worker", "--until-idle") for _ in range(WORKERS))
        processes = await asyncio.gather(*starting)
        try:
            statuses = await asyncio.gather(*(process.wait() for process in processes))
        finally:
            await asyncio.gather(*(_stop(process) for process in processes))
    if any(statuses):
        status = min(statuses) if min(statuses) < 0 else max(statuses)
        raise SetupFault(f"A worker {how_it_ended(status)}. {end_of(log)}")


async def _start(output: int, environment: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *PROGRAM,
        *arguments,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=_end_with_parent,
        env={**os.environ, **environment},
    )


def _end_with_parent() -> None:
    """Ask Linux to end this process when the demonstration dies, even by a signal that it cannot answer."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _ready(process: asyncio.subprocess.Process, base: str, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    async with httpx.AsyncClient() as client:
        while asyncio.get_running_loop().time() < deadline:
            if process.returncode is not None:
                raise SetupFault(f"The web process {how_it_ended(process.returncode)}. {end_of(log)}")
            try:
                if (await client.get(f"{base}/health/ready")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass  # it does not listen yet
            await asyncio.sleep(0.1)
    raise SetupFault(f"The web process was not ready after {READY_SECONDS} seconds. {end_of(log)}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def how_it_ended(status: int) -> str:
    """What a process's exit status means, for a message; below zero a signal ended it."""
    if status == -signal.SIGKILL:
        return "was killed from outside: most often the system ran out of memory, which fewer --carers need less of"
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"


def end_of(log: Path) -> str:
    """The last lines of a log, for a message."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join([f"The end of {log}:", *lines])


def free_port(wanted: int | None) -> int:
    """`wanted` if it is free (None: any port). Else the next free one after it. Raises SetupFault if there is none."""
    for port in (0,) if wanted is None else range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SetupFault(
        f"No port from {wanted} on is free on 127.0.0.1. End what uses them, or name another with --port."
    )
