"""An embedded PostgreSQL for demonstration, development and tests: any command starts it or joins it.

Every process that uses it holds a shared lock while it does. The one that leaves last stops the server, so
nobody has to own it; a process that was killed loses its lock with its life.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from backend.embedded import cluster as clusters
from backend.embedded.account import Account, can_reach, unprivileged
from backend.embedded.binaries import find, shared
from backend.embedded.cluster import DATABASE, ROLES, Cluster, write_private
from backend.faults import SetupFault


@dataclass(frozen=True, slots=True)
class Urls:
    """Its address for each role; also in the data folder as `<role>.url`, mode 0600."""

    application: str = field(repr=False)
    owner: str = field(repr=False)
    superuser: str = field(repr=False)


@contextmanager
def running(data: Path, options: Sequence[str] = ()) -> Iterator[Urls]:
    """Start the embedded database of the folder `data`, or join it, until the block ends.

    `options` are settings of the server ("fsync=off" for tests), used only if this call starts it.
    Raises SetupFault.
    """
    _prepare(data)
    cluster = _cluster(data)
    with (data / "embedded.users").open("a") as users:
        with _alone(data):
            fcntl.flock(users, fcntl.LOCK_SH)
            urls = _started(cluster, data, options)
        try:
            yield urls
        finally:
            with _alone(data):
                if _is_last(users):
                    clusters.stop(cluster)


def _prepare(data: Path) -> None:
    try:
        # Others may pass through (the database's account must), but read nothing: every file in it is 0600.
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        owner = data.stat().st_uid
    except OSError as error:
        raise SetupFault(
            f"DOORSTEP_DATA: {data} cannot be made ({error.strerror}). Name another folder."
        ) from error
    if owner != os.geteuid():
        raise SetupFault(
            f"DOORSTEP_DATA: {data} belongs to another user (number {owner}). "
            "Run as that user or name another folder."
        )


def _cluster(data: Path) -> Cluster:
    account = unprivileged()
    return Cluster(_folder(data, account), data / "embedded.json", account, find(account))


def _folder(data: Path, account: Account | None) -> Path:
    if can_reach(data, account):
        return data.resolve() / "postgresql"
    return shared() / f"cluster-{hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]}"


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    with (data / "embedded.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _started(cluster: Cluster, data: Path, options: Sequence[str]) -> Urls:
    if not cluster.folder.exists():
        clusters.create(cluster, durable="fsync=off" not in options)
    passwords = _passwords(cluster)
    port = clusters.port(cluster)
    if port is None:
        port = clusters.start(cluster, _previous_port(data), options)
    urls = {
        role: f"postgresql://{name}:{passwords[role]}@127.0.0.1:{port}/{DATABASE}"
        for role, name in ROLES.items()
    }
    for role, url in urls.items():
        write_private(data / f"{role}.url", url + "\n")
    return Urls(**urls)


def _previous_port(data: Path) -> int | None:
    try:
        return urlsplit((data / "owner.url").read_text().strip()).port
    except (OSError, ValueError):
        return None


def _passwords(cluster: Cluster) -> dict[str, str]:
    try:
        passwords: dict[str, str] = json.loads(cluster.passwords.read_text())
    except FileNotFoundError:
        raise SetupFault(
            f"{cluster.passwords} is missing, so nobody knows the passwords of the embedded database. "
            f"Put the file back, or delete {cluster.folder} to begin anew."
        ) from None
    return passwords


def discard(data: Path) -> None:
    """Delete the embedded database of the folder `data`, and the folder with its keys.

    Raises SetupFault if a process still uses it.
    """
    if not data.exists():
        return
    cluster = _cluster(data)
    with (data / "embedded.users").open("a") as users, _alone(data):
        if not _is_last(users):
            raise SetupFault(f"The database in {data} is in use by another process. End that process first.")
        if cluster.folder.exists():
            clusters.stop(cluster)
    shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(data)
