"""`doorstep telephone`: calls and text messages of carers whose own phones cannot record."""

import asyncio
from typing import Any, Final, TextIO
from uuid import UUID

import click

from backend.commands.listing import json_option, provider_option, tell_rows


@click.group()
def telephone() -> None:
    """Calls and text messages of carers whose own phones cannot record.

    \b
    Example:
      doorstep telephone list --provider brightwater
    """


@telephone.command("add")
@provider_option
@click.option(
    "--kind", type=click.Choice(["plain", "twilio"]), default="plain", show_default=True, help="Who tells."
)
@click.option("--label", default="Telephone", show_default=True, help="What to call it.")
@click.option(
    "--token", type=click.File("r"), help="Of Twilio: a file (- is standard input) with the auth token."
)
def add(provider: str, kind: Any, label: str, token: TextIO | None) -> None:
    """Register a telephone service: prints the address it is to call and, of a plain one, its secret.

    \b
    Example:
      doorstep telephone add --provider brightwater
    """
    from backend.running import with_database
    from backend.use_cases.add_telephone import add_service
    from backend.use_cases.devices import provider_by_reference

    given = None if token is None else token.read().strip()

    async def added() -> tuple[str, str]:
        return await add_service(await provider_by_reference(provider), kind, label, given)

    address, secret = asyncio.run(with_database(added))
    click.echo(address)
    if kind == "plain":
        click.echo(secret)


@telephone.command()
@provider_option
@click.option("--carer", required=True, help="The carer's reference.")
def number(provider: str, carer: str) -> None:
    """Give a carer the number by which she says who she is; it is printed this once.

    \b
    Example:
      doorstep telephone number --provider brightwater --carer C001
    """
    from backend.running import with_database
    from backend.use_cases.add_telephone import give_number
    from backend.use_cases.devices import provider_by_reference

    async def given() -> str:
        return await give_number(await provider_by_reference(provider), carer)

    click.echo(asyncio.run(with_database(given)))


@telephone.command("list")
@provider_option
@json_option
def list_(provider: str, as_json: bool) -> None:
    """List telephone services: id, kind, state, label. Nothing secret is printed.

    \b
    Example:
      doorstep telephone list --provider brightwater --json
    """
    from backend.running import with_database
    from backend.use_cases.add_telephone import list_services
    from backend.use_cases.devices import provider_by_reference

    async def listed() -> list[dict[str, Any]]:
        return await list_services(await provider_by_reference(provider))

    tell_rows(asyncio.run(with_database(listed)), as_json, _parts)


def _parts(row: dict[str, Any]) -> tuple[object, ...]:
    return (row["id"], row["dialect"], "ended" if row["ended_at"] else "in use", row["label"])


@telephone.command()
@provider_option
@click.argument("service", type=click.UUID)
def end(provider: str, service: UUID) -> None:
    """From now on refuse what a telephone service tells.

    \b
    Example:
      doorstep telephone end --provider brightwater 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11
    """
    from backend.running import with_database
    from backend.use_cases.add_telephone import end_service
    from backend.use_cases.devices import provider_by_reference

    async def ended() -> None:
        await end_service(await provider_by_reference(provider), service)

    asyncio.run(with_database(ended))
    click.echo(f"{service} is ended.", err=True)


commands: Final[list[click.Command]] = [telephone]
