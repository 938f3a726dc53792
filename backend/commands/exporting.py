"""`doorstep export`: what others take, written into a folder."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.commands.instants import INSTANT
from backend.domain.counted import counted

if TYPE_CHECKING:
    from backend.use_cases.export_hours import HoursFile
    from backend.use_cases.frozen_documents import File
    from backend.use_cases.make_peppol_files import PeppolMade

_FOLDER: Final = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_DAY: Final = click.DateTime(["%Y-%m-%d"])
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
    written = sum(made.file is not None for made in found)
    click.echo(f"{counted(written, 'e-invoice')} written to {folder}.")
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
    click.echo(f"{counted(written, 'file')} written to {folder}.")


@export.command()
@_FOLDER
@click.option("--provider", required=True, help="The provider (its reference).")
@click.option("--from", "first", required=True, type=_DAY, help="Pay periods that end on this day or later,")
@click.option("--until", "last", required=True, type=_DAY, help="and on this day or before.")
@click.option("--as-of", type=INSTANT, help="What was recorded up to this instant. Default: up to now.")
def hours(folder: Path, provider: str, first: datetime, last: datetime, as_of: datetime | None) -> None:
    """Write hours and miles for payroll: what the terms pay each employment, a file for each pay period that is over.

    Names each employment whose pay the terms do not tell; then the exit status is 1.

    \b
    Example:
      doorstep export hours out/payroll --provider brightwater --from 2026-11-01 --until 2026-11-30
    """
    found = asyncio.run(_hours(folder, provider, first.date(), last.date(), as_of))
    for one in found:
        for employment, reason in one.unpayable:
            click.echo(f"{one.file.name}: {employment}: {reason}", err=True)
    click.echo(f"{counted(len(found), 'file')} written to {folder}.")
    if any(one.unpayable for one in found):
        raise SystemExit(1)


@export.command()
@_FOLDER
@_PROVIDER
@click.option("--from", "first", required=True, type=_DAY, help="The first London date.")
@click.option("--until", "last", required=True, type=_DAY, help="The last London date.")
@click.option("--as-of", type=INSTANT, help="What was recorded up to this instant. Default: up to now.")
def gaps(folder: Path, provider: str | None, first: datetime, last: datetime, as_of: datetime | None) -> None:
    """Write the gap ledger: for each two consecutive stops what was planned and observed, and what each second was.

    
    Example:
      doorstep export gaps out --provider brightwater --from 2026-11-02 --until 2026-11-29
    """
    written, count = asyncio.run(_gaps(folder, provider, first.date(), last.date(), as_of))
    click.echo(f"{counted(count, 'gap')} in {counted(written, 'file')} written to {folder}.")


@export.command("manual-share")
@_FOLDER
@_PROVIDER
@click.option("--from", "first", required=True, type=_DAY, help="The first London date.")
@click.option("--until", "last", required=True, type=_DAY, help="The last London date.")
def manual_share(folder: Path, provider: str | None, first: datetime, last: datetime) -> None:
    """Write how many visits stand as phones recorded them and how many were corrected, by carer, manager and reason.

    \b
    Example:
      doorstep export manual-share out --provider brightwater --from 2026-11-02 --until 2026-11-29
    """
    written = asyncio.run(_manual_share(folder, provider, first.date(), last.date()))
    click.echo(f"{counted(written, 'file')} written to {folder}.")


@export.command()
@_FOLDER
@_PROVIDER
@click.option("--from", "first", required=True, type=_DAY, help="The first London date.")
@click.option("--until", "last", required=True, type=_DAY, help="The last London date.")
def delivered(folder: Path, provider: str | None, first: datetime, last: datetime) -> None:
    """Write the care commissioned for each person beside the care delivered, a row for each week.

    \b
    Example:
      doorstep export delivered out --provider brightwater --from 2026-11-02 --until 2026-11-29
    """
    written = asyncio.run(_delivered(folder, provider, first.date(), last.date()))
    click.echo(f"{counted(written, 'file')} written to {folder}.")


async def _delivered(folder: Path, provider: str | None, first: date, last: date) -> int:
    from backend.commands.providers import providers
    from backend.documents.delivered import delivered_file
    from backend.running import database
    from backend.use_cases.read_delivered import delivered_care

    written = 0
    async with database():
        for provider_id, reference in await providers(provider):
            content = delivered_file([await delivered_care(provider_id, first, last)])
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"delivered_{reference}_{first}_{last}.csv").write_bytes(content)
            written += 1
    return written


async def _gaps(
    folder: Path, provider: str | None, first: date, last: date, as_of: datetime | None
) -> tuple[int, int]:
    from backend import clock
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.export_gaps import export_gaps

    written = count = 0
    async with database():
        for provider_id, reference in await providers(provider):
            file, rows = await export_gaps(provider_id, reference, first, last, as_of or clock.now())
            _write(folder, file)
            written, count = written + 1, count + rows
    return written, count


async def _manual_share(folder: Path, provider: str | None, first: date, last: date) -> int:
    from backend.commands.providers import providers
    from backend.documents.manual_share import manual_share_file
    from backend.running import database
    from backend.use_cases.read_manual_share import read_manual_share

    written = 0
    async with database():
        for provider_id, _ in await providers(provider):
            name, content = manual_share_file(await read_manual_share(provider_id, first, last))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            written += 1
    return written


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


async def _hours(
    folder: Path, provider: str, first: date, last: date, as_of: datetime | None
) -> "list[HoursFile]":
    from backend import clock
    from backend.commands.providers import providers
    from backend.faults import DomainError
    from backend.running import database
    from backend.use_cases.export_hours import export_hours

    found = []
    async with database():
        [(provider_id, reference)] = await providers(provider)
        async for one in export_hours(provider_id, reference, first, last, as_of or clock.now()):
            _write(folder, one.file)
            found.append(one)
    if not found:
        raise DomainError("not_found", "Nobody worked in a pay period that ended in those days.")
    return found


def _write(folder: Path, file: "File") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(file.content)


commands: Final = [export]
