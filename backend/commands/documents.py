"""`doorstep documents verify`: frozen documents recomputed."""

import asyncio
import json
from typing import Any, Final

import click

from backend.commands.listing import json_option
from backend.domain.counted import counted


@click.group()
def documents() -> None:
    """Frozen documents.

    \b
    Example:
      doorstep documents verify
    """


@documents.command("verify")
@click.option("--provider", help="Only this provider's (its reference).")
@json_option
def verify(provider: str | None, as_json: bool) -> None:
    """Recompute every document from the facts and compare it byte for byte. Exit status 1 if one differs.

    \b
    Example:
      doorstep documents verify --provider brightwater
    """
    rows = asyncio.run(_verify(provider))
    if as_json:
        click.echo(json.dumps(rows))
    for row in [] if as_json else rows:
        click.echo(
            f"{'differs' if row['faults'] else 'same'}  {row['provider']}  {row['kind']}  {row['name']}"
        )
        for fault in row["faults"]:
            click.echo(f"    {fault}", err=True)
    wrong = sum(bool(row["faults"]) for row in rows)
    click.echo(f"{counted(len(rows), 'document')} recomputed, {wrong} not the same.", err=True)
    if wrong:
        raise SystemExit(1)


async def _verify(provider: str | None) -> list[dict[str, Any]]:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.verify_documents import verify_documents

    rows: list[dict[str, Any]] = []
    async with database():
        for provider_id, reference in await providers(provider):
            async for found in verify_documents(provider_id):
                rows.append(
                    {
                        "provider": reference,
                        "kind": found.kind,
                        "name": found.name,
                        "faults": list(found.faults),
                    }
                )
    return rows


commands: Final = [documents]
