"""The server's clock. Everything that needs the time asks `now()`; the database's own is never used."""

import os
from datetime import UTC, datetime
from pathlib import Path

from backend import settings
from backend.faults import SetupFault
from schemas.scalars import parse_instant


def now() -> datetime:
    """The present instant in UTC: the computer's time, or what the file of DOORSTEP_CLOCK says now.

    Raises SetupFault if that file is missing or holds no instant.
    """
    path = settings.current().clock
    return datetime.now(UTC) if path is None else _read(path)


def is_simulated() -> bool:
    """Whether the clock is a file that a simulator writes, and not the computer's."""
    return settings.current().clock is not None


def is_set() -> bool:
    """Whether there is a time to ask for: a simulated clock has none until its simulator first writes one."""
    path = settings.current().clock
    return path is None or path.exists()


def notice() -> str | None:
    """What every page and document made under a simulated clock must say, else None."""
    if settings.current().clock is None:
        return None
    return f"Simulated time: {now():%d %B %Y %H:%M} UTC. Nothing here happened."


def write(path: Path, instant: datetime) -> None:
    """Set the simulated time in one step, so that no reader sees half an instant."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    partial.write_text(instant.astimezone(UTC).isoformat(), encoding="ascii")
    partial.replace(path)


def _read(path: Path) -> datetime:
    try:
        return parse_instant(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SetupFault(
            f"DOORSTEP_CLOCK: {path} holds no instant ({error}). "
            "Write one into it, such as 2026-11-02T07:00:00Z."
        ) from error
