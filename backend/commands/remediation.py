"""`doorstep remediation`: what a provider must still put right."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.commands.listing import json_option, provider_option
from backend.domain.counted import counted

if TYPE_CHECKING:
    from schemas.remediation import OwedPeriod, Remediation


_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command()
@provider_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Arrears to this day; today unless given.")
@json_option
@click.option("--csv", "csv_path", type=_FILE, help="Write a CSV file.")
@click.option("--xlsx", "xlsx_path", type=_FILE, help="Write a workbook.")
@click.option("--pdf", "pdf_path", type=_FILE, help="Write a PDF.")
def remediation(provider: str, as_of: datetime | None, as_json: bool, **paths: Path | None) -> None:
    """List every worker and pay reference period that wage reports found short: what is due, and what was paid since.

    Arrears that were paid are payslip lines of the kind award with the days they are for.

    \b
    Example:
      doorstep remediation --provider brightwater --csv arrears.csv
    """
    import msgspec

    from backend.documents.remediation import FORMATS

    schedule = asyncio.run(_schedule(provider, as_of))
    for kind, (_, drawn) in FORMATS.items():
        if (path := paths[f"{kind}_path"]) is not None:
            path.write_bytes(drawn([schedule]))
            click.echo(f"{counted(len(schedule.periods), 'row')} written to {path}.", err=True)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(schedule), indent=2))
    elif not any(paths.values()):
        _print(schedule)


async def _schedule(provider: str, as_of: datetime | None) -> "Remediation":
    from backend import clock, db
    from backend.commands.providers import providers
    from backend.domain.time import london_date
    from backend.running import database
    from backend.use_cases.remediation import named, remediation

    async with database():
        [(provider_id, _)] = await providers(provider)
        now = clock.now()
        day = london_date(now) if as_of is None else as_of.date()
        async with db.as_provider(provider_id) as connection:
            return await remediation(connection, provider_id, day, now, named)


def _print(schedule: "Remediation") -> None:
    from backend.documents.remediation_page import left_out, outstanding

    for row in schedule.periods:
        click.echo(_told(row))
    for spare in schedule.unplaced:
        click.echo(
            f"{spare.worker}  {spare.reference} of {spare.paid_on}: {_pounds(spare.amount)} {spare.reason}"
        )
    totals = schedule.totals
    click.echo(
        f"Outstanding to {schedule.as_of}: {outstanding(totals)}. "
        f"{_pounds(totals.paid_since)} paid since. Not tested for want of pay: {totals.not_tested}."
    )
    if later := left_out(schedule):
        click.echo(later)
    if totals.penalty_exposure:
        click.echo(
            f"For information: a notice of underpayment could ask {_pounds(totals.penalty_exposure)} besides."
        )


def _told(row: "OwedPeriod") -> str:
    if row.settled_on is not None:
        state = f"settled on {row.settled_on}"
    elif row.outstanding is None:
        state = "due not known: no rate is known for the day"
    else:
        state = f"{_pounds(row.outstanding)} outstanding"
    late = "".join(f"; {line.reference} was paid too late to count here" for line in row.paid_late)
    return (
        f"{row.worker}  {row.period.start} to {row.period.end}  {row.edition}  short {_pounds(row.underpayment)}  "
        f"due {_pounds(row.due)}  paid {_pounds(row.paid_since)}  {state}{late}"
    )


def _pounds(amount: Any) -> str:
    from backend.domain.money import printed

    return "not known" if amount is None else printed(amount)


commands: Final = [remediation]
