"""Carers as an auditor sees them: a stable pseudonym, the same in every report of the provider."""

from uuid import UUID

from backend import keys


def pseudonym(provider_id: UUID, employment: str) -> str:
    """Eight hexadecimal digits that only this deployment can make from an employment's reference."""
    return keys.current().lookup_hash(f"pseudonym/{provider_id}/{employment}").hex()[-8:]
