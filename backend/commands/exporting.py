"""`doorstep export`: what others take, written into a folder."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.domain.counted import counted

if TYPE_CHECKING:
    from backend.use_cases.frozen_documents import File
    from backend.use_cases.make_peppol_files import PeppolMade

_FOLDER: Final = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_PROVIDER: Final = click.option("--provider", help="Only this provider's (its reference).")


@click.group()
def export() -> None:
    """Write files for others into a folder: repeated, they come out the same.

    \b
    Example:
      doorstep export documents out/invoices --kind invoice
    """


@export.command()
@_FOLDER
@_PROVIDER
@click.option(
    "--kind",
    type=click.Choice(["invoice", "credit_note", "wage_report"]),
    help="Only documents of this kind.",
)
def documents(folder: Path, provider: str | None, kind: str | None) -> None:
    """Write the files of issued documents: PDF, CSV, spreadsheet, JSON and e-invoice, as they were frozen.

    \b
    Example:
      doorstep export documents out/invoices --kind invoice
    """
    written = asyncio.run(_documents(folder, provider, kind))
    click.echo(f"{counted(written, 'file')} written to {folder}.")


@export.command()
@_FOLDER
@_PROVIDER
@click.option("--number", help="Only the invoice or credit note of this number.")
def peppol(folder: Path, provider: str | None, number: str | None) -> None:
    """Write invoices and credit notes as Peppol BIS Billing 3.0 e-invoices (UBL).

    Says of each that cannot be one what is missing; then the exit status is 1. Self-billed documents have no place in
    BIS Billing and are passed over, unless asked for by number.

    \b
    Example:
      doorstep export peppol out/peppol --provider brightwater
    """
    found = asyncio.run(_peppol(folder, provider, number))
    wanting = [made for made in found if made.faults and (number or not made.self_billed)]
    for made in wanting:
        for fault in made.faults:
            click.echo(f"{made.number}: {fault}", err=True)
    click.echo(f"{sum(made.file is not None for made in found)} e-invoices written to {folder}.")
    passed = sum(made.self_billed for made in found) if not number else 0
    if passed:
        click.echo(f"Self-billed and not for Peppol: {passed}.", err=True)
    if wanting:
        raise SystemExit(1)


@export.command()
@_FOLDER
@click.option("--template", required=True, help="The name of a template: doorstep delivery-template list.")
@click.option("--provider", required=True, help="The provider (its reference).")
@click.option("--contract", help="Only documents of this contract.")
@click.option("--number", help="Only the invoice or credit note of this number.")
def delivery(folder: Path, template: str, provider: str, contract: str | None, number: str | None) -> None:
    """Write service delivery files, by which council payment systems take visits: one for each document.

    A file gets the provider's next reference when it is first written, and is the same ever after.

    \b
    Example:
      doorstep export delivery out/wyeshire --provider brightwater --template access-csv --contract brightwater-council
    """
    written = asyncio.run(_delivery(folder, provider, template, number, contract))
    click.echo(f"{written} files written to {folder}.")


async def _documents(folder: Path, provider: str | None, kind: str | None) -> int:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.export_documents import export_documents

    written = 0
    async with database():
        for provider_id, _ in await providers(provider):
            async for file in export_documents(provider_id, kind):
                _write(folder, file)
                written += 1
    return written


async def _peppol(folder: Path, provider: str | None, number: str | None) -> "list[PeppolMade]":
    from backend.commands.providers import providers
    from backend.faults import DomainError
    from backend.running import database
    from backend.use_cases.make_peppol_files import make_peppol_files

    found = []
    async with database():
        for provider_id, _ in await providers(provider):
            async for made in make_peppol_files(provider_id, number):
                found.append(made)
                if made.file:
                    _write(folder, made.file)
    if number is not None and not found:
        raise DomainError("not_found", f"There is no invoice or credit note with the number {number}.")
    return found


async def _delivery(
    folder: Path, provider: str, template: str, number: str | None, contract: str | None
) -> int:
    from backend.commands.providers import providers
    from backend.faults import DomainError
    from backend.running import database
    from backend.use_cases.make_delivery_files import make_delivery_files

    written = 0
    async with database():
        [(provider_id, _)] = await providers(provider)
        async for file in make_delivery_files(provider_id, template, number, contract):
            _write(folder, file)
            written += 1
    if not written:
        raise DomainError("not_found", "There is no such invoice or credit note.")
    return written


def _write(folder: Path, file: "File") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(file.content)


commands: Final = [export]
