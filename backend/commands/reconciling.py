"""`doorstep reconcile`: issued invoices against visits, both ways."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from backend.commands.listing import json_option, provider_option
from backend.domain.counted import counted

if TYPE_CHECKING:
    from backend.use_cases.reconcile import Reconciled

_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.command()
@provider_option
@click.option("--from", "start", type=_DAY, help="Only billing periods that begin on this day or later.")
@click.option("--until", "end", type=_DAY, help="Only billing periods that begin on this day or earlier.")
@json_option
def reconcile(provider: str, start: datetime | None, end: datetime | None, as_json: bool) -> None:
    """Hold issued invoices against visits: every line has one visit, every visit its lines or a reason why not.

    Money is in pence in JSON. Exit status 1 if anything does not reconcile.

    \b
    Example:
      doorstep reconcile --provider brightwater
    """
    found = asyncio.run(_reconciled(provider, start, end))
    if as_json:
        click.echo(json.dumps([asdict(period) for period in found], indent=2, default=str))
    else:
        for period in found:
            click.echo(_told(period))
    wrong = sum(len(period.discrepancies) for period in found)
    said = "everything reconciles" if not wrong else f"{counted(wrong, 'difference')}"
    click.echo(f"{counted(len(found), 'billing period')}: {said}.", err=True)
    if wrong:
        raise SystemExit(1)


async def _reconciled(provider: str, start: datetime | None, end: datetime | None) -> list["Reconciled"]:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.reconcile import reconcile as reconciled

    async with database():
        [(provider_id, _)] = await providers(provider)
        days = (start and start.date(), end and end.date())
        return [period async for period in reconciled(provider_id, *days)]


def _told(period: "Reconciled") -> str:
    from backend.documents.block_hours import hours
    from backend.domain.money import pounds, printed

    payers = ", ".join(f"{payer} {printed(pounds(pence))}" for payer, pence in period.by_payer.items())
    left = ", ".join(f"{count} {reason}" for reason, count in period.left_out.items()) or "none"
    charges = f" ({period.charges} of blocks)" if period.charges else ""
    head = (
        f"{period.contract}  {period.start} to {period.end}  {counted(period.visits, 'visit')}, "
        f"{counted(period.lines, 'line')}{charges}, left out: {left}; {payers}"
    )
    blocks = [
        f"    block {block.name}: {hours(block.seconds)} bought for {printed(pounds(block.pence))}, "
        f"{hours(block.used_seconds)} used, {hours(block.unused_seconds)} not used"
        for block in period.blocks
    ]
    return "\n".join([head, *blocks, *(f"    {each.about} {each.detail}" for each in period.discrepancies)])


commands: Final = [reconcile]
"""The commands of this file, for the list of all."""
