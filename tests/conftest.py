"""A real PostgreSQL for each test that asks: one server, one migrated template, a fresh copy every time."""

import asyncio
import ctypes
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from backend import clock, embedded, keys, logs, settings
from backend import db as database_module
from backend.embedded import Urls
from backend.embedded.cluster import ROLES, write_private
from backend.migrations.runner import migrate
from backend.settings import Settings
from backend.use_cases import enrol_device, passwords
from tests.scaling import namespaces
from tests.scaling.pooler import program as pgbouncer
from tests.sessions import share_types
from tests.shares import EXAMPLES, THOROUGH, for_thorough, try_share

os.environ.setdefault("POLARS_MAX_THREADS", "1")
"""A test's tables have a few rows: handing them to threads takes longer than working them out."""
if not THOROUGH:
    os.environ.setdefault("PGSSLMODE", "disable")
"""The tests' PostgreSQL has no TLS. To ask first takes half as long again. A thorough run does, as the program does."""
hypothesis.settings.register_profile("any machine", deadline=None, derandomize=not THOROUGH)
hypothesis.settings.load_profile("any machine")
"""A law holds on a busy machine too: how long an example takes decides nothing. A plain run tries the same examples on
every machine, so that it fails by what was changed and not by chance; a thorough one tries others each time."""


BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first draws nothing around its pages, which costs half as much; the others do, though nobody sees it."""


def _browser() -> str | None:
    """The path of a Chromium that the tests can drive: the driver's own Node.js wants libatomic on Linux."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError:
            return None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


CHROMIUM = _browser()
ENGINES = Path(__file__).parents[1] / ".data" / "engines"
"""Where scripts/engines unpacks the routing engines; its stamp is written last."""
PEPPOL_RULES = Path(__file__).parents[1] / ".data" / "peppol"
"""Where scripts/peppol-rules puts the official rules of e-invoices; its stamp is written last."""
NEEDED = {
    "browser": (
        CHROMIUM is not None,
        "Chromium or libatomic is missing here",
        "sudo apt-get install chromium libatomic1 && make browser",
    ),
    "engines": (
        (ENGINES / "stamp").exists(),
        "the routing engines are not here (they need Linux on x86-64 and a way to the package index)",
        "scripts/engines && make test TESTS=tests/travel",
    ),
    "peppol": (
        (PEPPOL_RULES / "stamp").exists(),
        "the official rules of e-invoices are not here (they need Git, a way to GitHub, and Python 3.11 on Linux)",
        "scripts/peppol-rules && make test TESTS=tests/documents",
    ),
    "pgbouncer": (
        pgbouncer() is not None,
        "PgBouncer is not here",
        "sudo apt-get install pgbouncer && make thorough TESTS=tests/scaling",
    ),
    "namespaces": (
        namespaces.possible(),
        "network namespaces need Linux, the program ip, and root",
        "sudo make thorough TESTS=tests/scaling",
    ),
}
"""Marker -> whether what its tests need is there, what is missing otherwise, and how to run them."""
TEMPLATE = "doorstep_template"
ROOM = 4 * 2**30
"""Bytes that the databases of all processes of a run never fill."""
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
SMALL = ("shared_buffers=32MB",)
"""All of them are looked through whenever a database is made or dropped, and a test's database fills few."""
PLANNED_ONCE = () if THOROUGH else ("plan_cache_mode=force_generic_plan",)
"""Each test has sessions of its own, which would plan what they ask anew up to five times. A thorough run does."""


@dataclass(frozen=True, slots=True)
class Database:
    """A fresh, migrated database of one test, and the settings and environment that point to it."""

    settings: Settings
    superuser_url: str
    environment: dict[str, str]

    @property
    def name(self) -> str:
        """What the server calls it."""
        return urlsplit(self.superuser_url).path.removeprefix("/")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: each waits for its database or its browser part of the time."""
    return len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1)) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests whose browser or engine is missing are left out, and said to be NOT RUN at the end. Laws try a share.

    The slow ones come first: a processor would stand idle beside one that begins at the end.
    """
    for marker, (there, _, _) in NEEDED.items():
        if not there:
            items[:] = [item for item in items if not item.get_closest_marker(marker)]
    if not THOROUGH:
        left = set(for_thorough(items))
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = [item for item in items if item not in left]
    try_share(items, EXAMPLES)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Loading makes no rubbish worth looking for."""
    gc.disable()
    try:
        if session.config.args == session.config.getini("testpaths"):
            _load_share(os.environ.get("PYTEST_XDIST_WORKER"), os.environ.get("PYTEST_XDIST_WORKER_COUNT"))
        return (yield)
    finally:
        gc.enable()


def _load_share(process: str | None, processes: str | None) -> None:
    """Load this process's share of the tests first: in a fresh clone each process would compile all of them itself."""
    if process is None or processes is None:
        return
    root = Path(__file__).parents[1]
    files = sorted(
        path.relative_to(root).with_suffix("") for path in Path(__file__).parent.rglob("test_*.py")
    )
    for file in files[int(process.removeprefix("gw")) :: int(processes)]:
        with suppress(Exception):  # told where the tests are collected
            import_module(".".join(file.parts))


def pytest_collection_finish() -> None:
    """What was loaded stays to the end: it is not looked through for rubbish again and again, nor what is quite new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, (there, why, how) in NEEDED.items():
        if not there:
            terminalreporter.section("NOT RUN", yellow=True)
            terminalreporter.line(f"The tests marked {marker}: {why}. To run them:")
            terminalreporter.line(f"    {how}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser for tests marked `browser`."""
    assert CHROMIUM is not None
    return CHROMIUM


