"""`doorstep serve`: the web process."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from backend import settings
from backend.faults import SetupFault

if TYPE_CHECKING:
    from litestar import Litestar

GRACE_SECONDS: Final = 10
"""How long calls that are under way may take when the process is told to end."""
SERVER: Final[dict[str, Any]] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_keep_alive": 75,  # longer than the proxies in front of it, so that they close first
    "timeout_graceful_shutdown": GRACE_SECONDS,
}
"""What uvicorn is told, whatever it serves."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Run the web process: the pages, and the API that phones call. Ready when /health/ready answers 200.

    \b
    Example:
      doorstep serve --host 0.0.0.0 --port 8000 --workers 4
    """
    import uvicorn

    from backend.running import addressed, database

    _refuse_taken(host, port)
    # A page works on small tables: handing them to threads takes longer than working them out, and the processes
    # beside this one want the processors too. Polars reads this once, when it is first imported.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

    async def check() -> None:
        async with database():
            pass

    with addressed():  # held by this process too, so that the embedded database outlives any one worker
        asyncio.run(check())  # faults are told here, once and readably, before any worker starts
        click.echo(f"Doorstep serves http://{host}:{port} (Ctrl-C ends it)", err=True)
        links = settings.current().base_url
        if "DOORSTEP_BASE_URL" not in os.environ and urlsplit(links).port != port:
            click.echo(f"Links name {links}: set DOORSTEP_BASE_URL to the address that people open", err=True)
        uvicorn.run(
            "backend.commands.serve:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            **SERVER,
        )


def create_app() -> "Litestar":
    """The application in a process of this command, which ends with the process that started it.

    That one may be killed without a chance to end the others; they would hold the port against its successor.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    with _ending_at_once():
        from backend import app
        from backend.running import keep_what_is_loaded

        made = app.create_app()
        keep_what_is_loaded()
    return made


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Meanwhile a signal to end is followed at once: the server would first load, for seconds, what nobody wants."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, _end) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)


def _end_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _refuse_taken(host: str, port: int) -> None:
    """Raise SetupFault if nothing can listen there, before the database is started and an address is promised."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise SetupFault(
            f"Nothing can listen on {host}, port {port}: {error.strerror}. "
            "End what uses it, or name another with --host and --port."
        ) from error


commands: Final = [serve]
