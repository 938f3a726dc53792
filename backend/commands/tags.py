"""`doorstep tag`: cards, code fobs, NFC tags and telephone lines in people's homes."""

import asyncio
from datetime import date, datetime
from typing import Any, Final, TextIO
from uuid import UUID

import click

from backend.commands.listing import json_option, provider_option, tell_rows

_KINDS: Final = {"card": "qr_static", "fob": "qr_rotating", "nfc": "nfc", "line": "line"}


@click.group()
def tag() -> None:
    """Cards, code fobs, NFC tags and telephone lines in people's homes, which prove that a carer was there.

    \b
    Example:
      doorstep tag list --provider brightwater
    """


@tag.command()
@provider_option
@click.option("--person", required=True, help="The reference of the person in whose home it is.")
@click.option("--kind", required=True, type=click.Choice(sorted(_KINDS)), help="What it is.")
@click.option("--label", help="What to call it: where it hangs, or its number. By default its kind.")
@click.option("--number", help="Of a telephone line: its number, such as 01432 000000.")
@click.option("--uid", type=str, help="Of an NFC tag: its UID, 14 hex digits.")
@click.option(
    "--keys",
    type=click.File("r"),
    help="A file (- is standard input) with keys in hex, one a line: of an NFC tag SDMFileReadKey and, if it encrypts "
    "its UID, SDMMetaReadKey; of a fob its seed.",
)
@click.option(
    "--step", type=int, default=30, show_default=True, help="Of a fob: seconds for which a code stands."
)
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day it counts; by default today."
)
def add(
    provider: str, person: str, kind: str, label: str | None, uid: str | None, keys: TextIO | None, step: int,
    first: datetime | None, number: str | None,
) -> None:  # fmt: skip
    """Register a tag and print its id; of a card also the text of its QR code, on a second line.

    \b
    Example:
      doorstep tag add --provider brightwater --person SU003 --kind card --label "By the front door"
    """
    from backend.running import with_database
    from backend.use_cases.add_tag import NewTag

    lines = [] if keys is None else [_hex(line, "--keys") for line in keys.read().split()]
    new = NewTag(
        kind=_KINDS[kind],  # type: ignore[arg-type]
        label=label or kind.capitalize(),
        uid=None if uid is None else _hex(uid, "--uid"),
        key=lines[0] if lines else None,
        meta_key=lines[1] if len(lines) > 1 else None,
        step_s=step if kind == "fob" else None,
        number=number,
        first_day=None if first is None else date(first.year, first.month, first.day),
    )
    for line in asyncio.run(with_database(lambda: _added(provider, person, new))):
        click.echo(line)


def _hex(text: str, option: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise click.BadParameter("must be hex digits", param_hint=option) from None


async def _added(provider: str, person: str, new: Any) -> list[str]:
    from backend.use_cases.add_tag import add_tag
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.read_people import person_by_reference
    from backend.use_cases.read_tags import read_card

    provider_id = await provider_by_reference(provider)
    made = await add_tag(provider_id, await person_by_reference(provider_id, person), new)
    return [str(made), (await read_card(provider_id, made)).text] if new.kind == "qr_static" else [str(made)]


@tag.command("list")
@provider_option
@json_option
def list_(provider: str, as_json: bool) -> None:
    """List tags: id, person, kind, label, UID, whether retired. Nothing secret is printed.

    \b
    Example:
      doorstep tag list --provider brightwater --json
    """
    from backend.running import with_database

    tell_rows(asyncio.run(with_database(lambda: _listed(provider))), as_json, _parts)


def _parts(row: dict[str, Any]) -> tuple[object, ...]:
    kinds = {stored: name for name, stored in _KINDS.items()}
    state = f"retired {row['retired_at']:%Y-%m-%d %H:%M}" if row["retired_at"] else "in use"
    return (row["id"], row["person"], kinds[row["kind"]], state, row["uid"] or "-", row["label"])


async def _listed(provider: str) -> list[dict[str, Any]]:
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.read_tags import list_tags

    return await list_tags(await provider_by_reference(provider))


@tag.command()
@provider_option
@click.option("--reason", required=True, help="Why: lost, taken down, replaced.")
@click.argument("tag_id", metavar="TAG", type=click.UUID)
def retire(provider: str, reason: str, tag_id: UUID) -> None:
    """From now on a tag proves nothing. What it proved before stays.

    \b
    Example:
      doorstep tag retire --provider brightwater --reason lost 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11
    """
    from backend.running import with_database

    asyncio.run(with_database(lambda: _retired(provider, tag_id, reason)))
    click.echo(f"{tag_id} is retired.", err=True)


async def _retired(provider: str, tag_id: UUID, reason: str) -> None:
    from backend.use_cases.devices import provider_by_reference
    from backend.use_cases.retire_tag import retire_tag

    await retire_tag(await provider_by_reference(provider), tag_id, reason)


commands: Final[list[click.Command]] = [tag]
