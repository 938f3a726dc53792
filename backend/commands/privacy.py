"""`doorstep retention`, `doorstep hold` and `doorstep subject-access`."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from backend.commands.listing import json_option

PROVIDER: Final = click.option("--provider", required=True, help="The provider (its reference).")


@click.group()
def retention() -> None:
    """How long each class of records is kept.

    \b
    Example:
      doorstep retention list --provider brightwater
    """


@retention.command("list")
@PROVIDER
@json_option
def list_periods(provider: str, as_json: bool) -> None:
    """List the classes with their periods and bounds.

    \b
    Example:
      doorstep retention list --provider brightwater
    """
    rows = asyncio.run(_periods(provider))
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("{class}  {days} days ({least} to {most})  {title}".format(**row))


@retention.command("set")
@PROVIDER
@click.argument("name")
@click.argument("days", type=int)
@click.option("--from", "starts_on", required=True, help="The first day, today or later.")
@click.option("--reason", required=True, help="Why; it is kept.")
def set_one(provider: str, name: str, days: int, starts_on: str, reason: str) -> None:
    """Keep a class of records for so many DAYS.

    \b
    Example:
      doorstep retention set positions 90 --provider brightwater --from 2026-12-01 --reason "We need no more"
    """
    try:
        first = date.fromisoformat(starts_on)
    except ValueError:
        raise click.BadParameter(f"{starts_on} is no date such as 2026-12-01", param_hint="--from") from None
    asyncio.run(_set(provider, name, days, first, reason))
    click.echo(f"{name} are kept for {days} days from {starts_on} on.", err=True)


@click.group()
def hold() -> None:
    """Legal holds: what they name is let go of by nothing.

    \b
    Example:
      doorstep hold list --provider brightwater
    """


@hold.command("set")
@PROVIDER
@click.option("--carer", help="A carer's reference.")
@click.option("--person", help="A person's reference; without both: everything of the provider.")
@click.option("--reason", required=True, help="Why; it is kept.")
def set_hold_(provider: str, carer: str | None, person: str | None, reason: str) -> None:
    """Hold the records of a carer, a person, or the whole provider.

    \b
    Example:
      doorstep hold set --provider brightwater --carer C1 --reason "Claim 17"
    """
    if carer and person:
        raise click.UsageError("Give --carer or --person, or neither.")
    subject = "carer" if carer else "person" if person else "provider"
    click.echo(asyncio.run(_hold(provider, subject, carer or person, reason)))


@hold.command("lift")
@PROVIDER
@click.argument("hold_id", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is kept.")
def lift(provider: str, hold_id: UUID, reason: str) -> None:
    """Lift a hold.

    \b
    Example:
      doorstep hold lift 0b9c1f0e-8f5c-4f6e-9a55-2f4f0f0b6a11 --provider brightwater --reason "Settled"
    """
    asyncio.run(_lift(provider, hold_id, reason))


@hold.command("list")
@PROVIDER
@json_option
def list_holds(provider: str, as_json: bool) -> None:
    """List the holds, those that were lifted too.

    \b
    Example:
      doorstep hold list --provider brightwater
    """
    rows = asyncio.run(_holds(provider))
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    for row in rows:
        stands = "lifted" if row["lifted_at"] else "stands"
        click.echo(f"{row['id']}  {stands}  {row['subject']} {row['reference'] or ''}  {row['reason']}")


@click.command("subject-access")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@PROVIDER
@click.option("--carer", help="A carer's reference.")
@click.option("--person", help="A person's reference.")
def subject_access(out: Path, provider: str, carer: str | None, person: str | None) -> None:
    """Write everything that is held about one carer or one person into OUT, a ZIP file.

    \b
    Example:
      doorstep subject-access ann.zip --provider brightwater --carer C1
    """
    if bool(carer) == bool(person):
        raise click.UsageError("Give --carer or --person.")
    content = asyncio.run(_everything(provider, "carer" if carer else "person", carer or person or ""))
    out.write_bytes(content)
    click.echo(f"{out} written ({len(content)} bytes).", err=True)


async def _periods(provider: str) -> list[dict[str, Any]]:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.retention import read_periods

    async with database():
        [(provider_id, _)] = await providers(provider)
        return [
            {
                "class": kept.about.name,
                "days": kept.days,
                "least": kept.bounds.least_days,
                "most": kept.bounds.most_days,
                "title": kept.about.title,
            }
            for kept in await read_periods(provider_id)
        ]


async def _set(provider: str, name: str, days: int, first: date, reason: str) -> None:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.retention import set_period

    async with database():
        [(provider_id, _)] = await providers(provider)
        await set_period(provider_id, name, days, first, reason, None)


async def _hold(provider: str, subject: str, reference: str | None, reason: str) -> str:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.legal_holds import set_hold

    async with database():
        [(provider_id, _)] = await providers(provider)
        return str(await set_hold(provider_id, subject, reference, reason, None))


async def _lift(provider: str, hold_id: UUID, reason: str) -> None:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.legal_holds import lift_hold

    async with database():
        [(provider_id, _)] = await providers(provider)
        await lift_hold(provider_id, hold_id, reason, None)


async def _holds(provider: str) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.legal_holds import read_holds

    async with database():
        [(provider_id, _)] = await providers(provider)
        return [asdict(one) for one in await read_holds(provider_id)]


async def _everything(provider: str, kind: str, reference: str) -> bytes:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.subject_access import Subject
    from backend.use_cases.subject_access import subject_access as export

    async with database():
        [(provider_id, _)] = await providers(provider)
        return (await export(provider_id, Subject(kind, reference), None, None)).content


commands: Final = [hold, retention, subject_access]
