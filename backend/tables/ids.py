"""Identifiers of loaded things: derived from the organisation and its own reference, so that loading twice agrees."""

from datetime import date
from typing import Final
from uuid import UUID, uuid5

_ORGANISATIONS: Final = UUID("6f3c4c3e-3f0b-5f0e-9a57-3c1f8f2b7a10")


def organisation_id(reference: str) -> UUID:
    """The id of the organisation with this reference."""
    return uuid5(_ORGANISATIONS, reference)


def place_id(person: UUID, name: str, first: date) -> UUID:
    """The id of a place that is approved for a person's visits from a London date."""
    return uuid5(person, f"approved_place/{name}/{first.isoformat()}")


def thing_id(provider_id: UUID, kind: str, reference: str) -> UUID:
    """The id of a provider's carer, employment, service user, contract, pay terms, package or visit.

    `kind` is the table's name.
    """
    return uuid5(provider_id, f"{kind}/{reference}")
