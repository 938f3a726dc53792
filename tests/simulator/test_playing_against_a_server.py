"""`doorstep simulate --play`: a county lived through on a server that was started beforehand."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import kept_port

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

PROGRAM = (sys.executable, "-m", "backend")
SIZE = ("--carers", "6", "--service-users", "12", "--days", "2", "--seed", "5")
START_SECONDS = 180
Environment = dict[str, str]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorstep-play-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def environment(place: Path) -> Iterator[Environment]:
    with kept_port() as port:
        own = {
            "DATABASE_URL": "", "DOORSTEP_DATA": str(place / "data"), "DOORSTEP_CLOCK": str(place / "clock"),
            "DOORSTEP_BASE_URL": f"http://127.0.0.1:{port}",
        }  # fmt: skip
        yield {**os.environ, **own}


@pytest.fixture(scope="module")
def served(environment: Environment) -> Iterator[str]:
    address = environment["DOORSTEP_BASE_URL"]
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", address.rsplit(":")[-1]], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_answers(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/health/live")
            return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def _simulate(folder: Path, environment: Environment, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*PROGRAM, "simulate", str(folder), *SIZE, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def played(place: Path, environment: Environment, served: str) -> "subprocess.CompletedProcess[str]":
    return _simulate(place / "county", environment, "--play", served, "--json")


def test_a_running_server_gives_every_answer_and_figure_that_the_truth_gives(
    played: "subprocess.CompletedProcess[str]", place: Path
) -> None:
    assert played.returncode == 0, played.stderr
    summary = json.loads(played.stdout)
    assert summary["agrees"]
    assert summary["differences"] == {"invoices": [], "workers": [], "answers": []}
    for figure in (
        "events_sent",
        "events_accepted",
        "events_duplicate",
        "events_quarantined",
        "workers_short",
    ):
        assert summary[figure]["value"] == summary[figure]["truth"] > 0
    assert json.loads((place / "county" / "summary.json").read_text()) == summary
    assert (place / "county" / "7-rota.csv").exists()


def test_a_county_that_was_played_is_not_played_again_into_the_same_database(
    played: "subprocess.CompletedProcess[str]", place: Path, environment: Environment, served: str
) -> None:
    before = (place / "clock").read_text()
    again = _simulate(place / "again", environment, "--play", served)
    assert again.returncode == 1
    assert "have phones in this database already" in again.stderr
    assert "Traceback" not in again.stderr
    assert (place / "clock").read_text() == before


def test_a_server_with_another_clock_is_refused(
    played: "subprocess.CompletedProcess[str]", place: Path, environment: Environment, served: str
) -> None:
    elsewhere = {**environment, "DOORSTEP_CLOCK": str(place / "other-clock")}
    done = _simulate(place / "elsewhere", elsewhere, "--play", served)
    assert done.returncode == 1
    assert "goes by another clock" in done.stderr


def test_without_a_clock_that_moves_it_is_said_what_is_needed(place: Path, environment: Environment) -> None:
    plain = {**environment, "DOORSTEP_CLOCK": ""}
    done = _simulate(place / "plain", plain, "--play", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "start it with DOORSTEP_CLOCK=FILE on an embedded database" in done.stderr


def test_an_address_where_nobody_answers_is_named(place: Path, environment: Environment) -> None:
    alone = {**environment, "DOORSTEP_CLOCK": str(place / "lonely-clock")}
    with socket.socket() as closed:  # bound and not listening: nobody else can answer there
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = _simulate(place / "lonely", alone, "--play", address)
    assert done.returncode == 1
    assert f"No server answers at {address}" in done.stderr


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, environment: Environment) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    made = json.loads(_simulate(one, environment, "--json").stdout)
    assert _simulate(other, environment).returncode == 0
    assert made["carers"] == 6
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }
