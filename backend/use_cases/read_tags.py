"""The register of tags as a manager may see it: everything but its secrets, save for a card that is to be printed."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend import db, keys, settings
from backend.domain.tokens import card_text
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.home_tags import sealed_about
from backend.use_cases.read_people import known_person


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A card to print: where it belongs, and the text of its code."""

    person_id: UUID
    person: str
    label: str
    text: str = field(repr=False)


async def list_tags(provider_id: UUID, person: UUID | None = None) -> list[dict[str, Any]]:
    """The tags of a provider, or of one person, retired ones too; `uid` of an NFC tag in hex."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("tags.listed"), provider_id, person)
    return [{**dict(row), "uid": row["uid"].hex().upper() if row["kind"] == "nfc" else None} for row in rows]


async def read_card(provider_id: UUID, tag_id: UUID) -> PrintedCard:
    """A card in use. Raises DomainError not_found, SetupFault if the keys were changed since it was made."""
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("tags.card"), provider_id, tag_id)
        if row is None:
            raise DomainError("not_found", "There is no such card in use.")
        person = await known_person(connection, provider_id, row["service_user_id"])
    secret = keys.current().unseal(row["secret"], sealed_about(provider_id, tag_id, "secret"))
    text = card_text(settings.current().phones_base, tag_id, secret)
    return PrintedCard(person["id"], person["name"], row["label"], text)
