"""`doorstep doctor`: is this installation right, and if not, what to do."""

import asyncio
import json
import os
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from backend.commands.findings import Finding, Wrong, looked_at
from backend.commands.listing import json_option

LEAST_FREE: Final = 2**30
LEAST_SHARE: Final = 0.1
BACKUP_OLD: Final = timedelta(hours=26)
"""A backup each night, and two hours for it to be late."""


@click.command()
@click.option("--clock-of", metavar="URL", help="Compare the clock with the one that this web server tells.")
@click.option(
    "--backups",
    type=click.Path(path_type=Path),
    help="Look how old the newest base backup under this folder is.",
)
@json_option
def doctor(clock_of: str | None, backups: Path | None, as_json: bool) -> None:
    """Look at settings, keys, clocks, disk, law, database, jobs, replicas, archive and mail server.

    Each thing that is wrong comes with what to do, and the exit status is then 1.

    \b
    Example:
      doorstep doctor
      doorstep doctor --clock-of https://doorstep.example.org --backups /backup
    """
    findings = list(_findings(clock_of, backups))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    for finding in [] if as_json else findings:
        click.echo(f"{'ok   ' if finding.well else 'WRONG'}  {finding.subject}: {finding.says}")
        if finding.remedy:
            click.echo(f"       To do: {finding.remedy}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def _findings(clock_of: str | None, backups: Path | None) -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    yield looked_at("environment", _environment, "")
    settings = looked_at("settings", _settings, "`doorstep settings` lists each with its meaning.")
    yield settings
    if not settings.well:
        return
    for subject, check, remedy in _checks(clock_of, backups):
        yield looked_at(subject, check, remedy)
    from backend.commands.doctor_database import database_findings

    yield from asyncio.run(database_findings())
    yield _browser()


def _checks(clock_of: str | None, backups: Path | None) -> Iterator[tuple[str, Callable[[], str], str]]:
    yield "keys", _keys, "Make them once with `doorstep keys new`, or put back the ones that you keep."
    yield "address", _address, ""
    yield "disk", _disk, ""
    yield "law", _law, ""
    yield "mail", _mail, "Look at DOORSTEP_SMTP."
    if clock_of is not None:
        yield "clock of another", lambda: _other_clock(clock_of), ""
    if backups is not None:
        yield "backups", lambda: _backups(backups), ""


def _environment() -> str:
    from backend.settings import SETTINGS

    known = {setting.variable for setting in SETTINGS}
    strange = sorted(name for name in os.environ if name.startswith("DOORSTEP_") and name not in known)
    if strange:
        raise Wrong(
            f"{', '.join(strange)} means nothing here", "See `doorstep settings`: is a name spelt wrongly?"
        )
    return "every DOORSTEP_ variable is known"


def _settings() -> str:
    from backend import settings

    now = settings.current()
    return f"embedded database in {now.data}" if now.embedded else "the database of DATABASE_URL"


def _keys() -> str:
    from backend import keys, settings

    kid = keys.current().signing[0].kid
    now = settings.current()
    path = now.data / keys.FILE if now.keys is None else Path(now.keys)
    if now.keys is not None and now.keys.lstrip().startswith("{"):
        return f"signing as {kid}; they stand in the environment, which nobody else must see"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise Wrong(
            f"others than the service may read or change {path} (mode {mode:o})",
            f"`chmod 600 {path}`, or 640 with a group of the service alone. "
            "If somebody may have copied it: `doorstep keys rotate`.",
        )
    return f"signing as {kid}; {path} is closed to others"


def _address() -> str:
    from backend import settings

    now = settings.current()
    named = {"DOORSTEP_BASE_URL": now.base_url, "DOORSTEP_PHONES_URL": now.phones_url}
    return "; ".join(_reached(variable, address) for variable, address in named.items() if address)


def _reached(variable: str, address: str) -> str:
    parts = urlsplit(address)
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return f"{address}, which this machine alone reaches"
    if parts.scheme != "https":
        raise Wrong(
            f"{variable} is {address}: passkeys and the phone app work under https alone",
            "Put a proxy with a certificate in front, and name its address with https://.",
        )
    return address


def _disk() -> str:
    from backend import settings

    now = settings.current()
    if not now.embedded:
        return "the database's is on its own server: have that watched there"
    folder = next(path for path in (now.data, *now.data.parents) if path.exists())
    usage = shutil.disk_usage(folder)
    says = f"{usage.free / 2**30:,.1f} GiB of {usage.total / 2**30:,.1f} are free at {folder}"
    if usage.free < max(LEAST_FREE, LEAST_SHARE * usage.total):
        raise Wrong(says, "Make room or move DOORSTEP_DATA: on a full disk nothing is recorded any more.")
    return says


def _law() -> str:
    from backend import clock
    from backend.domain.time import london_date

    return law_says(london_date(clock.now()))


def law_says(today: date) -> str:
    """Whether the packaged law is sound and reaches far enough on a London date. Raises Wrong."""
    from backend.statute.soundness import checked
    from backend.statute.strict_yaml import StatuteError

    try:
        found = checked(today)
    except StatuteError as error:
        raise Wrong(f"the packaged law is not sound: {error}", "Install the program again.") from error
    if found.ending:
        raise Wrong(
            "; ".join(f"{one.id} ends on {one.last_known}" for one in found.ending),
            "Install a version that has what follows: from that day on results are refused, not guessed.",
        )
    return f"known from {found.first_known} to {found.last_known}"


def _mail() -> str:
    from backend.use_cases.mail import MailRefused, can_mail, check_mail

    if not can_mail():
        return "no server is set up, so nobody is told anything by email (DOORSTEP_SMTP)"
    try:
        asyncio.run(check_mail())
    except MailRefused as error:
        raise Wrong(str(error), "Look at DOORSTEP_SMTP.") from error
    return "the server takes our sign-in"


def _other_clock(address: str) -> str:
    """The time that a web server puts on its answers (RFC 9110, section 6.6.1), in whole seconds."""
    import httpx

    from backend import clock
    from backend.commands.doctor_database import SYNCHRONISE, clocks_say

    if notice := clock.notice():
        return notice
    before = clock.now()
    try:
        told = httpx.head(address, timeout=10).headers["Date"]
        theirs = parsedate_to_datetime(told) + timedelta(seconds=0.5)
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError) as error:
        raise Wrong(f"{address} tells no time ({type(error).__name__})", SYNCHRONISE) from error
    return clocks_say(before, theirs, clock.now(), f"that of {address}")


def _backups(folder: Path) -> str:
    from backend import clock

    made = [path.stat().st_mtime for path in folder.glob("*/backup_manifest")]
    if not made:
        raise Wrong(
            f"there is no base backup under {folder}", "Make one: docs/operations.md, Backup and restore."
        )
    newest = datetime.fromtimestamp(max(made), UTC)
    if clock.now() - newest > BACKUP_OLD:
        raise Wrong(
            f"the newest base backup is of {newest:%Y-%m-%d %H:%M} UTC",
            "Look at what makes it each night, and make one now.",
        )
    return f"{len(made)} under {folder}, the newest of {newest:%Y-%m-%d %H:%M} UTC"


def _browser() -> Finding:
    """Only tests need one, so a missing browser is told and is no fault."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding(
        "browser for tests", True, found or "none; the browser tests need: sudo apt-get install chromium"
    )


commands: Final = [doctor]
