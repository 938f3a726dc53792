"""A small disk of the database's own, which can be filled without filling anybody else's."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.account import Account

_MOUNT = 'mount -t tmpfs -o "size=$2,mode=0711" doorstep "$1" && chown "$3" "$1" && echo ready && exec {} cat'


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the files go. `small` is false where this machine lets nobody mount one: then it is never filled."""

    folder: Path
    small: bool

    @contextmanager
    def full(self) -> Iterator[None]:
        """Without a free byte for the block."""
        filler = self.folder / "filler"
        with filler.open("wb") as file:
            step = 1 << 20
            while step >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
                except OSError:
                    step //= 4
        try:
            yield
        finally:
            filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int, account: Account | None) -> Iterator[Disk]:
    """A tmpfs in a mount namespace that goes with the process which holds it; else the plain folder.

    Root may mount; an ordinary user may where the system allows namespaces of users.
    """
    folder.mkdir(mode=0o711)
    holder = _held(folder, megabytes, account)
    if holder is None:
        if account is not None:
            os.chown(folder, account.uid, account.gid)
        yield Disk(folder, small=False)
        return
    try:
        yield Disk(Path(f"/proc/{holder.pid}/root{folder.resolve()}"), small=True)
    finally:
        with suppress(BrokenPipeError):
            holder.communicate()


def _held(folder: Path, megabytes: int, account: Account | None) -> "subprocess.Popen[str] | None":
    """The process whose namespace has the disk, or None if none can be had."""
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return None
    if account is None:
        enter, become = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"], ""
    else:
        enter = ["unshare", "--mount"]
        become = f"setpriv --reuid={account.uid} --regid={account.gid} --clear-groups"
    owner = f"{os.getuid()}:{os.getgid()}" if account is None else f"{account.uid}:{account.gid}"
    holder = subprocess.Popen(
        [*enter, "sh", "-c", _MOUNT.format(become), "sh", str(folder.resolve()), f"{megabytes}m", owner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert holder.stdout is not None
    if holder.stdout.readline() == "ready\n":
        return holder
    holder.communicate()
    return None
