"""`doorstep statement`: what a person supported was given, and what it costs."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.commands.instants import INSTANT
from backend.commands.listing import json_option, provider_option

if TYPE_CHECKING:
    from schemas.statements import PersonStatement

Days = tuple[date, date]


class _Period(click.ParamType[Days]):
    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Days:
        from backend.use_cases.loading import parse_days
        from schemas.month import last_day_of_month_from
        from schemas.scalars import parse_date

        try:
            if ".." in value:
                days = parse_days(value)
                return days.first, days.last
            first = parse_date(f"{value}-01")
        except ValueError:
            self.fail(
                f"{value} is no month such as 2026-11, nor days such as 2026-11-02..2026-11-29", param, ctx
            )
        return first, last_day_of_month_from(first)


@click.command()
@provider_option
@click.option("--person", required=True, help="The reference of the person supported.")
@click.option("--period", required=True, type=_Period(), help="A month, or FIRST..LAST in London dates.")
@click.option(
    "--as-of", type=INSTANT, help="What was recorded up to this instant. Default: up to a minute ago."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write the PDF and its JSON in here."
)
@json_option
def statement(
    provider: str, person: str, period: Days, as_of: datetime | None, out: Path | None, as_json: bool
) -> None:
    """Say in plain words what was planned for a person, what happened, and what it costs them.

    Nothing is kept. With the same --as-of it comes out the same, byte for byte; the PDF is in large print.

    \b
    Example:
      doorstep statement --provider brightwater --person S1 --period 2026-11 --out out
    """
    from backend.documents.statement import file_name, statement_json, statement_pdf, statement_text

    made = asyncio.run(_statement(provider, person, period, as_of))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{file_name(made)}.pdf").write_bytes(statement_pdf(made))
        (out / f"{file_name(made)}.json").write_bytes(statement_json(made))
    click.echo(statement_json(made).decode() if as_json else statement_text(made))


async def _statement(provider: str, person: str, period: Days, as_of: datetime | None) -> "PersonStatement":
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.person_statement import person_statement
    from backend.use_cases.read_people import person_by_reference

    async with database():
        [(provider_id, _)] = await providers(provider)
        person_id = await person_by_reference(provider_id, person)
        return await person_statement(provider_id, person_id, *period, as_of=as_of)


commands: Final = [statement]
