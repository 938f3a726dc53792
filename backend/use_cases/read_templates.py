"""The templates by which a provider's files are read or written: its own, and those that come with the service."""

from typing import TypeVar

from backend import db
from backend.use_cases.devices import provider_by_reference
from backend.use_cases.loading.templates import Template, TemplateKind, templates_of

T = TypeVar("T", bound=Template)


async def read_templates(provider: str, kind: TemplateKind[T]) -> list[T]:
    """In order of their names; its own stand in place of packaged ones. Raises DomainError not_found."""
    provider_id = await provider_by_reference(provider)
    async with db.as_provider(provider_id) as connection:
        known = await templates_of(connection, provider_id, kind)
    return [known[name] for name in sorted(known)]
