"""A real PostgreSQL that can be killed, and started again where it was."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from backend.embedded import cluster as clusters
from backend.embedded.account import unprivileged
from backend.embedded.binaries import find
from backend.embedded.cluster import DATABASE, ROLES, Cluster
from tests.faults.processes import lasting_port

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_wal_size=128MB")
START_SECONDS = 180


class Postgres:
    """One server on a port of its own. `options` are its settings each time it starts."""

    def __init__(self, cluster: Cluster, options: Sequence[str] = DURABLE) -> None:
        self.cluster = cluster
        self.options = list(options)
        self.port = lasting_port()

    def url(self, role: str, port: int | None = None) -> str:
        """Its address for a role, past nothing or by way of a proxy's port."""
        words = json.loads(self.cluster.passwords.read_text())
        return f"postgresql://{ROLES[role]}:{words[role]}@127.0.0.1:{port or self.port}/{DATABASE}"

    async def start(self) -> None:
        """Start it and wait until it answers; a server that was killed leaves processes that must go first."""
        until = time.monotonic() + START_SECONDS
        arguments = " ".join([f"-p {self.port}", *(f"-c {option}" for option in self.options)])
        while not (await asyncio.to_thread(self._started, arguments) and await self.answers()):
            assert time.monotonic() < until, f"PostgreSQL does not start:\n{self.log()[-2000:]}"
            await asyncio.sleep(0.05)

    def _started(self, arguments: str) -> bool:
        folder = str(self.cluster.folder)
        if self.alive():
            return True
        done = self.cluster.run(
            *("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-s", "-D", folder),
            *("-l", f"{folder}/server.log", "-o", arguments),
        )
        return done.returncode == 0

    async def answers(self) -> bool:
        """Whether a statement can be run on it now."""
        try:
            connection = await asyncpg.connect(self.url("superuser"), timeout=5)
        except (OSError, asyncpg.PostgresError):
            return False
        try:
            return bool(await connection.fetchval("SELECT true"))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        finally:
            connection.terminate()

    def pid(self) -> int | None:
        """The number of the server's first process; None if none runs."""
        try:
            pid = int((self.cluster.folder / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None
        return pid if clusters.is_server(pid, self.cluster.folder) else None

    def alive(self) -> bool:
        """Whether the server's first process runs."""
        return self.pid() is not None

    def kill(self) -> bool:
        """SIGKILL to the first process; the others end themselves when they notice. Whether it ran."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    async def sessions(self) -> list[int]:
        """The process numbers of the application's sessions, those at work first."""
        connection = await asyncpg.connect(self.url("superuser"), timeout=5)
        try:
            rows = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE usename = $1 ORDER BY state <> 'active', pid",
                ROLES["application"],
            )
        finally:
            connection.terminate()
        return [row["pid"] for row in rows]

    def stop(self) -> None:
        """Stop it as an administrator does."""
        clusters.stop(self.cluster)

    def log(self) -> str:
        """What it wrote."""
        path = self.cluster.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""


def new_cluster(folder: Path, passwords: Path) -> Cluster:
    """A cluster with its roles and its empty database. Not started."""
    account = unprivileged()
    made = Cluster(folder, passwords, account, find(account))
    clusters.create(made, durable=True)
    return made
