"""A manager lets carers call: the service that tells us of calls, and each carer's number to say who she is."""

import secrets
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend import clock, db, keys, settings
from backend.domain.signatures import jwk_of, thumbprint
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.phone_calls import TELEPHONE

Dialect = Literal["plain", "twilio"]
PATH: Final = "/telephone"
_NUMBER_DIGITS: Final = 8
_NO_PIN: Final = "none"
"""No argon2 hash: nothing opens a session for a telephone."""


async def add_service(
    provider_id: UUID, dialect: Dialect, label: str, secret: str | None = None
) -> tuple[str, str]:
    """Register what tells of calls; returns the address it is to call, and its secret. `secret` None: made here.

    Raises DomainError bad_request for a dialect whose secret its own service makes.
    """
    if (dialect == "twilio") != bool(secret):
        raise DomainError(
            "bad_request", "Twilio signs with your account's auth token; for others the secret is made here."
        )
    service, held = uuid4(), secret or secrets.token_urlsafe(32)
    sealed = keys.current().seal(held.encode(), sealed_about(provider_id, service))
    async with db.as_provider(provider_id) as connection:
        await connection.execute(
            query("telephone.insert_service"), provider_id, service, dialect, label, sealed, clock.now()
        )
    return f"{settings.current().base_url}{PATH}/{service}", held


def sealed_about(provider_id: UUID, service: UUID) -> str:
    """What the secret of a service is bound to."""
    return f"telephone_service/{provider_id}/{service}"


async def list_services(provider_id: UUID) -> list[dict[str, Any]]:
    """The provider's services, ended ones too, without their secrets."""
    async with db.as_provider(provider_id) as connection:
        return [dict(row) for row in await connection.fetch(query("telephone.services"), provider_id)]


async def end_service(provider_id: UUID, service: UUID) -> None:
    """From now on its calls are refused. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        found = await connection.fetchval(query("telephone.end_service"), provider_id, service, clock.now())
    if found is None:
        raise DomainError("not_found", "There is no such telephone service.")


async def give_number(provider_id: UUID, carer: str) -> str:
    """A new number by which a carer says who she is when she calls; it is shown this once.

    It stands among her phones, where it is revoked when somebody else has learnt it. Raises DomainError not_found.
    """
    device_id = uuid4()
    jwk = jwk_of(keys.current().held_key(str(device_id)))
    async with db.as_provider(provider_id) as connection:
        carer_id = await connection.fetchval(query("phones.carer_by_reference"), provider_id, carer)
        if carer_id is None:
            raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
        number = await _free_number(connection, provider_id)
        await connection.execute(
            query("phones.insert_device"),
            provider_id,
            device_id,
            carer_id,
            number_hash(number),
            "Calls and text messages",
            TELEPHONE,
            msgspec.json.encode(jwk).decode(),
            thumbprint(jwk),
            _NO_PIN,
            clock.now(),
        )
    return number


async def _free_number(connection: asyncpg.Connection, provider_id: UUID) -> str:
    """Digits that no carer of the provider has or had: a number is one carer's for ever."""
    while True:
        number = f"{secrets.randbelow(10**_NUMBER_DIGITS):0{_NUMBER_DIGITS}}"
        if (
            await connection.fetchval(query("telephone.carers_line"), provider_id, number_hash(number))
            is None
        ):
            return number


def number_hash(number: str) -> str:
    """What a carer's number is found by; the number itself is kept nowhere."""
    return keys.current().lookup_hash(f"carer-number/{number}").hex()
