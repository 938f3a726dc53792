"""`doorstep load`: an organisation's files."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from backend.commands.listing import json_option
from backend.domain.counted import counted
from schemas.loading import LoadKind

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from backend.use_cases.loading import Days
    from schemas.loading import LoadedCounts


@click.command()
@click.argument("kind", type=click.Choice(get_args(LoadKind)))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
@click.option("--complete", metavar="FROM..UNTIL", help="The files are the whole rota of these London days.")
@click.option("--template", help="Pay alone: the files are payroll exports that read by this template.")
@click.option("--provider", help="With --template: whose payroll it is.")
@click.option(
    "--paid-on", metavar="DATE", help="With --template: the payment date, where no column holds it."
)
@click.option("--run", "run_name", help="With --template: tells a second pay run of one day apart.")
@json_option
def load(
    kind: LoadKind,
    files: tuple[Path, ...],
    dry_run: bool,
    complete: str | None,
    as_json: bool,
    **payroll: str | None,
) -> None:
    """Load files of one KIND: CSV, XLSX or JSON. All of them, or nothing if anything in them is wrong.

    A line on standard error names each fault: file, row, column and reason. Loading the same content again
    changes nothing; other content makes a new version.

    \b
    Example:
      doorstep load rota november.csv --complete 2026-11-02..2026-11-29
      doorstep load pay run8.csv --template sage-50 --provider hearth --paid-on 2026-11-30
    """
    from backend.use_cases.loading import LoadRefused

    loading = _loading(kind, files, dry_run, complete, payroll)
    try:
        loaded = asyncio.run(loading)
    except LoadRefused as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        click.echo(error.detail, err=True)
        raise SystemExit(1) from None
    _print(loaded, as_json)


def _loading(
    kind: LoadKind,
    files: tuple[Path, ...],
    dry_run: bool,
    complete: str | None,
    payroll: "Mapping[str, str | None]",
) -> "Coroutine[Any, Any, LoadedCounts]":
    """What to do, once the options fit together."""
    template, provider = payroll["template"], payroll["provider"]
    if template is None:
        for name in ("provider", "paid_on", "run_name"):
            if payroll[name] is not None:
                raise click.UsageError(
                    f"--{name.removesuffix('_name').replace('_', '-')} goes with --template"
                )
        return _load(kind, files, dry_run, _days(complete))
    if kind != "pay" or complete is not None:
        raise click.UsageError("--template goes with pay, and without --complete")
    if provider is None:
        raise click.UsageError("--template needs --provider: whose payroll is it?")
    return _load_payroll(files, dry_run, template, provider, payroll["paid_on"], payroll["run_name"])


async def _load_payroll(
    files: tuple[Path, ...], dry_run: bool, template: str, provider: str, paid_on: str | None, run: str | None
) -> "LoadedCounts":
    from backend.running import database
    from backend.use_cases.loading import Given, SourceFile, load_payroll
    from schemas.scalars import parse_date

    try:
        given = Given(None if paid_on is None else parse_date(paid_on), run)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--paid-on") from None
    async with database():
        sources = [SourceFile.at(path) for path in files]
        return await load_payroll(sources, provider=provider, template=template, given=given, dry_run=dry_run)


def _days(text: str | None) -> "Days | None":
    from backend.use_cases.loading import parse_days

    try:
        return None if text is None else parse_days(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--complete") from None


async def _load(
    kind: LoadKind, files: tuple[Path, ...], dry_run: bool, complete: "Days | None"
) -> "LoadedCounts":
    from backend.running import database
    from backend.use_cases.loading import SourceFile, load, load_postcodes

    async with database():
        if kind == "postcodes":
            return await load_postcodes([(path.name, path) for path in files], dry_run=dry_run)
        sources = [SourceFile.at(path) for path in files]
        return await load(kind, sources, complete=complete, dry_run=dry_run)


def _print(loaded: "LoadedCounts", as_json: bool) -> None:
    import msgspec

    if as_json:
        click.echo(msgspec.json.encode(loaded))
        return
    for note in loaded.notes:
        click.echo(f"Note: {note}")
    counts: dict[str, Any] = {name: getattr(loaded, name) for name in ("new", "changed", "unchanged")}
    if loaded.cancelled:
        counts["cancelled"] = loaded.cancelled
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    dry = " Dry run: nothing was kept." if loaded.dry_run else ""
    click.echo(f"{loaded.kind}: {counted(loaded.rows, 'row')}: {said}.{dry}")


commands: Final = [load]
