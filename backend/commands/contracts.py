"""`doorstep contract check`: a contract said back, with what is missing from it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from backend.commands.listing import json_option
from backend.domain.counted import counted


@click.group()
def contract() -> None:
    """Look at contracts before anything is priced by them.

    \b
    Example:
      doorstep contract check contracts.json
    """


@contract.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
def check(file: str, as_json: bool) -> None:
    """Say each contract in FILE back in plain English and list the dates it has no rate for.

    FILE is a file for `doorstep load contracts`, or one contract as `doorstep calc price` takes it. Exit status 1 if a
    contract has no rate, or several, for one of its services in one of its zones on some date, or if versions of one
    contract overlap or leave days out between them.

    \b
    Example:
      doorstep contract check contracts.json
    """
    from backend.use_cases.check_contract import check_contract

    found = check_contract(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    if as_json:
        click.echo(json.dumps([asdict(checked) for checked in found], indent=2, default=str))
    else:
        click.echo("\n\n".join(_told(checked) for checked in found))
        if number := sum(len(checked.gaps) + len(checked.version_gaps) for checked in found):
            click.echo(f"\nIn all {counted(number, 'thing')} to settle, listed above.")
    if any(checked.gaps or checked.version_gaps for checked in found):
        sys.exit(1)


def _told(checked: Any) -> str:
    told = [*checked.version_gaps, *checked.gaps]
    gaps = [f"  {gap.says[0].upper()}{gap.says[1:]}." for gap in told]
    fine = "Within this version every service has one rate in every zone on every date."
    return "\n".join(
        [
            f"Contract {checked.reference}",
            *(f"  {sentence}" for sentence in checked.sentences),
            *(["To settle:", *gaps] if gaps else [fine]),
        ]
    )


commands: Final = [contract]
"""The commands of this file, for the list of all."""
