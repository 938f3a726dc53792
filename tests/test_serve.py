"""A real server process, started and ended as a person does it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.ports import kept_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
START_SECONDS = 180
LOOK_SECONDS = 0.05


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorstep-serve-") as name:
        Path(name).chmod(0o711)
        yield Path(name) / "data"


@contextmanager
def _serving(data: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    environment = {**os.environ, "DOORSTEP_DATA": str(data)}
    with kept_port() as port:
        command = [sys.executable, "-m", "backend", "serve", "--port", str(port), *options]
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def _wait_until_ready(address: str, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=address) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.get("/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass  # it does not listen yet
            time.sleep(LOOK_SECONDS)  # leaves the processor to the server
    raise AssertionError(f"never ready: {process.communicate()[1]}")


@pytest.mark.variants
@pytest.mark.parametrize(("options", "number"), [((), signal.SIGINT), (("--workers", "2"), signal.SIGTERM)])
def test_a_server_becomes_ready_from_nothing_and_leaves_nothing_running(
    data: Path, options: tuple[str, ...], number: int
) -> None:
    with _serving(data, *options) as (process, address):
        _wait_until_ready(address, process)
        assert (data / "postgresql" / "postmaster.pid").exists()
        os.killpg(process.pid, number)  # as a terminal does: the whole group at once
        said = process.communicate(timeout=START_SECONDS)[1]
        assert "Traceback" not in said
        assert "Links name http://127.0.0.1:8000: set DOORSTEP_BASE_URL" in said
    assert not (data / "postgresql" / "postmaster.pid").exists()


def test_a_port_that_is_taken_is_told(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "backend", "serve", "--port", str(port)],
            env={**os.environ, "DOORSTEP_DATA": str(data)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Nothing can listen on 127.0.0.1, port {port}: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_a_killed_server_started_ends_with_it(data: Path) -> None:
    with _serving(data, "--workers", "2") as (process, address):
        _wait_until_ready(address, process)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=START_SECONDS)  # until the last of them lets go of its standard error
        assert not _answers(address)
        assert not (data / "postgresql" / "postmaster.pid").exists()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/live").status_code == 200
    except httpx.TransportError:
        return False
