"""`doorstep user`: the people who sign in."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from backend.commands.listing import json_option

if TYPE_CHECKING:
    from backend.use_cases.add_user import Role

_DAY: Final = click.DateTime(["%Y-%m-%d"])
ROLES: Final = ("manager", "finance", "commissioner", "auditor", "administrator", "person")


@click.group()
def user() -> None:
    """Add people who sign in, and say how long they may.

    \b
    Example:
      doorstep user add --organisation hearth --role manager --email ann@example.org
    """


@user.command()
@click.option("--organisation", metavar="REFERENCE", help="Whose user; an administrator has none.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--person", metavar="REFERENCE", help="Of the role person: who it is, or speaks for.")
@click.option("--email", required=True)
@click.option(
    "--until", type=_DAY, help="The last day of the access; an auditor's is a year ahead unless said."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@json_option
def add(
    organisation: str | None,
    role: "Role",
    person: str | None,
    email: str,
    until: datetime | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a user. Prints a link to set a password or a passkey, good for a week and one use.

    With a password given there is no link. A user of the role person sees what is one supported person's own.

    \b
    Example:
      doorstep user add --organisation hearth --role manager --email ann@example.org
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    link = asyncio.run(_add(organisation, role, email, password, person, until))
    if as_json:
        click.echo(json.dumps({"email": email, "role": role, "organisation": organisation, "link": link}))
    else:
        click.echo(link if link is not None else f"{email} may sign in as {role}.")


async def _add(
    organisation: str | None,
    role: "Role",
    email: str,
    password: str | None,
    person: str | None,
    until: datetime | None,
) -> str | None:
    from backend.running import database
    from backend.use_cases.add_user import add_user

    async with database():
        return await add_user(organisation, role, email, password, person, until.date() if until else None)


@user.command("second-factor")
@click.option("--organisation", metavar="REFERENCE", required=True)
@click.argument("wanted", type=click.Choice(("required", "optional")))
def second_factor(organisation: str, wanted: str) -> None:
    """Say whether a password alone is enough for an organisation's people.

    Where it is required, a session opened by password alone is good for adding an authenticator app or a passkey.

    \b
    Example:
      doorstep user second-factor --organisation hearth required
    """
    from backend.use_cases.sign_in_rules import require_second_factor

    asyncio.run(_in_database(require_second_factor(organisation, wanted == "required")))
    click.echo(f"{organisation}: more than a password is {wanted}.")


@user.command("forget-authenticator")
@click.option("--email", required=True)
def forget_authenticator(email: str) -> None:
    """Turn off the authenticator app of somebody who lost it and the recovery codes. Be sure who asks.

    \b
    Example:
      doorstep user forget-authenticator --email ann@example.org
    """
    from backend.use_cases.sign_in_rules import forget_authenticator

    asyncio.run(_in_database(forget_authenticator(email)))
    click.echo(f"{email} signs in by password alone, and is signed out everywhere.")


@user.command("access")
@click.option("--email", required=True)
@click.option("--until", type=_DAY, help="The last day; without it there is no end.")
def access(email: str, until: datetime | None) -> None:
    """Let somebody sign in up to a day, also again after it was ended.

    \b
    Example:
      doorstep user access --email ann@example.org --until 2027-03-31
    """
    from backend.use_cases.user_access import give_access

    last = until.date() if until else None
    asyncio.run(_about(email, lambda user_id: give_access(user_id, last)))
    click.echo(f"{email} may sign in {'up to ' + last.isoformat() if last else 'without an end'}.")


@user.command("end-access")
@click.option("--email", required=True)
def end_access(email: str) -> None:
    """Let somebody sign in no more, and sign her out everywhere.

    \b
    Example:
      doorstep user end-access --email ann@example.org
    """
    from backend.use_cases.user_access import end_access

    asyncio.run(_about(email, end_access))
    click.echo(f"{email} may sign in no more, and is signed out everywhere.")


@user.command("sign-out")
@click.option("--email", required=True)
def sign_out(email: str) -> None:
    """Sign somebody out everywhere. She may sign in again.

    \b
    Example:
      doorstep user sign-out --email ann@example.org
    """
    from backend.use_cases.user_access import sign_out_everywhere

    asyncio.run(_about(email, sign_out_everywhere))
    click.echo(f"{email} is signed out everywhere.")


async def _about(email: str, work: Callable[[UUID], Coroutine[Any, Any, None]]) -> None:
    from backend.running import database
    from backend.use_cases.user_access import user_named

    async with database():
        await work(await user_named(email))


async def _in_database(work: Coroutine[Any, Any, None]) -> None:
    from backend.running import database

    async with database():
        await work


commands: Final = [user]
