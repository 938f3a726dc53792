"""What commands that list a provider's things have in common."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import click

provider_option: Final = click.option("--provider", required=True, help="The provider's reference.")
json_option: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def tell_rows(
    rows: list[dict[str, Any]], as_json: bool, parts: Callable[[dict[str, Any]], Iterable[object]]
) -> None:
    """Print rows as JSON, or one a line with the parts two blanks apart."""
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    for row in rows:
        click.echo("  ".join(map(str, parts(row))))
