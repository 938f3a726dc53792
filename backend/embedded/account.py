"""Which operating-system account the embedded database runs under. PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.faults import SetupFault

_CANDIDATES: Final = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """An existing account without privileges that root drops to."""

    name: str
    uid: int
    gid: int


def unprivileged() -> Account | None:
    """The account to drop to when run as root; None for an ordinary user. Raises SetupFault."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise SetupFault(
        f"PostgreSQL does not run as root and none of the accounts {', '.join(_CANDIDATES)} exists here. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments that make `subprocess` run a command as `account`."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def give(path: Path, account: Account | None) -> None:
    """Make `account` the owner of `path`."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether `account` may pass through every folder down to and including `path`."""
    if account is None:
        return True
    folders = [path.resolve(), *path.resolve().parents]
    return all(_may_enter(folder.stat(), account) for folder in folders)


def _may_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
