"""`doorstep demo` and `doorstep simulate`: the made-up county, played or as files."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import segno

from backend.commands.listing import json_option

if TYPE_CHECKING:
    from backend.simulator.demonstration import Plan
    from backend.simulator.story import Story

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
PORT: Final = 8000
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _size(command: F) -> F:
    """The options that say how large the county is and where its homes stand."""
    options = (
        click.option("--seed", default=7, show_default=True, type=int, help="The same seed makes the same county."),
        click.option("--carers", default=60, show_default=True, type=click.IntRange(6), help="Carers."),
        click.option("--service-users", default=240, show_default=True, type=click.IntRange(6), help="People."),
        click.option("--days", default=14, show_default=True, type=click.IntRange(1, 28), help="Days played."),
        click.option("--postcodes", type=FILE, help="Postcode lookup to stand homes on."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.option("--serve/--no-serve", default=True, show_default=True, help="Serve the web pages at the end.")
@click.option(
    "--out", default=Path("out/demo"), show_default=True, type=click.Path(path_type=Path), help="Folder."
)
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="Port of the web pages."
)
@_size
def demo(serve: bool, out: Path, port: int, **size: Any) -> None:
    """Play a made-up county through the whole system, and show it on the web.

    Simulated phones check in and out for a fortnight against a running server; the worker issues invoices and wage
    reports; summary.json holds each figure of the system beside its true value.

    \b
    Example:
      doorstep demo
      doorstep demo --no-serve --postcodes NSPL_HR.csv
    """
    from backend.simulator import processes
    from backend.simulator.demonstration import Plan, demonstrate, prepared
    from backend.simulator.people import new_password
    from backend.simulator.story import Size, tell_story
    from backend.simulator.telling import Teller, show

    free = processes.free_port(port if serve else None)
    if serve and free != port:
        click.echo(f"Port {port} is taken, so the web pages will be at port {free}.", err=True)
    plan, password, teller = Plan(out, free, Size(**size)), new_password(), Teller()
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        with prepared(plan) as environment:
            with teller.step("Making up the county"):
                story = tell_story(plan.size)
            summary = _run(demonstrate(plan, story, password, environment, teller))
            show(summary)
            _tell_results(plan)
            _tell_logins(story, password)
            _tell_settings(plan)
            if serve:
                _run(_serve_until_stopped(plan, story, environment))
    except KeyboardInterrupt:
        click.echo("\nEnded; nothing is left running.", err=True)
        raise SystemExit(130) from None
    if not summary["agrees"]:
        raise SystemExit(1)


def _tell_results(plan: "Plan") -> None:
    click.echo(f"Written to {plan.out}: invoices/ wage_reports/ evidence/ county/ truth.json summary.json")


def _tell_logins(story: "Story", password: str) -> None:
    from backend.simulator.people import logins

    click.echo(f"\nLogins for the web pages, all with the password {password}")
    for login in logins(story.county):
        click.echo(f"  {login.role:14} {login.email}")


def _tell_settings(plan: "Plan") -> None:
    click.echo("\nFor other commands on this county, such as doorstep remediation --provider golden:")
    click.echo(f"  export DOORSTEP_DATA={plan.out / 'data'} DOORSTEP_CLOCK={plan.out / 'clock'}")


def _tell_phone(name: str, link: str) -> None:
    """The address that sets a phone up; in a terminal also as a code to scan, where it can be reached from there."""
    click.echo(f"A phone for {name}, with the visits of a new morning: {link}")
    if sys.stdout.isatty():
        segno.make(link, error="l").terminal(compact=True)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the quicker event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


async def _serve_until_stopped(plan: "Plan", story: "Story", environment: Mapping[str, str]) -> None:
    from backend.running import database
    from backend.simulator.county import FIRST_MONDAY
    from backend.simulator.processes import web_server
    from backend.simulator.trying import prepare_morning, run_clock

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with database():
        name, link = await prepare_morning(story.county, plan.out / "clock")
    running = asyncio.create_task(run_clock(plan.out / "clock"))
    async with web_server(plan.port, plan.out / "server.log", environment):
        address = f"http://127.0.0.1:{plan.port}"
        click.echo(f"\nThe web pages are at {address} until Ctrl-C.")
        click.echo(
            f"Its days are over: managers find the visits of one at {address}/today?date={FIRST_MONDAY}"
        )
        _tell_phone(name, link)
        await stop.wait()
    running.cancel()
    click.echo("\nEnded; nothing is left running.", err=True)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--play", "url", metavar="URL", help="Load the county and play its days against this server.")
@json_option
@_size
def simulate(folder: Path, url: str | None, as_json: bool, **size: Any) -> None:
    """Make up a county and write its files to load, and what will have happened there, into FOLDER.

    Any size: a hundred thousand carers are made in minutes. The files load with `doorstep load` in the order of their
    numbers; truth.json says what the published rules give on what its phones would send.

    With --play the county is loaded and lived through at once: its phones enrol and send over HTTP, the jobs run, and
    summary.json holds each figure of the system beside its true value. The server and this command need the same
    DOORSTEP_DATA, and DOORSTEP_CLOCK, the clock that is moved through the days.

    \b
    Example:
      doorstep simulate out/county --carers 600 --service-users 2400
      doorstep simulate out/county --play http://127.0.0.1:8000
    """
    from backend.simulator.story import Size, tell_story, write_story

    wanted = Size(**size)
    story = tell_story(wanted)
    write_story(folder, story)
    if url is not None:
        _play(url, folder, story, wanted.postcodes, as_json)
        return
    made = {"visits": len(story.county.rota), "carers": len(story.county.carers), "folder": str(folder)}
    click.echo(
        json.dumps(made)
        if as_json
        else f"{made['visits']:,} visits of {made['carers']:,} carers are in {folder}."
    )


def _play(url: str, folder: Path, story: "Story", postcodes: Path | None, as_json: bool) -> None:
    from backend.simulator.telling import Teller, show
    from backend.simulator.visiting import play_against

    summary = _run(play_against(url, folder, story, postcodes, Teller()))
    if as_json:
        click.echo(json.dumps(summary))
    else:
        show(summary)
    if not summary["agrees"]:
        raise SystemExit(1)


commands: Final = [demo, simulate]
"""In the order of the help."""
