"""`doorstep place`: where visits may be made besides people's homes."""

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import click

from backend.commands.listing import json_option, provider_option, tell_rows


@click.group()
def place() -> None:
    """Places besides the home where a person's visits may be made: a day centre, a relative's house, a hospital.

    \b
    Example:
      doorstep place list --provider brightwater
    """


@place.command()
@provider_option
@click.option("--person", required=True, help="The reference of the person whose visits may be made there.")
@click.option("--name", required=True, help="What it is called.")
@click.option("--postcode", help="Where it is, if the postcode list is loaded.")
@click.option("--lat", help="Where it is, in degrees north.")
@click.option("--lon", help="And in degrees east.")
@click.option("--radius", "radius_m", help="Metres within which one is there; by default 100.")
@click.option("--from", "first", required=True, help="The first day on which visits may be made there.")
@click.option("--until", help="The last one.")
def add(provider: str, person: str, first: str, **said: str | None) -> None:
    """Approve a place and print its id. The same name and first day with other particulars puts it right.

    \b
    Example:
      doorstep place add --provider brightwater --person SU3 --name Club --postcode "WY1 1AA" --from 2026-11-02
    """
    from backend.running import with_database

    cells = {"from": first, **{name: text for name, text in said.items() if text is not None}}
    click.echo(asyncio.run(with_database(lambda: _added(provider, person, cells))))


async def _added(provider: str, person: str, cells: dict[str, str]) -> UUID:
    from backend.use_cases.approve_place import approve_place
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.read_people import person_by_reference

    provider_id = await provider_by_reference(provider)
    return await approve_place(provider_id, await person_by_reference(provider_id, person), cells)


@place.command("list")
@provider_option
@json_option
def list_(provider: str, as_json: bool) -> None:
    """List places: id, person, first and last day, degrees north and east, radius in metres, name.

    \b
    Example:
      doorstep place list --provider brightwater --json
    """
    from backend.running import with_database

    tell_rows(asyncio.run(with_database(lambda: _listed(provider))), as_json, _parts)


def _parts(row: dict[str, Any]) -> tuple[object, ...]:
    dates = f"{row['starts_on']}..{row['ends_on'] or ''}"
    return (row["place_id"], row["person"], dates, row["lat"], row["lon"], row["radius_m"], row["name"])


async def _listed(provider: str) -> list[dict[str, Any]]:
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.read_places import list_places

    told = ("place_id", "person", "name", "lat", "lon", "radius_m", "starts_on", "ends_on", "recorded_at")
    rows = await list_places(await provider_by_reference(provider))
    return [{name: row[name] for name in told} for row in rows]


@place.command()
@provider_option
@click.option(
    "--last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it is approved."
)
@click.argument("place_id", metavar="PLACE", type=click.UUID)
def end(provider: str, last: datetime, place_id: UUID) -> None:
    """Approve a place no longer than a day. What was judged before stays.

    \b
    Example:
      doorstep place end --provider brightwater --last 2026-11-30 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11
    """
    from backend.running import with_database

    asyncio.run(with_database(lambda: _ended(provider, place_id, last)))
    click.echo(f"{place_id} is approved up to {last:%Y-%m-%d}.", err=True)


async def _ended(provider: str, place_id: UUID, last: datetime) -> None:
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.end_place import end_place

    await end_place(await provider_by_reference(provider), place_id, last.date())


commands: Final[list[click.Command]] = [place]
