"""Web processes and workers that share a database and nothing else, each on a machine of its own by its network."""

from urllib.parse import urlsplit

import pytest

from tests.faults.harness import Layout, scratch, started, working
from tests.faults.postgres import DURABLE, Postgres, new_cluster
from tests.scaling import across
from tests.scaling.namespaces import switched

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.namespaces]

DAYS = 21
EACH = 4
"""Web processes, and workers."""


async def test_nothing_is_lost_or_done_twice_by_processes_in_namespaces_of_their_own() -> None:
    with scratch() as folder, switched(2 * EACH) as network:
        cluster = new_cluster(folder / "postgresql", folder / "passwords.json")
        with (cluster.folder / "pg_hba.conf").open("a") as allowed:
            allowed.write(f"host all all {network.network} scram-sha-256\n")
        postgres = Postgres(cluster, [*DURABLE, f"listen_addresses='127.0.0.1,{network.here}'"])
        layout = Layout(webs=network.places[:EACH], workers=network.places[EACH:])
        parts = urlsplit(postgres.url("application"))
        url = parts._replace(netloc=parts.netloc.replace("127.0.0.1", network.here)).geturl()
        async with (
            started(postgres),
            working(folder, postgres, url, seed=1, days=DAYS, layout=layout) as rig,
        ):
            await across.work(rig)
            assert rig.webs[0].kill() and rig.workers[0].kill()
            await across.hold(rig)
            await across.settled(rig)
