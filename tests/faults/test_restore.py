"""An office is restored from a backup and the archived log to a moment; phones bring back what they still hold."""

import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backend import clock, db, keys, settings
from backend.jobs.runner import run_due
from backend.migrations.runner import migrate
from backend.settings import Settings
from backend.use_cases.issue_enrol_code import issue_enrol_code
from mobile_api.reference_client import Phone
from tests.conftest import Database, client_of
from tests.faults import laws, world
from tests.faults.archive import archived, back_up, digests, lose, moment, restored
from tests.faults.harness import Rig, Time, scratch, started
from tests.faults.phones import Carer, Heard
from tests.faults.postgres import Postgres
from tests.faults.processes import ROOT

pytestmark = pytest.mark.slow

DAYS = 28
DUE = timedelta(days=8, hours=14)
"""From the evening before the first day until the documents of its week are due."""
A_WEEK = timedelta(days=7)


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as folder:
        yield folder
        settings.forget()


async def test_an_office_is_restored_to_a_moment_and_the_phones_bring_back_what_they_hold(
    folder: Path,
) -> None:
    server = archived(folder)
    async with started(server):
        rig = await _opened(folder, server)
        async with _serving(rig) as client:
            rig.carers = [await _enrolled(client, rig, number) for number in range(world.CARERS)]
            await _week(rig, DUE)
        back_up(server, folder / "backup")
        async with _serving(rig):
            await _week(rig, A_WEEK)
        kept = [_as_now(carer) for carer in rig.carers]
        then, wanted = await moment(server), await digests(server)
        async with _serving(rig):
            await _after_the_moment(rig)
        assert (await digests(server))["document"] != wanted["document"]
        await lose(server)
    again = await restored(server, folder / "backup", then)
    async with started(again):
        assert await digests(again) == wanted
        before = replace(rig, postgres=again, carers=kept)
        assert await _broken(before) == {}
        assert _verified(before) == {"same"}
        rig.postgres = again
        async with _serving(rig):
            await _handed_in_again(rig)
        assert await _broken(rig) == {}


async def _opened(folder: Path, server: Postgres) -> Rig:
    """An office with its work loaded, before its first day."""
    (folder / keys.FILE).write_text(keys.new())
    time = Time(folder / "clock", world.opening())
    time.go_on(timedelta())
    _use(folder, server, time)
    await migrate(server.url("owner"), server.url("application"))
    async with db.opened(server.url("application")):
        await world.load(DAYS)
    return Rig(server, time, [], [], [], Heard())


def _use(folder: Path, server: Postgres, time: Time) -> Settings:
    return settings.use(
        Settings(
            data=folder,
            database_url=server.url("application"),
            keys=str(folder / keys.FILE),
            clock=time.file,
            embedded=False,
        )
    )


@asynccontextmanager
async def _serving(rig: Rig) -> AsyncIterator[httpx.AsyncClient]:
    """The application open on the server as it is now, and the phones connected to it."""
    used = _use(rig.time.file.parent, rig.postgres, rig.time)
    async with client_of(Database(used, rig.postgres.url("superuser"), {})) as client:
        for carer in rig.carers:
            carer.phone.client = client
        yield client


async def _enrolled(client: httpx.AsyncClient, rig: Rig, number: int) -> Carer:
    phone = Phone(client, now=rig.time.now, monotonic_ms=lambda: int(rig.time.true.timestamp() * 1000))
    code = await issue_enrol_code("hearth", f"C{number}")
    await phone.enrol(code)
    visits = (visit for visit in world.visits(DAYS) if visit.carer == number)
    return Carer(phone, code, visits, rig.time.now, rig.heard, random.Random(number))


def _recorded(rig: Rig) -> None:
    """Each carer's phone holds what she did since."""
    for carer in rig.carers:
        carer.make_visits()


async def _week(rig: Rig, by: timedelta) -> None:
    """Time passes, all phones hand in what they recorded, and the workers do what is due."""
    rig.time.go_on(by)
    _recorded(rig)
    for carer in rig.carers:
        await carer.phone.flush()
    await _worked(rig)


async def _worked(rig: Rig) -> None:
    rig.time.go_on(timedelta(minutes=2))
    assert [one for one in await run_due(clock.now()) if one.failed] == []


async def _after_the_moment(rig: Rig) -> None:
    """One more week. Two phones hold receipts, two lost the answer, two found no network."""
    rig.time.go_on(A_WEEK)
    _recorded(rig)
    for carer in _answered(rig):
        await carer.phone.flush()
    for carer in rig.carers[2:4]:
        assert (await carer.phone.send(carer.phone.batch(carer.phone.outbox))).status_code == 200
    await _worked(rig)


def _answered(rig: Rig) -> Sequence[Carer]:
    return rig.carers[:2]


def _as_now(carer: Carer) -> Carer:
    """What a phone has sent, and the receipts that it holds, at this moment."""
    return replace(
        carer, sent=list(carer.sent), phone=replace(carer.phone, receipts=dict(carer.phone.receipts))
    )


async def _handed_in_again(rig: Rig) -> None:
    """What phones hold comes back by itself; what they hold receipts for is missed until it comes."""
    for carer in rig.carers[2:]:
        assert carer.phone.outbox
        await carer.phone.flush()
    rig.time.go_on(timedelta(days=1))
    _recorded(rig)
    for carer in rig.carers:
        assert {one["outcome"] for one in await carer.phone.flush()} == {"accepted"}
    assert await _waiting(rig) == {carer.phone.device_id for carer in _answered(rig)}
    for carer in _answered(rig):
        carer.phone.outbox = list(carer.sent)
        assert {one["outcome"] for one in await carer.phone.flush()} == {"accepted", "duplicate"}
    await _worked(rig)


async def _waiting(rig: Rig) -> set[str]:
    """Phones of which the events before are missing."""
    async with laws.superuser(rig) as connection:
        rows = await connection.fetch(
            "SELECT device_id FROM event e WHERE seq > 1 AND NOT EXISTS ("
            " SELECT FROM event b WHERE b.device_id = e.device_id AND b.seq = e.seq - 1)"
        )
    return {str(row["device_id"]) for row in rows}


async def _broken(rig: Rig) -> dict[str, list[str]]:
    _use(rig.time.file.parent, rig.postgres, rig.time)
    return {law: words for law, words in (await laws.broken(rig)).items() if words}


def _verified(rig: Rig) -> set[str]:
    """What `doorstep documents verify` says of the documents."""
    folder = rig.time.file.parent
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.program", str(rig.time.file), "documents", "verify"],
        env={
            **os.environ,
            "DATABASE_URL": rig.postgres.url("application"),
            "DOORSTEP_KEYS": str(folder / keys.FILE),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line.split()[0] for line in done.stdout.splitlines()}
