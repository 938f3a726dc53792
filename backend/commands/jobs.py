"""`doorstep jobs` and `doorstep worker`: what is due, what ran, and the process that does it."""

import asyncio
import json
from datetime import datetime
from typing import Any, Final

import click

from backend.commands.instants import INSTANT
from backend.commands.listing import json_option


@click.group()
def jobs() -> None:
    """What is due, running it, and what ran.

    \b
    Example:
      doorstep jobs list
      doorstep jobs run --as-of 2026-11-10T06:05:00Z
    """


@jobs.command("list")
@click.option("--as-of", type=INSTANT, help="Look at this instant instead of now.")
@json_option
def list_due(as_of: datetime | None, as_json: bool) -> None:
    """List what is due and not done.

    \b
    Example:
      doorstep jobs list
    """
    rows = asyncio.run(_due(as_of))
    _show(rows, as_json, "Nothing is due.", "{job}  {period}  due {due_at}  {scope}")


@jobs.command("run")
@click.option("--job", help="Only this job, such as invoices.")
@click.option("--as-of", type=INSTANT, help="Run what was due at this instant, now or earlier.")
@json_option
def run(job: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Run what is due, once each, however many workers do the same.

    \b
    Example:
      doorstep jobs run --job invoices
    """
    rows = asyncio.run(_run(job, as_of))
    _show(rows, as_json, "Nothing was due.", "{job}  {period}  {detail}")
    if any(row["failed"] for row in rows):
        raise SystemExit(1)


@jobs.command("history")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Newest so many."
)
@json_option
def history(limit: int, as_json: bool) -> None:
    """List what ran, newest first.

    \b
    Example:
      doorstep jobs history --limit 20
    """
    rows = asyncio.run(_history(limit))
    _show(rows, as_json, "Nothing has run.", "{status}  {job}  {period_key}  {finished_at}  {detail}")


@click.command()
@click.option(
    "--tick", default=10, show_default=True, type=click.IntRange(1, 600), help="Seconds between looks."
)
@click.option("--until-idle", is_flag=True, help="Stop once nothing is due.")
def worker(tick: int, until_idle: bool) -> None:
    """Run the jobs: invoices, wage reports, alerts, checkpoints. Any number of workers may run.

    \b
    Example:
      doorstep worker
    """
    if not asyncio.run(_work(tick, until_idle)):
        raise SystemExit(1)


async def _due(as_of: datetime | None) -> list[dict[str, Any]]:
    from backend import clock
    from backend.jobs.due import due_work
    from backend.running import database

    async with database():
        found = await due_work(as_of or clock.now())
    return [
        {"job": due.job, "scope": due.scope, "period": due.period_key, "due_at": due.due_at.isoformat()}
        for due in found
    ]


async def _run(job: str | None, as_of: datetime | None) -> list[dict[str, Any]]:
    from backend import clock
    from backend.jobs.runner import run_due
    from backend.running import database

    _known(job)
    now = clock.now()
    _not_later(as_of, now)
    async with database():
        await _not_sealed(as_of)
        ran = await run_due(as_of or now, job)
    return [
        {
            "job": one.job,
            "scope": one.scope,
            "period": one.period_key,
            "detail": one.detail,
            "failed": one.failed,
        }
        for one in ran
    ]


def _known(job: str | None) -> None:
    from backend.jobs.due import JOBS
    from backend.jobs.runner import ALERTS, CHECKPOINTS, EVENT_YEARS, RETENTION

    names = [*JOBS, ALERTS, CHECKPOINTS, EVENT_YEARS, RETENTION]
    if job is not None and job not in names:
        raise click.BadParameter(f"there is no job {job}; there are {', '.join(names)}", param_hint="--job")


def _not_later(as_of: datetime | None, now: datetime) -> None:
    """Refuse an instant to come: its periods would be done for good, without the facts still on their way."""
    if as_of is not None and as_of > now:
        raise click.BadParameter(
            f"{as_of:%Y-%m-%dT%H:%M:%SZ} is still to come (it is {now:%Y-%m-%dT%H:%M:%SZ}), and a period is done "
            "once, on the facts there are. To look ahead: doorstep jobs list --as-of",
            param_hint="--as-of",
        )


async def _not_sealed(as_of: datetime | None) -> None:
    """Refuse an instant before the newest seal: what a job dates to it would stand where nothing can come any more."""
    from backend import db
    from backend.sql import query

    async with db.as_system() as connection:
        until = await connection.fetchval(query("seals.sealed_until"))
    if as_of is not None and until is not None and as_of < until:
        raise click.BadParameter(
            f"records are sealed up to {until:%Y-%m-%dT%H:%M:%SZ}; run what is due now: that makes up for it",
            param_hint="--as-of",
        )


async def _history(limit: int) -> list[dict[str, Any]]:
    from backend import db
    from backend.running import database
    from backend.sql import query

    async with database(), db.as_system() as connection:
        rows = await connection.fetch(query("jobs.history"), limit)
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


async def _work(tick: int, until_idle: bool) -> bool:
    """Whether nothing failed; a worker that goes on tries again and has its failures in the history."""
    from backend import clock
    from backend.jobs.runner import run_due
    from backend.jobs.ticker import tick_until_stopped
    from backend.running import database, look_for_garbage_rarely

    look_for_garbage_rarely()
    async with database(serving=not until_idle):
        if until_idle:
            return not any(ran.failed for ran in await run_due(clock.now()))
        await tick_until_stopped(tick)
        return True


def _show(rows: list[dict[str, Any]], as_json: bool, nothing: str, line: str) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(line.format(**row))
    if not rows:
        click.echo(nothing)


commands: Final = [jobs, worker]
