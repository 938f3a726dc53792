"""`doorstep audit`: the audit tests over a provider's period."""

import asyncio
import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from backend.commands.listing import json_option

if TYPE_CHECKING:
    from backend.use_cases.read_audit import ShownFlag

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.group(invoke_without_command=True)
@click.option("--provider", help="Whose period (its reference).")
@click.option("--from", "first", type=_DAY, help="First London date.")
@click.option("--until", "last", type=_DAY, help="Last London date.")
@click.option("--test", help="Show only the flags of this test, such as audit-overlap.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, with the visits and events that show each flag."
)
@click.pass_context
def audit(
    context: click.Context,
    provider: str | None,
    first: datetime | None,
    last: datetime | None,
    test: str | None,
    as_json: bool,
) -> None:
    """Run every audit test over a provider's visits of some days, keep what they flag, and list it.

    A flag is for a person to look at; it takes nothing from anybody's pay.

    \b
    Example:
      doorstep audit --provider brightwater --from 2026-11-02 --until 2026-11-15 --json
    """
    if context.invoked_subcommand is not None:
        return
    if provider is None or first is None or last is None:
        raise click.UsageError("give --provider, --from and --until")
    found = asyncio.run(_audit(provider, first.date(), last.date(), test))
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found["tests"]:
        click.echo(f"{each['flags']:>6}  {each['test']:<28}{each['title']}")
    for flag in found["flags"] if test else []:
        what = f"{_number(flag['measured'])} {flag['unit']} (limit {_number(flag['limit'])})"
        visits = ", ".join(each or "another's visit" for each in flag["visits"][:5])
        click.echo(f"{flag['at'] or '':<34}{flag['carer'] or '-':<20}{what}: {visits}")
    click.echo(f"{len(found['flags'])} flags about {found['visits']} attendances.", err=True)


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.1f}".removesuffix(".0")


async def _audit(provider: str, first: date, last: date, test: str | None) -> dict[str, Any]:
    from backend.commands.providers import providers
    from backend.domain.audit_tests.registry import BY_ID, TESTS
    from backend.running import database
    from backend.statute.catalogue import rule
    from backend.use_cases.read_audit import all_flags, own_run
    from backend.use_cases.run_audit import Asked, run_audit

    if test is not None and test not in BY_ID:
        raise click.UsageError(f"there is no test {test}; there are {', '.join(BY_ID)}")
    async with database():
        [(provider_id, reference)] = await providers(provider)
        run_id = await run_audit(provider_id, first, last, Asked())
        run = await own_run(provider_id, run_id)
        flags = await all_flags(provider_id, run_id)
    wanted = [each for each in TESTS if test in (None, each.id)]
    return {
        "run": str(run_id),
        "provider": reference,
        "from": first.isoformat(),
        "until": last.isoformat(),
        "as_of": run["as_of"].isoformat(),
        "limits": run["limits_id"],
        "visits": run["visits"],
        "tests": [
            {"test": each.id, "title": rule(each.id).title, "says": rule(each.id).says, "unit": each.unit,
             "flags": sum(flag.test == each.id for flag in flags)}
            for each in wanted
        ],
        "flags": [_told(flag, BY_ID[flag.test].unit) for flag in flags if test in (None, flag.test)],
    }  # fmt: skip


def _told(flag: "ShownFlag", unit: str) -> dict[str, Any]:
    return {
        "test": flag.test, "key": flag.key, "carer": flag.carer, "employment": flag.employment, "visit": flag.visit,
        "visits": [reference for _, reference in flag.visits], "visit_ids": [str(one) for one, _ in flag.visits],
        "events": [str(one) for one in flag.events], "others": flag.others,
        "at": None if flag.at is None else flag.at.isoformat(), "measured": flag.measured, "limit": flag.limit,
        "unit": unit, "state": flag.state,
    }  # fmt: skip


@audit.command()
@click.option("--provider", required=True, help="Whose attendances (its reference).")
@click.option("--from", "first", required=True, type=_DAY, help="First London date.")
@click.option("--until", "last", required=True, type=_DAY, help="Last London date.")
@click.option("--seed", required=True, help="Any words: with the same ones anybody draws the same sample.")
@click.option("--confidence", default="95", show_default=True, help="Per cent.")
@click.option(
    "--tolerable", default="5", show_default=True, help="Per cent of deviations that would be too many."
)
@click.option("--expected", default="1", show_default=True, help="Per cent of deviations expected.")
@click.option("--by", type=click.Choice(["random", "risk"]), default="random", show_default=True)
@json_option
def sample(
    provider: str,
    first: datetime,
    last: datetime,
    seed: str,
    confidence: str,
    tolerable: str,
    expected: str,
    by: Literal["random", "risk"],
    as_json: bool,
) -> None:
    """Draw a sample of recorded attendances, so large that it can show what it is to show, and keep it.

    By risk, the more the audit tests flagged the likelier; only a random sample says anything of all.

    \b
    Example:
      doorstep audit sample --provider brightwater --from 2026-11-02 --until 2026-11-15 --seed "autumn 2026"
    """
    percents = [_percent(text) for text in (confidence, tolerable, expected)]
    found = asyncio.run(_sample(provider, (first.date(), last.date()), seed, percents, by))
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found["attendances"]:
        click.echo(f"{each['position']:>4}  {each['visit'] or each['visit_id']:<36}  {each['carer'] or '-'}")
    click.echo(
        f"{found['size']} of {found['population']} drawn. With {found['allowed']} deviations or fewer, fewer than "
        f"{tolerable} % of all deviate (confidence {confidence} %)."
        if by == "random"
        else f"{found['size']} of {found['population']} drawn by risk: it finds, and estimates nothing.",
        err=True,
    )


def _percent(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise click.UsageError(f"{text} is no number")
    return found


async def _sample(
    provider: str, days: tuple[date, date], seed: str, percents: list[Decimal], by: Literal["random", "risk"]
) -> dict[str, Any]:
    from backend import db
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.draw_sample import Wanted, draw_sample
    from backend.use_cases.read_samples import shown_sample
    from backend.use_cases.run_audit import Asked

    confidence, tolerable, expected = percents
    wanted = Wanted(*days, seed, confidence, tolerable, expected, by)
    async with database():
        [(provider_id, reference)] = await providers(provider)
        sample_id = await draw_sample(provider_id, wanted, Asked())
        async with db.as_provider(provider_id) as connection:
            shown = await shown_sample(connection, [provider_id], sample_id, masked=False)
    return {
        "sample": str(sample_id), "provider": reference, "algorithm": shown.row["algorithm"], "seed": seed, "by": by,
        "population": shown.row["population"], "size": shown.row["size"], "allowed": shown.row["allowed"],
        "attendances": [
            {"position": one.position, "visit": one.attendance.visit, "visit_id": str(one.attendance.visit_id),
             "carer": one.attendance.carer, "carer_id": str(one.attendance.carer_id), "weight": one.weight}
            for one in shown.items
        ],
    }  # fmt: skip


commands: Final = [audit]
