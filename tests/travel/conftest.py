"""The real routing engines, each on a port of its own, with the made-up town as their map."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import ENGINES
from tests.ports import kept_port
from tests.travel import made_up_map

OSRM = ENGINES / "osrm"
VALHALLA = ENGINES / "valhalla"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the made-up town's map."""
    folder = tmp_path_factory.mktemp("town")
    made_up_map.write(folder / "town.osm.pbf")
    return folder


@pytest.fixture(scope="session")
def osrm_car(town: Path) -> Iterator[str]:
    """The address of an OSRM for cars."""
    with osrm_served(town, "car") as address:
        yield address


@pytest.fixture(scope="session")
def osrm_walk(town: Path) -> Iterator[str]:
    """The address of an OSRM for walkers."""
    with osrm_served(town, "foot") as address:
        yield address


@contextmanager
def osrm_served(town: Path, profile: str) -> Iterator[str]:
    """Prepare the town for a profile, and serve it for the block."""
    folder = town / profile
    folder.mkdir()
    streets = folder / "town.osm.pbf"
    streets.write_bytes((town / "town.osm.pbf").read_bytes())
    lua = OSRM / "share" / "profiles" / f"{profile}.lua"
    quiet = ("-t", "1", "-l", "WARNING")
    graph = folder / "town.osrm"
    _done(OSRM / "bin" / "osrm-extract", *quiet, "-d", made_up_map.DATE, "-p", lua, streets)
    _done(OSRM / "bin" / "osrm-partition", *quiet, graph)
    _done(OSRM / "bin" / "osrm-customize", *quiet, graph)
    with kept_port() as port:
        at = ("-i", "127.0.0.1", "-p", port)
        server = (OSRM / "bin" / "osrm-routed", "--algorithm", "mld", *quiet, *at, graph)
        with _served(server, port, "/nearest/v1/driving/-2.7,52.0") as address:
            yield address


@pytest.fixture(scope="session")
def valhalla(town: Path) -> Iterator[str]:
    """The address of a Valhalla, which has every way of travelling."""
    with valhalla_served(town) as address:
        yield address


@contextmanager
def valhalla_served(town: Path) -> Iterator[str]:
    """Prepare the town, and serve it for the block."""
    folder = town / "valhalla"
    folder.mkdir()
    config = folder / "valhalla.json"
    with kept_port() as port:
        config.write_text(json.dumps(_valhalla_config(folder, port)))
        _done(VALHALLA / "bin" / "valhalla_build_tiles", "-c", config, town / "town.osm.pbf")
        server = (VALHALLA / "bin" / "valhalla_service", config, 1, "--inproc-sockets")
        with _served(server, port, "/status") as address:
            yield address


def _valhalla_config(folder: Path, port: int) -> dict[str, dict[str, object]]:
    made = subprocess.run(
        [sys.executable, VALHALLA / "valhalla_build_config.py", "--mjolnir-tile-dir", folder / "tiles"],
        capture_output=True,
        check=True,
    )
    config: dict[str, dict[str, object]] = json.loads(made.stdout)
    for absent in ("tile_extract", "traffic_extract", "admin", "timezone", "landmarks"):
        config["mjolnir"].pop(absent, None)
    config["mjolnir"]["concurrency"] = 1
    config["httpd"]["service"] = {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": "ipc:///unused",
        "interrupt": "ipc:///unused-too",
        "drain_seconds": 1,
        "shutdown_seconds": 1,
        "timeout_seconds": -1,
    }
    return config


def _done(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


@contextmanager
def _served(command: tuple[object, ...], port: int, path: str) -> Iterator[str]:
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        # The transport tries again, a little later each time, while nothing listens yet.
        with httpx.Client(transport=httpx.HTTPTransport(retries=7), timeout=30) as client:
            client.get(address + path).raise_for_status()
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
