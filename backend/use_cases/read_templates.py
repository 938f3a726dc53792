"""The templates by which a provider's files are read or written: its own, and those that come with the service."""

from typing import TypeVar
from uuid import UUID

from backend import db
from backend.use_cases.devices import provider_by_reference
from backend.use_cases.loading.templates import Template, TemplateKind, templates_of

T = TypeVar("T", bound=Template)


async def read_templates(provider: str, kind: TemplateKind[T]) -> list[T]:
    """In order of their names; its own stand in place of packaged ones. Raises DomainError not_found."""
    return await templates_for(await provider_by_reference(provider), kind)


async def templates_for(provider_id: UUID, kind: TemplateKind[T]) -> list[T]:
    """The same of the provider with this id."""
    async with db.as_provider(provider_id) as connection:
        known = await templates_of(connection, provider_id, kind)
    return [known[name] for name in sorted(known)]
