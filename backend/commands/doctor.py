"""`doorstep doctor`: is this installation right, and if not, what to do."""

import asyncio
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import click

from backend.commands.listing import json_option
from backend.faults import SetupFault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `says` names what was found or what to do."""

    subject: str
    well: bool
    says: str


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at settings, keys, clock, database and its roles, mail server. Exit status 1 if anything is wrong.

    \b
    Example:
      doorstep doctor
    """
    findings = list(_findings())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{'ok   ' if finding.well else 'WRONG'}  {finding.subject}: {finding.says}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def _findings() -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    yield _unknown_variables()
    checks: Sequence[tuple[str, Callable[[], str]]] = (
        ("settings", _settings),
        ("keys", _keys),
        ("clock", _clock),
        ("database", _database),
        ("mail", _mail),
    )
    for subject, check in checks:
        try:
            yield Finding(subject, True, check())
        except SetupFault as fault:
            yield Finding(subject, False, str(fault))
            if subject == "settings":
                return
    yield _browser()


def _unknown_variables() -> Finding:
    from backend.settings import SETTINGS

    known = {setting.variable for setting in SETTINGS}
    strange = sorted(name for name in os.environ if name.startswith("DOORSTEP_") and name not in known)
    if strange:
        return Finding(
            "environment", False, f"{', '.join(strange)} means nothing here: see `doorstep settings`"
        )
    return Finding("environment", True, "every DOORSTEP_ variable is known")


def _settings() -> str:
    from backend import settings

    now = settings.current()
    return f"embedded database in {now.data}" if now.embedded else "the database of DATABASE_URL"


def _keys() -> str:
    from backend import keys

    return f"signing as {keys.current().signing[0].kid}"


def _clock() -> str:
    from backend import clock

    return clock.notice() or f"the computer's: {clock.now():%Y-%m-%d %H:%M:%S} UTC"


def _database() -> str:
    from backend import db
    from backend.running import database

    async def look() -> str:
        async with database(), db.as_system() as connection:
            version = await connection.fetchval("SHOW server_version")
            powerful = await connection.fetchval(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            tables = await connection.fetchval(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
            )
            if powerful or tables:
                raise SetupFault("the role of DATABASE_URL can get round row security: give it a plain role")
            return f"PostgreSQL {version}, at the newest migration, as a role that row security binds"

    return asyncio.run(look())


def _mail() -> str:
    from backend.use_cases.mail import MailRefused, can_mail, check_mail

    if not can_mail():
        return "no server is set up, so nobody is told anything by email (DOORSTEP_SMTP)"
    try:
        asyncio.run(check_mail())
    except MailRefused as error:
        raise SetupFault(f"{error}. Look at DOORSTEP_SMTP.") from error
    return "the server takes our sign-in"


def _browser() -> Finding:
    """Only tests need one, so a missing browser is told and is no fault."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding(
        "browser for tests", True, found or "none; the browser tests need: sudo apt-get install chromium"
    )


commands: Final = [doctor]
