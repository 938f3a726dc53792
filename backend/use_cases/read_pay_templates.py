"""The templates by which a provider's payroll exports can be read: its own, and those that come with the service."""

from backend import db
from backend.use_cases.devices import provider_by_reference
from backend.use_cases.loading.payroll import templates_of
from schemas.payroll import PayTemplate


async def read_pay_templates(provider: str) -> list[PayTemplate]:
    """In order of their names; its own stand in place of packaged ones. Raises DomainError not_found."""
    provider_id = await provider_by_reference(provider)
    async with db.as_provider(provider_id) as connection:
        known = await templates_of(connection, provider_id)
    return [known[name] for name in sorted(known)]
