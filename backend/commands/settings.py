"""`doorstep settings`: what the environment can say, and what it says."""

import json
import os
from collections.abc import Sequence
from typing import Any, Final

import click

from backend.commands.listing import json_option
from backend.settings import SETTINGS, Setting, faults_of


@click.command()
@json_option
def settings(as_json: bool) -> None:
    """List every setting with its meaning and present value; secrets are hidden.

    What is wrong with a value stands below it.

    \b
    Example:
      DOORSTEP_DATA=/srv/doorstep doorstep settings
    """
    wrong = faults_of(os.environ)
    rows = [_row(setting, wrong) for setting in SETTINGS]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        value = row["value"] or "(unset)"
        click.echo(
            f"{row['variable']} = {value}{'' if row['set'] else '  (default)' if row['value'] else ''}"
        )
        click.echo(f"    {row['meaning']}")
        for fault in row["faults"]:
            click.echo(f"    WRONG: {fault}")


def _row(setting: Setting, wrong: Sequence[str]) -> dict[str, Any]:
    text = os.environ.get(setting.variable, "")
    shown = "(hidden)" if setting.secret and text else text or setting.default
    faults = [fault for fault in wrong if fault.split()[0] == setting.variable]
    return {
        "variable": setting.variable,
        "value": shown,
        "set": bool(text),
        "meaning": setting.meaning,
        "faults": faults,
    }


commands: Final = [settings]
