"""One embedded PostgreSQL on disk: made once, started, stopped. The callers hold the lock."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.embedded.account import Account, as_account, give
from backend.embedded.binaries import Binaries
from backend.faults import SetupFault

DATABASE: Final = "doorstep"
ROLES: Final = {
    "application": "doorstep_application",
    "owner": "doorstep_owner",
    "superuser": "doorstep_superuser",
}
START_SECONDS: Final = 60
AGAIN: Final = 4
AGAIN_SECONDS: Final = 0.5

_CONFIGURATION: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 200
max_wal_size = '2GB'
jit = off
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the files are, who runs it and with which programs. `passwords` is a 0600 file of ours."""

    folder: Path
    passwords: Path
    account: Account | None
    binaries: Binaries

    def run(self, *command: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's programs as the account; the caller looks at the return code."""
        name, *arguments = command
        return subprocess.run(
            [self.binaries.program(name), *arguments],
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **as_account(self.account),
        )


def create(cluster: Cluster, durable: bool) -> None:
    """Make the cluster, its roles and its database. Nothing half made is left: the last step is a rename.

    Unless `durable`, nothing waits for the disk: for tests.
    """
    staging = cluster.folder.with_name(cluster.folder.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    give(staging, cluster.account)
    words = {role: secrets.token_urlsafe(24) for role in ROLES}
    _initialise(cluster, staging, words["superuser"], durable)
    with (staging / "postgresql.conf").open("a", encoding="ascii") as configuration:
        configuration.write(_CONFIGURATION)
    _make_roles(cluster, staging, words, durable)
    write_private(cluster.passwords, json.dumps(words))
    staging.rename(cluster.folder)


def _initialise(cluster: Cluster, staging: Path, password: str, durable: bool) -> None:
    password_file = staging.with_name(staging.name + ".password")
    write_private(password_file, password)
    give(password_file, cluster.account)
    locale = ["--locale=C"]
    if cluster.binaries.major >= 17:  # free of the C library's locales, which differ between computers
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        done = cluster.run(
            *("initdb", "-D", str(staging), "-U", ROLES["superuser"], "-A", "scram-sha-256"),
            *("--pwfile", str(password_file), "--encoding=UTF8", *locale),
            *(() if durable else ("--no-sync",)),
        )
    finally:
        password_file.unlink()
    if done.returncode:
        raise SetupFault(f"The embedded PostgreSQL could not be made in {staging}:\n{_last(done.stderr)}")


def _make_roles(cluster: Cluster, staging: Path, words: dict[str, str], durable: bool) -> None:
    """In single-user mode, so that no server ever runs without passwords. One statement on each line."""
    owner, application = ROLES["owner"], ROLES["application"]
    statements = (
        f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD '{words['owner']}'",
        f"CREATE ROLE {application} LOGIN PASSWORD '{words['application']}'",
        f"CREATE DATABASE {DATABASE} OWNER {owner}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {application}",
    )
    done = cluster.run(
        *(
            "postgres",
            "--single",
            "-c",
            f"fsync={'on' if durable else 'off'}",
            "-D",
            str(staging),
            "postgres",
        ),
        text="\n".join(statements) + "\n",
    )
    if done.returncode or "ERROR" in done.stderr:
        raise SetupFault(f"The roles of the embedded PostgreSQL could not be made:\n{_last(done.stderr)}")


def port(cluster: Cluster) -> int | None:
    """The port of the running server, waiting for one that is still starting; None if none runs."""
    until = time.monotonic() + START_SECONDS
    while (found := _pid_file(cluster)) is not None and time.monotonic() < until:
        if len(found) > 7 and found[7].strip() == "ready":
            return int(found[3])
        time.sleep(0.05)
    return None


def _pid_file(cluster: Cluster) -> list[str] | None:
    """The lines of the server's pid file; one left behind by a crash or a restart is removed."""
    path = cluster.folder / "postmaster.pid"
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    if lines and lines[0].strip().isdigit() and is_server(int(lines[0]), cluster.folder):
        return lines
    path.unlink(missing_ok=True)
    return None


def is_server(pid: int, folder: Path) -> bool:
    """Whether process `pid` is the server of a folder, not another program given the same number."""
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
    else:
        command = subprocess.run(
            ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True
        ).stdout
    return "postgres" in command and str(folder) in command


def start(cluster: Cluster, preferred: int | None, options: Sequence[str]) -> int:
    """Start the server on loopback and return its port. Raises SetupFault with the end of its log.

    Processes that a killed server left end by themselves, within a moment.
    """
    for attempt in (preferred, *[None] * AGAIN):
        chosen = attempt if attempt is not None and _is_free(attempt) else _free_port()
        arguments = " ".join([f"-p {chosen}", *(f"-c {option}" for option in options)])
        done = cluster.run(
            *("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-s", "-D", str(cluster.folder)),
            *("-l", str(cluster.folder / "server.log"), "-o", arguments),
        )
        if done.returncode == 0:
            return chosen
        time.sleep(AGAIN_SECONDS)
    log = cluster.folder / "server.log"
    said = log.read_text(errors="replace") if log.exists() else done.stderr
    raise SetupFault(f"The embedded PostgreSQL in {cluster.folder} does not start:\n{_last(said)}")


def stop(cluster: Cluster) -> None:
    """Stop the server; sessions still open are ended, and their open transactions rolled back."""
    done = cluster.run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", str(cluster.folder))
    if done.returncode and _pid_file(cluster) is not None:
        raise SetupFault(f"The embedded PostgreSQL in {cluster.folder} does not stop:\n{_last(done.stderr)}")


def write_private(path: Path, text: str, replace: bool = True) -> None:
    """Write a file that only its owner can read, in one step. With `replace` false the first writer wins."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if replace:
        partial.replace(path)
        return
    with suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last(text: str) -> str:
    return re.sub(r"^", "  ", "\n".join(text.strip().splitlines()[-8:]), flags=re.MULTILINE)
