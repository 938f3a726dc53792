"""A manager looks after phones: lists them, revokes a lost one, unlocks one whose PIN was forgotten."""

from typing import Any, Final
from uuid import UUID

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.phone_calls import home_of

PAGE: Final = 100


async def list_devices(provider_id: UUID) -> list[dict[str, Any]]:
    """The provider's phones by carer: id, name, platform, carer, state, instants of what happened to it.

    `closed_seq` is the last event received of a phone that was replaced: later ones may be lost with it.
    `passkey_suspect_at`: the counter of one of its passkeys went back, as that of a copy does.
    """
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("phones.devices"), provider_id, None, None, None, None)
    return [dict(row) for row in rows]


async def read_devices(
    provider_id: UUID, carer: str | None = None, state: str | None = None, after: UUID | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of the same behind the phone `after`, of one carer (a reference) or all, in one state or any; whether more
    follow.
    """
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("phones.devices"), provider_id, carer, state, after, PAGE + 1)
    return [dict(row) for row in rows[:PAGE]], len(rows) > PAGE


async def replaceable_devices(provider_id: UUID) -> list[dict[str, Any]]:
    """The phones that a new one may stand in for: id, name, carer (a reference)."""
    async with db.as_provider(provider_id) as connection:
        return [dict(row) for row in await connection.fetch(query("phones.replaceable"), provider_id)]


async def revoke_device(device_id: UUID, provider_id: UUID | None = None) -> None:
    """Stop a phone at once; events it still sends are kept, quarantined. Raises DomainError not_found."""
    await _change("phones.revoke", device_id, provider_id, clock.now())


async def unlock_device(device_id: UUID, provider_id: UUID | None = None) -> None:
    """Let a phone locked by wrong PINs try again. Raises DomainError not_found."""
    await _change("phones.unlock", device_id, provider_id)


async def _change(name: str, device_id: UUID, provider_id: UUID | None, *parameters: object) -> None:
    home = await home_of(device_id)
    if home is None or provider_id not in (None, home):
        raise DomainError("not_found", f"No phone has the id {device_id}.")
    async with db.as_provider(home) as connection:
        await connection.execute(query(name), home, device_id, *parameters)


async def provider_by_reference(reference: str) -> UUID:
    """The id of a provider. Raises DomainError not_found."""
    async with db.as_system() as connection:
        found = await connection.fetchrow("SELECT id, kind FROM organisation_by_reference($1)", reference)
    if found is None or found["kind"] != "provider":
        raise DomainError("not_found", f"No provider has the reference {reference}.")
    provider_id: UUID = found["id"]
    return provider_id
