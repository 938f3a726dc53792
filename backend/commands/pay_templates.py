"""`doorstep pay-template`: how payroll exports read."""

import asyncio
import json
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from schemas.payroll import PayTemplate

_PROVIDER: Final = click.option("--provider", help="A provider's own templates too (its reference).")


@click.group("pay-template")
def pay_template() -> None:
    """Templates by which `doorstep load pay --template` reads payroll exports.

    A provider adds its own with `doorstep load pay-templates FILE`.

    \b
    Example:
      doorstep pay-template list
    """


@pay_template.command("list")
@_PROVIDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(provider: str | None, as_json: bool) -> None:
    """List the templates: name, title, and whether anybody held its headings against an export.

    \b
    Example:
      doorstep pay-template list --provider brightwater
    """
    import msgspec

    templates = _read(provider)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(templates)))
        return
    for template in templates:
        checked = f"checked {template.checked_on}" if template.checked_on else "headings not checked"
        click.echo(f"{template.reference}  {template.title} ({checked})")


@pay_template.command()
@click.argument("name")
@_PROVIDER
def show(name: str, provider: str | None) -> None:
    """Print a template as JSON: a starting point for one of your own.

    \b
    Example:
      doorstep pay-template show generic > ours.json
    """
    import msgspec

    from backend.faults import DomainError

    templates = _read(provider)
    found = next((template for template in templates if template.reference == name), None)
    if found is None:
        known = ", ".join(template.reference for template in templates)
        raise DomainError("not_found", f"No template has the name {name}; there are {known}.")
    own = {"provider": provider or "your provider's reference", **msgspec.to_builtins(found)}
    click.echo(json.dumps([own], indent=2))


def _read(provider: str | None) -> "list[PayTemplate]":
    from backend.running import with_database
    from backend.use_cases.loading.payroll import packaged_templates
    from backend.use_cases.read_pay_templates import read_pay_templates

    if provider is None:
        return list(packaged_templates().values())
    return asyncio.run(with_database(lambda: read_pay_templates(provider)))


commands: Final = [pay_template]
