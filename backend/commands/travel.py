"""`doorstep travel`: ask the routing engine about journeys, and fit the straight line's paces to a provider's gaps."""

import asyncio
import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
import yaml

from backend.commands.listing import json_option
from backend.domain.counted import counted

if TYPE_CHECKING:
    from backend.travel.calibration import Errors, Fitted

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def travel() -> None:
    """Journeys between visits: how long they are judged to take, and how far that may be off.

    \b
    Example:
      doorstep travel calibrate --provider brightwater --from 2026-10-01 --until 2026-10-31
    """


@travel.command()
@click.option("--provider", required=True, help="Whose journeys (its reference).")
@click.option("--from", "first", required=True, type=_DAY, help="First London date.")
@click.option("--until", "last", required=True, type=_DAY, help="Last London date.")
@json_option
def estimate(provider: str, first: datetime, last: datetime, as_json: bool) -> None:
    """Ask the engine of the settings about every journey of these days that it has not answered, and keep its answers.

    \b
    Example:
      doorstep travel estimate --provider brightwater --from 2026-10-01 --until 2026-10-31
    """
    found = asyncio.run(_estimated(provider, first.date(), last.date()))
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(
            "{journeys} journeys, {asked} asked about now, {refused} without an answer.".format(**found)
        )


@travel.command()
@click.option("--provider", required=True, help="Whose gaps (its reference).")
@click.option("--from", "first", required=True, type=_DAY, help="First London date.")
@click.option("--until", "last", required=True, type=_DAY, help="Last London date.")
@click.option(
    "--longest", default=30, show_default=True, type=click.IntRange(5, 120), help="Minutes of a gap."
)
@click.option(
    "--quantile",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0.05, 0.95),
    help="Share to lie below the fit.",
)
@json_option
def calibrate(
    provider: str, first: datetime, last: datetime, longest: int, quantile: float, as_json: bool
) -> None:
    """Fit the straight line's paces to gaps that were journeys and nothing else, and tell how far estimates lie off.

    Changes nothing: `doorstep travel adopt` makes what is printed the provider's own policy.

    \b
    Example:
      doorstep travel calibrate --provider brightwater --from 2026-10-01 --until 2026-10-31 > paces.yaml
    """
    from backend.travel.calibration import FEWEST, as_policy

    if last < first:
        raise click.BadParameter("the last day lies before the first", param_hint="--until")
    fits = asyncio.run(_calibrated(provider, first.date(), last.date(), longest, quantile))
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(asdict(fit)) for fit in fits]))
    elif not fits:
        raise click.ClickException(f"fewer than {FEWEST} gaps were journeys and nothing else: give more days")
    else:
        click.echo("\n".join(f"# {_in_words(fit)}" for fit in fits))
        click.echo(as_policy(fits))


@travel.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--provider", required=True, help="Whose policy (its reference).")
@click.option("--from", "starts_on", required=True, type=_DAY, help="First London date that it holds for.")
def adopt(file: Path, provider: str, starts_on: datetime) -> None:
    """Make the paces in FILE, as `calibrate` prints them, a provider's own policy from a day on.

    \b
    Example:
      doorstep travel adopt paces.yaml --provider brightwater --from 2026-12-01
    """
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise click.ClickException(f"{file} is not valid YAML: {error}") from None
    number = asyncio.run(_adopted(provider, starts_on.date(), given))
    click.echo(f"In force at {provider} from {starts_on:%Y-%m-%d}: {counted(number, 'pace')}.")


def _in_words(fit: "Fitted") -> str:
    where = fit.pace.setting or "all"
    return (
        f"{fit.pace.mode}, {where}: fitted to {fit.gaps} gaps. On {fit.apart} others, minutes beyond the estimate (a "
        f"tenth below / half below / a tenth above): {_three(fit.before)} before, {_three(fit.after)} after"
    )


def _three(errors: "Errors") -> str:
    return f"{errors.p10:+} / {errors.p50:+} / {errors.p90:+}"


async def _estimated(provider: str, first: date, last: date) -> dict[str, int]:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.estimate_journeys import estimate_journeys

    async with database():
        [(provider_id, _)] = await providers(provider)
        return asdict(await estimate_journeys(provider_id, first, last))


async def _calibrated(
    provider: str, first: date, last: date, longest: int, quantile: float
) -> "list[Fitted]":
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.calibrate_travel import calibrate_travel

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await calibrate_travel(provider_id, first, last, longest, quantile)


async def _adopted(provider: str, starts_on: date, given: Any) -> int:
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.adopt_paces import adopt_paces

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await adopt_paces(provider_id, starts_on, given)


commands: Final = [travel]
