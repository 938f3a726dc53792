"""One PostgreSQL, two web processes, two workers and six phones, and a director who breaks them, from a seed."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from backend import clock, db, keys, settings
from backend.embedded.account import unprivileged
from backend.migrations.runner import migrate
from backend.settings import Settings
from tests.faults import world
from tests.faults.disk import Disk, small_disk
from tests.faults.phones import Carer, EitherServer, Heard, new_carer
from tests.faults.postgres import Postgres, new_cluster
from tests.faults.processes import HERE, Place, Program, lasting_port
from tests.faults.proxy import Proxy

DATABASE_SECONDS = 2
"""What the processes wait for the database: short, so that a stall is noticed within a run."""
HEARTBEAT = timedelta(seconds=30)
"""How far the simulated time goes on in each quarter of a second."""


@dataclass
class Time:
    """The time as it is, which phones know, and what the servers' clock says, which may be wrong by some."""

    file: Path
    true: datetime
    wrong_by: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The time as it is."""
        return self.true

    def go_on(self, by: timedelta) -> None:
        """Let time pass."""
        self.true += by
        clock.write(self.file, self.true + self.wrong_by)

    def step(self, by: timedelta) -> None:
        """Put the servers' clock wrong by this much; by nothing, right."""
        self.wrong_by = by
        self.go_on(timedelta())

    async def flow(self) -> None:
        """Let it pass until cancelled."""
        while True:
            self.go_on(HEARTBEAT)
            await asyncio.sleep(0.25)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which processes run where, and what else their environment says."""

    webs: Sequence[Place] = (HERE, HERE)
    workers: Sequence[Place] = (HERE, HERE)
    more: Mapping[str, str] = field(default_factory=dict)


AS_USUAL = Layout()


@dataclass
class Rig:
    """Everything that runs, and what was heard of it."""

    postgres: Postgres
    time: Time
    webs: list[Program]
    workers: list[Program]
    carers: list[Carer]
    heard: Heard
    disk: Disk | None = None
    proxy: Proxy | None = None
    addresses: Sequence[tuple[str, int]] = ()
    began: float = field(default_factory=time.monotonic)

    @property
    def programs(self) -> list[Program]:
        """Web processes and workers."""
        return [*self.webs, *self.workers]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, where there is room, that the database's own account can reach."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and shutil.disk_usage(shared).free > 2**31
    with tempfile.TemporaryDirectory(prefix="doorstep-faults-", dir=shared if roomy else None) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@asynccontextmanager
async def running(seed: int, days: int, megabytes: int) -> AsyncIterator[Rig]:
    """All of it started on a small disk and behind a proxy, with `days` of work loaded, for the block."""
    with scratch() as folder, small_disk(folder / "disk", megabytes, unprivileged()) as disk:
        postgres = Postgres(new_cluster(disk.folder / "postgresql", folder / "passwords.json"))
        proxy = Proxy(postgres.port)
        async with started(postgres):
            await proxy.listen()
            url = postgres.url("application", proxy.port)
            async with working(folder, postgres, url, seed, days) as rig:
                yield replace(rig, disk=disk, proxy=proxy)
            proxy.refuse()
            proxy.cut()


@asynccontextmanager
async def started(postgres: Postgres) -> AsyncIterator[None]:
    """The server running, and stopped after the block."""
    try:
        await postgres.start()
        yield
    finally:
        if postgres.alive():
            postgres.stop()


@asynccontextmanager
async def working(
    folder: Path,
    postgres: Postgres,
    url: str,
    seed: int,
    days: int,
    layout: Layout = AS_USUAL,
) -> AsyncIterator[Rig]:
    """Web processes, workers and enrolled phones at work on an empty database; killed after the block."""
    rig = await _rig(folder, postgres, url, seed, days, layout)
    try:
        for program in rig.programs:
            await program.start()
        await asyncio.gather(*(carer.enrol() for carer in rig.carers))
        yield rig
    finally:
        settings.forget()
        for program in rig.programs:
            await program.abandon()
        for carer in rig.carers:
            await carer.phone.client.aclose()


@asynccontextmanager
async def busy(rig: Rig) -> AsyncIterator[None]:
    """Time passes and carers work for the block."""
    stop = asyncio.Event()
    flowing = asyncio.create_task(rig.time.flow())
    carers = [asyncio.create_task(carer.work(stop)) for carer in rig.carers]
    try:
        yield
    finally:
        stop.set()
        flowing.cancel()
        await asyncio.gather(*carers)


async def _rig(folder: Path, postgres: Postgres, url: str, seed: int, days: int, layout: Layout) -> Rig:
    (folder / keys.FILE).write_text(keys.new())
    now = Time(folder / "clock", world.opening())
    now.go_on(timedelta())
    addresses = [(place.host, lasting_port()) for place in layout.webs]
    here = Settings(
        data=folder,
        database_url=postgres.url("application"),
        keys=str(folder / keys.FILE),
        clock=now.file,
        base_url=f"http://127.0.0.1:{addresses[0][1]}",
    )
    settings.use(here)
    await migrate(postgres.url("owner"), postgres.url("application"))
    async with db.opened(postgres.url("application")):
        await world.load(days)
        codes = await world.enrol_codes()
    heard = Heard()
    rota = list(world.visits(days))
    return Rig(
        postgres=postgres,
        time=now,
        **_programs(here, url, layout, addresses),
        carers=[
            new_carer(number, code, EitherServer(addresses, seed + number), rota, now.now, heard)
            for number, code in enumerate(codes)
        ],
        heard=heard,
        addresses=addresses,
    )


def _programs(
    here: Settings, url: str, layout: Layout, addresses: Sequence[tuple[str, int]]
) -> dict[str, list[Program]]:
    environment = {
        "DATABASE_URL": url,
        "DOORSTEP_DATA": str(here.data),
        "DOORSTEP_KEYS": str(here.keys),
        "DOORSTEP_BASE_URL": here.base_url,
        "DOORSTEP_DATABASE_SECONDS": str(DATABASE_SECONDS),
        **layout.more,
    }

    def program(name: str, place: Place, *arguments: str) -> Program:
        assert here.clock is not None
        return Program(name, environment, here.clock, here.data, *arguments, place=place)

    return {
        "webs": [
            program(f"web-{port}", place, "serve", "--host", host, "--port", str(port))
            for place, (host, port) in zip(layout.webs, addresses, strict=True)
        ],
        "workers": [
            program(f"worker-{number}", place, "worker", "--tick", "1")
            for number, place in enumerate(layout.workers)
        ],
    }
