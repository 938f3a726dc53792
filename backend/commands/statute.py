"""`doorstep rules` and `doorstep statute check`: the law that results rest on."""

import json
from typing import Final

import click
import msgspec

from backend.statute.entries import Rule
from backend.statute.strict_yaml import StatuteError


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
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
        f"Checked on {rule.checked_on}"
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(as_json: bool) -> None:
    """Check the packaged law: no gap, no overlap, a citation for every value, a rule for every id that is used.

    \b
    Example:
      doorstep statute check
    """
    from backend.statute.soundness import checked

    try:
        summary = checked()
    except StatuteError as error:
        raise click.ClickException(f"the packaged statute is not sound: {error}") from None
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(
            f"Sound: {summary['rules']} rules, {summary['rate_intervals']} rate intervals from "
            f"{summary['first_known']} to {summary['last_known']}."
        )


commands: Final = [rules, statute]