@pytest.fixture(scope="session", autouse=True)
def genuine_hashers() -> Iterator[tuple[PasswordHasher, PasswordHasher]]:
    """What the program hashes passwords and PINs with: it takes long by design, and is replaced during the tests."""
    genuine = passwords._hasher(), enrol_device._PINS
    quick = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        patch.setattr(enrol_device, "_PINS", quick)
        yield genuine


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """On the event loop that the server runs on too, which is the quicker one."""
    return "asyncio", {"use_uvloop": sys.platform != "win32"}


@pytest.fixture(scope="session", autouse=True)
def shared_types() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        share_types(patch)
        yield


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that the database's own account can reach, which pytest's own is not when run as root."""
    with tempfile.TemporaryDirectory(prefix="doorstep-tests-", dir=in_memory()) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def in_memory() -> str | None:
    """Where a machine keeps files in memory, if there is room: each test copies a database of 1,000 files."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else None


class InCharge:
    """A session of the superuser for statements between tests: one makes and drops the databases of all of them."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._session = self._loop.run_until_complete(asyncpg.connect(url))

    def run(self, statement: str) -> None:
        self._loop.run_until_complete(self._session.execute(statement))

    def close(self) -> None:
        self._loop.run_until_complete(self._session.close())
        self._loop.close()


@cache
def in_charge(server: Urls) -> InCharge:
    """The session of a server, open until `prepared` closes it."""
    return InCharge(server.superuser)


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[Urls]:
    """The run's PostgreSQL, holding a migrated template database."""
    with prepared(folder, (*FAST, *SMALL, *PLANNED_ONCE)) as urls:
        yield urls


@contextmanager
def prepared(folder: Path, options: Sequence[str] = FAST) -> Iterator[Urls]:
    """The same for a block."""
    with embedded.running(folder / "data", options) as urls:
        write_private(folder / "data" / keys.FILE, keys.new())
        _ease_passwords(urls)
        in_charge(urls).run(f"CREATE DATABASE {TEMPLATE} OWNER {ROLES['owner']}")
        asyncio.run(migrate(_named(urls.owner, TEMPLATE), _named(urls.application, TEMPLATE)))
        try:
            yield urls
        finally:
            in_charge(urls).close()


def _ease_passwords(server: Urls) -> None:
    """The same passwords, checked in one turn, not the thousands that are usual: a run connects thousands of times."""
    in_charge(server).run(
        "SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'scram_iterations'"
    )
    for url in (server.application, server.owner, server.superuser):
        role = urlsplit(url)
        in_charge(server).run(f"ALTER ROLE {role.username} PASSWORD '{role.password}'")


@pytest.fixture
def database(request: pytest.FixtureRequest, server: Urls, folder: Path) -> Iterator[Database]:
    """A fresh copy of the template, or of the database of the world that the test begins in.

    The settings of the process point to it for the length of the test.
    """
    from tests.worlds import template_for

    with fresh_database(server, folder, template_for(request.fixturenames, server, folder)) as made:
        yield made


@contextmanager
def fresh_database(server: Urls, folder: Path, template: str = TEMPLATE) -> Iterator[Database]:
    """The same for a block."""
    made = new_database(server, folder, template)
    settings.use(made.settings)
    yield made
    settings.forget()
    in_charge(server).run(f"DROP DATABASE {made.name} WITH (FORCE)")


def new_database(server: Urls, folder: Path, template: str = TEMPLATE) -> Database:
    """A copy of a database to which nobody is connected. It goes with the server, or earlier if somebody drops it."""
    name = f"test_{uuid4().hex}"
    in_charge(server).run(
        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY OWNER {ROLES['owner']}"
    )
    made = Settings(
        data=folder / "data",
        database_url=_named(server.application, name),
        owner_database_url=_named(server.owner, name),
        keys=str(folder / "data" / keys.FILE),
        embedded=False,
        metrics=True,
    )
    return Database(made, _named(server.superuser, name), _environment(made, folder))


@pytest.fixture
async def db(database: Database) -> AsyncIterator[Any]:
    """The module backend.db with its pool open on the test's database."""
    async with database_module.opened(str(database.settings.database_url), size=5):
        yield database_module


@pytest.fixture
async def superuser(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection that row security does not bind, to look at what is really stored."""
    connection = await asyncpg.connect(database.superuser_url)
    yield connection
    await connection.close()


@cache
def application() -> Litestar:
    """The whole application, put together once: that takes longer than most tests. Its lifespan opens the database."""
    from backend.app import create_app

    return create_app()


@pytest.fixture
async def http(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, in this event loop, so that requests really run at the same time."""
    async with client_of(database) as client:
        yield client


@asynccontextmanager
async def client_of(made: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The same for a block. The settings of the process must point to the database."""
    app = application()
    logs.configure(made.settings)  # to the standard error of this test
    lifespan: AbstractAsyncContextManager[None] = app.lifespan()
    async with lifespan:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=made.settings.base_url) as client:
            yield client


@pytest.fixture
def at(database: Database, tmp_path: Path) -> Callable[[datetime], None]:
    """`at(instant)` sets the server's clock for the rest of the test."""
    return clock_in(tmp_path / "clock")


def clock_in(path: Path) -> Callable[[datetime], None]:
    """Sets the server's clock, kept in a file, as long as the settings of the process stand."""

    def set_clock(instant: datetime) -> None:
        clock.write(path, instant)
        settings.use(replace(settings.current(), clock=path))

    return set_clock


def _environment(made: Settings, folder: Path) -> dict[str, str]:
    """What a process of its own needs in its environment to work on the test's database."""
    return {
        "DATABASE_URL": str(made.database_url),
        "DOORSTEP_OWNER_DATABASE_URL": str(made.owner_database_url),
        "DOORSTEP_DATA": str(made.data),
        "DOORSTEP_KEYS": str(folder / "data" / keys.FILE),
    }


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()
