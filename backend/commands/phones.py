"""`doorstep enrol-code` and `doorstep device`: a manager's part in carers' phones."""

import asyncio
import json
from typing import Any, Final
from uuid import UUID

import click

from backend.commands.listing import json_option, provider_option


@click.command("enrol-code")
@provider_option
@click.option("--carer", required=True, help="The carer's reference.")
@click.option("--replaces", type=click.UUID, help="The phone whose place the new one takes.")
@click.option("--link", is_flag=True, help="Print the address that opens the phone app with the code.")
def enrol_code(provider: str, carer: str, replaces: UUID | None, link: bool) -> None:
    """Print a code, alone on a line, with which the carer can enrol one phone within 24 hours.

    \b
    Example:
      doorstep enrol-code --provider brightwater --carer C014
      doorstep enrol-code --provider brightwater --carer C014 --link
    """
    from backend.running import with_database
    from backend.use_cases.issue_enrol_code import enrol_link, issue_enrol_code

    code = asyncio.run(with_database(lambda: issue_enrol_code(provider, carer, replaces)))
    click.echo(enrol_link(code) if link else code)


@click.group()
def device() -> None:
    """Phones of a provider.

    \b
    Example:
      doorstep device list --provider brightwater
    """


@device.command("list")
@provider_option
@json_option
def list_(provider: str, as_json: bool) -> None:
    """List phones: id, carer, state, last event, name.

    \b
    Example:
      doorstep device list --provider brightwater --json
    """
    from backend.running import with_database

    rows = asyncio.run(with_database(lambda: _listed(provider)))
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    for row in rows:
        last = f"{row['last_event_at']:%Y-%m-%d %H:%M}" if row["last_event_at"] else "never"
        click.echo(f"{row['id']}  {row['carer']}  {row['state']}  last event {last}  {row['name']}")
        if row["replaced_at"] is not None:
            lost = (
                "all events" if row["closed_seq"] is None else f"later events than number {row['closed_seq']}"
            )
            click.echo(f"    replaced {row['replaced_at']:%Y-%m-%d %H:%M}; {lost} may be lost", err=True)


async def _listed(provider: str) -> list[dict[str, Any]]:
    from backend.use_cases.devices import list_devices, provider_by_reference

    return await list_devices(await provider_by_reference(provider))


@device.command()
@click.argument("device_id", metavar="DEVICE", type=click.UUID)
def revoke(device_id: UUID) -> None:
    """Stop a phone at once. Events it still sends are kept apart for a manager.

    \b
    Example:
      doorstep device revoke 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11
    """
    from backend.running import with_database
    from backend.use_cases.devices import revoke_device

    asyncio.run(with_database(lambda: revoke_device(device_id)))
    click.echo(f"{device_id} is revoked.", err=True)


@device.command()
@click.argument("device_id", metavar="DEVICE", type=click.UUID)
def unlock(device_id: UUID) -> None:
    """Let a phone that wrong PINs locked try again.

    \b
    Example:
      doorstep device unlock 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11
    """
    from backend.running import with_database
    from backend.use_cases.devices import unlock_device

    asyncio.run(with_database(lambda: unlock_device(device_id)))
    click.echo(f"{device_id} is unlocked.", err=True)


commands: Final[list[click.Command]] = [enrol_code, device]
