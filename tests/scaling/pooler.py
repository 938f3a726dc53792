"""A real PgBouncer in front of a server, lending each of its few sessions for one transaction at a time."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from backend.embedded.account import Account, as_account, give, unprivileged
from backend.embedded.cluster import ROLES
from tests.faults.postgres import Postgres
from tests.faults.processes import lasting_port, until

SESSIONS = 4
"""Fewer than the processes have connections, so that each transaction may be on another session."""
REMEMBERS: tuple[int, ...] = (1, 21)
"""The first version that knows of statements that a client prepared."""
START_SECONDS = 30


def program() -> str | None:
    """The path of PgBouncer; DOORSTEP_PGBOUNCER names another than the system's."""
    return os.environ.get("DOORSTEP_PGBOUNCER") or shutil.which(
        "pgbouncer", path=os.defpath + ":/usr/sbin:/sbin"
    )


@cache
def version() -> tuple[int, ...]:
    """Its version, as (1, 25, 2)."""
    said = subprocess.run([str(program()), "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"\d+", said.split("\n")[0])))


def environment() -> Mapping[str, str]:
    """What processes behind it need besides its address."""
    return {} if version() >= REMEMBERS else {"DOORSTEP_PREPARED_STATEMENTS": "off"}


@asynccontextmanager
async def pooled(postgres: Postgres, folder: Path) -> AsyncIterator[str]:
    """One in front of a server for the block; the application's address by way of it."""
    account, port = unprivileged(), lasting_port()
    folder.mkdir()
    (folder / "pgbouncer.ini").write_text(_configuration(folder, port, postgres.port))
    (folder / "users").write_text(_user(postgres.url("application")) + _user(postgres.url("superuser")))
    for path in (folder, *folder.iterdir()):
        give(path, account)
    process = _begun(folder, account)
    url = postgres.url("application", port)

    async def answers() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        return await _answers(url)

    try:
        await until(answers, START_SECONDS, "PgBouncer does not answer")
        yield url
    finally:
        process.terminate()
        process.wait()


def _begun(folder: Path, account: Account | None) -> "subprocess.Popen[bytes]":
    """Under the account, as which uvloop would start nothing."""
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(program()), str(folder / "pgbouncer.ini")], stdout=log, stderr=log, **as_account(account)
        )


def _configuration(folder: Path, port: int, server: int) -> str:
    lines = [
        "[databases]",
        f"* = host=127.0.0.1 port={server}",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = scram-sha-256",
        f"auth_file = {folder}/users",
        f"admin_users = {ROLES['superuser']}",
        "pool_mode = transaction",
        f"default_pool_size = {SESSIONS}",
        *(["max_prepared_statements = 200"] if version() >= REMEMBERS else []),
    ]
    return "\n".join(lines) + "\n"


def _user(url: str) -> str:
    parts = urlsplit(url)
    return f'"{parts.username}" "{parts.password}"\n'


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def console_of(url: str, postgres: Postgres) -> str:
    """The address of its console, for the server's superuser, of the application's address by way of it."""
    port = urlsplit(url).port
    return urlsplit(postgres.url("superuser", port))._replace(path="/pgbouncer").geturl()
