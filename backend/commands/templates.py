"""`doorstep pay-template`, `doorstep delivery-template`: how files from payroll read, and files for councils."""

import asyncio
import json
from typing import Any, Final

import click

from backend.commands.listing import json_option


@click.group("pay-template")
def pay_template() -> None:
    """Templates by which `doorstep load pay --template` reads payroll exports.

    A provider adds its own with `doorstep load pay-templates FILE`.

    \b
    Example:
      doorstep pay-template list
    """


@click.group("delivery-template")
def delivery_template() -> None:
    """Templates by which `doorstep export delivery --template` writes files for councils.

    A provider adds its own with `doorstep load delivery-templates FILE`.

    \b
    Example:
      doorstep delivery-template list
    """


def _add(group: click.Group, kind: str, example: str) -> None:
    """Give a group its two commands: the same for every kind of template."""
    provider = click.option("--provider", help="A provider's own templates too (its reference).")

    @group.command(
        "list", help=_help("List the templates: name, title, and whether anybody tried them.", kind, "list")
    )
    @provider
    @json_option
    def list_(provider: str | None, as_json: bool) -> None:
        _list(_read(kind, provider), as_json)

    @group.command(
        help=_help("Print a template as JSON: a starting point for your own.", kind, f"show {example}")
    )
    @click.argument("name")
    @provider
    def show(name: str, provider: str | None) -> None:
        _show(_read(kind, provider), name, provider)


def _help(text: str, kind: str, example: str) -> str:
    return f"{text}\n\n\b\nExample:\n  doorstep {kind}-template {example}"


def _list(templates: list[Any], as_json: bool) -> None:
    import msgspec

    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(templates)))
        return
    for template in templates:
        checked = f"checked {template.checked_on}" if template.checked_on else "headings not checked"
        click.echo(f"{template.reference}  {template.title} ({checked})")


def _show(templates: list[Any], name: str, provider: str | None) -> None:
    import msgspec

    from backend.faults import DomainError

    found = next((template for template in templates if template.reference == name), None)
    if found is None:
        known = ", ".join(template.reference for template in templates)
        raise DomainError("not_found", f"No template has the name {name}; there are {known}.")
    own = {"provider": provider or "your provider's reference", **msgspec.to_builtins(found)}
    click.echo(json.dumps([own], indent=2))


def _read(kind: str, provider: str | None) -> list[Any]:
    from backend.running import with_database
    from backend.use_cases.loading import templates
    from backend.use_cases.read_templates import read_templates

    wanted: templates.TemplateKind[Any] = templates.PAY if kind == "pay" else templates.DELIVERY
    if provider is None:
        return list(templates.packaged_templates(wanted).values())
    return asyncio.run(with_database(lambda: read_templates(provider, wanted)))


_add(pay_template, "pay", "generic > ours.json")
_add(delivery_template, "delivery", "generic > ours.json")
commands: Final = [pay_template, delivery_template]
