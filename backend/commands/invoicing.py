"""`doorstep invoice`: drafts, issuing a finished period before the schedule does, and payments."""

import asyncio
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from backend.domain.counted import counted

if TYPE_CHECKING:
    from decimal import Decimal

    from backend.jobs.runner import Ran
    from backend.use_cases.draft_invoice import Draft

_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group()
def invoice() -> None:
    """Drafts of invoices, issuing them on demand, and payments.

    \b
    Example:
      doorstep invoice draft --provider brightwater --contract HC-01
    """


@invoice.command("draft")
@click.option("--provider", required=True, help="The provider's reference.")
@click.option("--contract", required=True, help="The contract's reference.")
@click.option("--period", "day", type=_DAY, help="A day of the billing period; today if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole documents as JSON.")
def draft(provider: str, contract: str, day: datetime | None, as_json: bool) -> None:
    """Show what a billing period comes to so far. Nothing is kept, and no number is taken.

    \b
    Example:
      doorstep invoice draft --provider brightwater --contract HC-01 --period 2026-11-02
    """
    drawn = asyncio.run(_drafted(provider, contract, day and day.date()))
    click.echo(json.dumps(_plain(drawn), indent=2) if as_json else _told(drawn))


@invoice.command("issue")
@click.option("--provider", required=True, help="The provider's reference.")
@click.option("--contract", required=True, help="The contract's reference.")
@click.option("--period", "day", type=_DAY, required=True, help="A day of the billing period.")
def issue(provider: str, contract: str, day: datetime) -> None:
    """Issue the documents of a finished billing period now, once, by the same run as the schedule.

    \b
    Example:
      doorstep invoice issue --provider brightwater --contract HC-01 --period 2026-11-02
    """
    ran = asyncio.run(_issued(provider, contract, day.date()))
    click.echo(ran.detail, err=ran.failed)
    if ran.failed:
        raise SystemExit(1)


@invoice.command("paid")
@click.option("--provider", required=True, help="The provider's reference.")
@click.option("--number", required=True, help="The number of the invoice or credit note.")
@click.option("--on", "day", type=_DAY, required=True, help="The day of the payment.")
@click.option(
    "--amount", required=True, help="Pounds; below zero for what was paid out, or takes an entry back."
)
@click.option(
    "--reference", required=True, help="The payment's reference at the bank or on the payer's advice."
)
def paid(provider: str, number: str, day: datetime, amount: str, reference: str) -> None:
    """Record what was paid for an invoice, or paid out for a credit note.

    \b
    Example:
      doorstep invoice paid --provider brightwater --number BRIGHTWATER-000001 --on 2026-11-20 --amount 1250.40
        --reference "BACS 4711"
    """
    from schemas.scalars import parse_decimal

    try:
        pounds = parse_decimal(amount)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--amount") from error
    asyncio.run(_paid(provider, number, day.date(), pounds, reference))
    click.echo(f"Recorded for {number}: {amount} on {day.date()}, {reference}.")


async def _paid(provider: str, number: str, day: date, amount: "Decimal", reference: str) -> None:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.record_payment import record_payment

    async with database():
        [(provider_id, _)] = await providers(provider)
        await record_payment(provider_id, number, day, amount, reference)


async def _drafted(provider: str, contract: str, day: date | None) -> "Draft":
    from backend import clock
    from backend.commands.providers import providers
    from backend.domain.time import london_date
    from backend.jobs.on_demand import draft_period
    from backend.running import database

    now = clock.now()
    async with database():
        [(provider_id, _)] = await providers(provider)
        return await draft_period(provider_id, contract, day or london_date(now), now)


async def _issued(provider: str, contract: str, day: date) -> "Ran":
    from backend import clock
    from backend.commands.providers import providers
    from backend.jobs.on_demand import issue_period
    from backend.running import database

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await issue_period(provider_id, contract, day, clock.now())


def _plain(drawn: "Draft") -> dict[str, Any]:
    import msgspec

    period = drawn.contract.period
    return {
        "contract": drawn.contract.reference,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "as_of": drawn.as_of.isoformat(),
        "closed": drawn.closed,
        "comes_first": msgspec.to_builtins(drawn.comes_first),
        "earlier_lines": drawn.earlier_lines,
        "documents": [msgspec.to_builtins(snapshot) for snapshot in drawn.snapshots],
        "left_out": msgspec.to_builtins(drawn.left_out),
    }


def _told(drawn: "Draft") -> str:
    from backend.documents.words import document_kind, pounds

    period = drawn.contract.period
    bills = [
        f"    {document_kind(one.kind, one.self_billed)} to {one.payer.name}: {counted(len(one.lines), 'line')}, "
        f"{pounds(one.to_pay)}"
        for one in drawn.snapshots
    ]
    head = f"Draft  {drawn.contract.reference}  {period.start} to {period.end}"
    told = [
        *(bills or ["    nothing to bill"]),
        f"    left out: {_left_out(drawn)}",
        *_of_other_periods(drawn),
    ]
    return "\n".join([head, *told])


def _of_other_periods(drawn: "Draft") -> list[str]:
    if drawn.closed and drawn.following:
        return [
            f"    This period is closed without a document. What is recorded of it later is billed with "
            f"{drawn.following.start} to {drawn.following.end}."
        ]
    if drawn.comes_first is None or not drawn.earlier_lines:
        return []
    first = drawn.comes_first
    return [
        f"    {counted(drawn.earlier_lines, 'line')} of earlier days not in it: the documents of "
        f"{first.start} to {first.end} come first."
    ]


def _left_out(drawn: "Draft") -> str:
    counts: dict[str, int] = {}
    for item in drawn.left_out:
        counts[item.reason] = counts.get(item.reason, 0) + 1
    return ", ".join(f"{number} {reason}" for reason, number in sorted(counts.items())) or "none"


commands: Final = [invoice]
"""The commands of this file, for the list of all."""
