"""`doorstep wage-report`: a pay reference period worked out now, also under another policy. Nothing is stored."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.commands.listing import json_option, provider_option

if TYPE_CHECKING:
    from schemas.what_if import Side, WhatIf, WhatIfReport, ZoneCosts

_FIGURES: Final = (
    ("contact", "Contact, minutes"),
    ("travel", "Travel, minutes"),
    ("waiting", "Waiting, minutes"),
    ("other", "Other work, minutes"),
    ("unresolved", "Unexplained, minutes"),
    ("required", "The law requires"),
    ("paid", "Payroll paid, counted"),
    ("shortfall", "Short"),
    ("expected", "The terms pay"),
    ("expected_shortfall", "Short if the terms are paid"),
)


@click.command("wage-report")
@provider_option
@click.option(
    "--period", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day of the period."
)
@click.option("--cycle", help="The pay cycle, such as weekly:mon; needed where there are several.")
@click.option(
    "--what-if",
    "policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file that says what to change.",
)
@json_option
def wage_report(
    provider: str, first: datetime, cycle: str | None, policy: Path | None, as_json: bool
) -> None:
    """Work out a pay reference period from what is recorded now, and beside it under another policy.

    Shows what travel and waiting cost for each hour of care, by price level. Nothing is stored: the reports themselves
    are made by `doorstep worker`. docs/putting-it-right.md says what a policy file may hold.

    \b
    Example:
      doorstep wage-report --provider brightwater --period 2026-11-02 --what-if policy.yaml
    """
    import msgspec

    from schemas.what_if import WhatIf

    change = WhatIf() if policy is None else _change(policy)
    report = asyncio.run(_report(provider, first.date(), cycle, change))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    else:
        _print(report)


def _change(policy: Path) -> "WhatIf":
    """What a policy file changes. Raises BadParameter that names the file and each of its faults."""
    from backend.use_cases.what_if import parse_what_if
    from schemas.strict import Faulty
    from schemas.what_if import WhatIf

    try:
        change = parse_what_if(policy.read_bytes())
    except Faulty as error:
        named = (f"{fault.pointer.lstrip('/')} {fault.detail}".strip() for fault in error.faults)
        faults = "".join(f"\n  {fault}" for fault in named)
        raise click.BadParameter(
            f"{policy}:{faults}\ndocs/putting-it-right.md says what such a file may hold.",
            param_hint="--what-if",
        ) from None
    if change == WhatIf():
        raise click.BadParameter(
            f"{policy} changes nothing: both sides would be the same", param_hint="--what-if"
        )
    return change


async def _report(provider: str, first: date, cycle: str | None, change: "WhatIf") -> "WhatIfReport":
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.what_if import provider_what_if

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await provider_what_if(provider_id, first, cycle, change)


def _print(report: "WhatIfReport") -> None:
    click.echo(
        f"{report.provider.name}, {report.pay_cycle}, {report.period.start} to {report.period.end}."
        f"{' WHAT IF: beside the real figures stand those under another policy.' if report.what_if else ''} "
        "Nothing is stored."
    )
    for worker in report.workers:
        click.echo(f"\n{worker.worker}")
        _sides(worker.real, worker.what_if if report.what_if else None)
    click.echo("\nTogether")
    _sides(report.real, report.what_if_total if report.what_if else None)
    click.echo(f"  Without pay loaded: {report.not_tested}. Without terms: {report.without_terms}.")
    if report.what_if:
        click.echo(f"  The terms would pay {_pounds(report.extra_pay)} more than they do.")
    _costs("Really", report.costs)
    if report.what_if:
        _costs("What if", report.what_if_costs)


def _sides(real: "Side", other: "Side | None") -> None:
    for name, words in _FIGURES:
        minutes = words.endswith("minutes")
        cells = [_cell(getattr(side, name), minutes) for side in (real, other) if side is not None]
        click.echo(f"  {words:<28}{''.join(f'{cell:>14}' for cell in cells)}")


def _costs(title: str, costs: "ZoneCosts") -> None:
    click.echo(f"\n{title}: travel and waiting for each contact hour, by price level")
    for row in [*costs.by_level, costs.total]:
        click.echo(
            f"  {row.name:<12} {row.contact} contact, {row.travel} travel, {row.waiting} waiting minutes: "
            f"{_pounds(row.at_terms_per_contact_hour)} at the terms' rates, "
            f"{_pounds(row.at_minimum_per_contact_hour)} at the minimum wage"
        )


def _cell(value: Any, minutes: bool) -> str:
    return f"{value:f}" if minutes else _pounds(value)


def _pounds(amount: Any) -> str:
    from backend.domain.money import printed

    return "not known" if amount is None else printed(amount)


commands: Final = [wage_report]
