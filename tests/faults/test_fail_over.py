"""Web and worker processes go on through a restart of the database and a fail-over to its replica."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.faults import laws
from tests.faults.harness import Rig, busy, scratch, started, working
from tests.faults.play import ENDED
from tests.faults.postgres import Postgres, new_cluster
from tests.faults.processes import until
from tests.faults.replica import following, promote

pytestmark = pytest.mark.slow

DAYS = 21
AGAIN_SECONDS = 90
FIRST_WEEK_DUE = timedelta(days=9)
A_WEEK = timedelta(days=7)


async def test_a_restart_and_a_fail_over_lose_nothing_and_end_no_process() -> None:
    async with _beside_a_replica() as (rig, standby):
        pids = [program.pid for program in rig.programs]
        async with busy(rig):
            await _goes_on(rig)
            rig.postgres.stop()
            await _is_refused(rig)
            await rig.postgres.start()
            await _goes_on(rig)
            rig.time.go_on(FIRST_WEEK_DUE)
            await _goes_on(rig)
            assert rig.postgres.kill()
            await promote(standby)
            rig.postgres = standby
            rig.time.go_on(A_WEEK)
            await _goes_on(rig)
        await laws.settle(rig)
        assert {law: words for law, words in (await laws.broken(rig)).items() if words} == {}
        assert [program.pid for program in rig.programs] == pids
        assert {await program.stop() for program in rig.programs} <= ENDED


async def _goes_on(rig: Rig) -> None:
    before = rig.heard.acknowledged

    async def acknowledged() -> bool:
        return rig.heard.acknowledged > before

    await until(acknowledged, AGAIN_SECONDS, "nothing is acknowledged")


async def _is_refused(rig: Rig) -> None:
    before = rig.heard.statuses[503]

    async def refused() -> bool:
        return rig.heard.statuses[503] > before

    await until(refused, AGAIN_SECONDS, "nothing is refused")


@asynccontextmanager
async def _beside_a_replica() -> AsyncIterator[tuple[Rig, Postgres]]:
    """Everything at work on a server and its replica, both named in the address, the first to be lost first."""
    with scratch() as folder:
        primary = Postgres(new_cluster(folder / "postgresql", folder / "passwords.json"))
        async with started(primary):
            standby = await following(primary, folder / "standby")
            async with started(standby):
                url = _of_both(primary, standby)
                async with working(folder, primary, url, seed=1, days=DAYS) as rig:
                    yield rig, standby


def _of_both(primary: Postgres, standby: Postgres) -> str:
    parts = urlsplit(primary.url("application"))
    return parts._replace(netloc=f"{parts.netloc},127.0.0.1:{standby.port}").geturl()
