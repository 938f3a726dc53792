"""`doorstep serve`: the web process."""

import asyncio
from typing import Final

import click


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

    async def check() -> None:
        async with database():
            pass

    with addressed():  # held by this process too, so that the embedded database outlives any one worker
        asyncio.run(check())  # faults are told here, once and readably, before any worker starts
        click.echo(f"Doorstep serves http://{host}:{port} (Ctrl-C ends it)", err=True)
        uvicorn.run(
            "backend.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,  # longer than the proxies in front of it, so that they close first
            timeout_graceful_shutdown=10,
        )


commands: Final = [serve]
