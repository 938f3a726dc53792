"""`doorstep`, called as a person calls it: in a process of its own.

It is forked from a process that has loaded the program already: to load it takes most of the time of a command.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.cli import main

if TYPE_CHECKING:
    from tests.conftest import Database

SECONDS: Final = 300
"""How long a command may take at most: one that takes longer hangs."""
_LOADED_IN_SERVING: Final = (
    "litestar.plugins.pydantic.dto",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)
"""What libraries load when a web process opens: each that a test starts would load it anew."""
_STREAMS: Final = (("in", os.O_RDONLY), ("out", os.O_WRONLY | os.O_CREAT), ("err", os.O_WRONLY | os.O_CREAT))
"""The files that stand for what is typed and what is said, by the number of the stream."""


def doorstep(database: "Database", *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """What the command said, and its exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_text(typed)
        process = loaded().Process(
            target=_run, args=(folder, arguments, {**database.environment, "PATH": ""})
        )
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, SECONDS)
        out, err = (folder / "out").read_text(), (folder / "err").read_text()
    return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


@cache
def loaded() -> ForkServerContext:
    """What forks processes from one that has loaded the program."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "backend.app", *_LOADED_IN_SERVING])
    return context


def _run(folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
    for number, (name, flags) in enumerate(_STREAMS):
        os.dup2(os.open(folder / name, flags), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - they last as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for setting in [name for name in os.environ if name.startswith(("DATABASE_URL", "DOORSTEP_"))]:
        del os.environ[setting]
    os.environ.update(environment)
    sys.argv = ["doorstep", *arguments]
    main()
