"""`doorstep documents verify` and `doorstep export`: frozen documents recomputed, and written to a folder."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import click


@click.group()
def documents() -> None:
    """Frozen documents.

    \b
    Example:
      doorstep documents verify
    """


@documents.command("verify")
@click.option("--provider", help="Only this provider's (its reference).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
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
    click.echo(f"{len(rows)} documents recomputed, {wrong} differ.", err=True)
    if wrong:
        raise SystemExit(1)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--provider", help="Only this provider's (its reference).")
@click.option(
    "--kind",
    type=click.Choice(["invoice", "credit_note", "wage_report"]),
    help="Only documents of this kind.",
)
def export(folder: Path, provider: str | None, kind: str | None) -> None:
    """Write the files of issued documents into FOLDER: PDF, CSV, spreadsheet and JSON, as they were frozen.

    \b
    Example:
      doorstep export out/invoices --kind invoice
    """
    names = asyncio.run(_export(folder, provider, kind))
    click.echo(f"{len(names)} files written to {folder}.")


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


async def _export(folder: Path, provider: str | None, kind: str | None) -> list[str]:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.export_documents import export_documents

    names: list[str] = []
    async with database():
        for provider_id, _ in await providers(provider):
            async for file in export_documents(provider_id, kind):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / file.name).write_bytes(file.content)
                names.append(file.name)
    return names


commands: Final = [documents, export]
