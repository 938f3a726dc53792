"""`doorstep rules` and `doorstep statute check`: the law that results rest on."""

import json
from typing import TYPE_CHECKING, Final

import click
import msgspec

from backend import clock
from backend.commands.listing import json_option
from backend.domain.time import london_date
from backend.statute.citation import HOW, how_checked
from backend.statute.entries import Rule
from backend.statute.strict_yaml import StatuteError

if TYPE_CHECKING:
    from backend.statute.soundness import Ending, Soundness


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@json_option
def rules(rule_id: str | None, as_json: bool) -> None:
    """List the rules that results name with their citations, or show one in full.

    \b
    Example:
      doorstep rules nmw-2015-34
    """
    found = _rules()
    chosen = list(found.values()) if rule_id is None else [_named(rule_id)]
    if as_json:
        plain = [msgspec.to_builtins(rule) for rule in chosen]
        click.echo(json.dumps(plain if rule_id is None else plain[0], indent=2, ensure_ascii=False))
    elif rule_id is None:
        width = max(len(rule.id) for rule in chosen)
        click.echo("\n".join(f"{rule.id:<{width}}  {rule.title} ({rule.instrument})" for rule in chosen))
    else:
        click.echo(_shown(chosen[0]))


def _named(rule_id: str) -> Rule:
    from backend.statute.catalogue import rule

    try:
        return rule(rule_id)
    except KeyError:
        raise click.ClickException(f"there is no rule {rule_id}: `doorstep rules` lists them all") from None


def _shown(rule: Rule) -> str:
    return (
        f"{rule.id}: {rule.title}\n\n{rule.says}\n\nSource: {rule.instrument}\n        {rule.href}\n"
        f"Checked: {how_checked(rule)}" + (f"\nNote: {rule.note}" if rule.note else "")
    )


def _rules() -> dict[str, Rule]:
    from backend.statute.catalogue import rules as catalogue

    try:
        return catalogue()
    except StatuteError as error:
        raise click.ClickException(f"the packaged statute is not sound: {error}") from None


@click.group()
def statute() -> None:
    """Look after the packaged law.

    \b
    Example:
      doorstep statute check
    """


@statute.command()
@json_option
def check(as_json: bool) -> None:
    """Check the packaged law: no gap, no overlap, a citation for every value, a rule for every id that is used.

    Names what ends within the days that policy.yaml warns of, and what was not read in its instrument. The exit
    status is 1 if the law is not sound or any of it ends soon.

    \b
    Example:
      doorstep statute check
    """
    from backend.statute.soundness import checked

    try:
        found = checked(london_date(clock.now()))
    except StatuteError as error:
        raise click.ClickException(f"the packaged statute is not sound: {error}") from None
    click.echo(msgspec.json.encode(found).decode() if as_json else _state(found))
    for late in found.ending:
        click.echo(
            f"{late.id} is the newest of its list and ends on {late.last_known}: {_left(late)}.", err=True
        )
    if found.ending:
        raise SystemExit(1)


def _state(found: "Soundness") -> str:
    lines = [
        f"Sound: {found.rules} rules, {found.rate_intervals} rate intervals from {found.first_known} to "
        f"{found.last_known}."
    ]
    if found.unverified:
        lines.append(f"\nStill to be verified in the instrument: {len(found.unverified)}")
    for entry in found.unverified:
        lines.append(
            f"  {entry.id}: {HOW[entry.checked_against]}." + (f" {entry.note}" if entry.note else "")
        )
    return "\n".join(lines)


def _left(late: "Ending") -> str:
    return f"{late.days_left} days are left" if late.days_left >= 0 else "it is past"


commands: Final = [rules, statute]
