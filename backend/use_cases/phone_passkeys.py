"""A carer's passkeys on one phone: made, listed, removed, and used in place of the PIN."""

from uuid import UUID, uuid4

import asyncpg

from backend import keys
from backend.domain.canonical import base64url
from backend.domain.nonce import nonce_issued
from backend.domain.passkeys import (
    MOST,
    challenge_of,
    creation_options,
    new_passkey,
    sign_count,
    went_back,
)
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.passkey_checks import checked, credential_id_of, passkey_wrong, phones_party
from backend.use_cases.phone_calls import Call, Device, as_device, new_nonce
from schemas.passkeys import (
    PasskeyAnswer,
    PasskeyAssertion,
    PasskeyOptions,
    PasskeyRegistration,
    PasskeysAnswer,
)


async def passkey_options(call: Call) -> PasskeyOptions:
    """What the phone asks its authenticator to make. Nothing is kept: the challenge is a nonce. Raises DomainError."""
    async with as_device(call) as (connection, device):
        held = await connection.fetch(query("passkeys.of_device"), device.provider_id, device.id)
        carer = await connection.fetchval(query("phones.carer_name"), device.provider_id, device.carer_id)
    options = creation_options(
        phones_party(call.urls),
        device.id.bytes,
        carer or "Carer",
        new_nonce(call.received_at),
        [row["credential_id"] for row in held],
    )
    return PasskeyOptions(options)


async def register_passkey(request: PasskeyRegistration, call: Call) -> PasskeyAnswer:
    """Keep a passkey that this phone may be opened by. Raises DomainError passkey_wrong or conflict."""
    async with as_device(call) as (connection, device):
        made = checked(
            lambda: new_passkey(request, phones_party(call.urls), _fresh(request.client_data_json, call))
        )
        held = await connection.fetch(query("passkeys.of_device"), device.provider_id, device.id)
        if len(held) >= MOST:
            raise DomainError("conflict", f"This phone has {MOST} passkeys already: remove one first.")
        passkey_id = await connection.fetchval(
            query("passkeys.add_to_device"),
            device.provider_id,
            device.id,
            uuid4(),
            made.credential_id,
            made.public_key,
            made.sign_count,
            request.name,
            call.received_at,
        )
    if passkey_id is None:
        raise DomainError("conflict", "This phone has that passkey already.")
    name, credential_id = request.name, base64url(made.credential_id)
    return PasskeyAnswer(str(passkey_id), credential_id, name, call.received_at, None, None)


async def list_passkeys(call: Call) -> PasskeysAnswer:
    """The passkeys of the phone that calls. Raises DomainError."""
    async with as_device(call) as (connection, device):
        rows = await connection.fetch(query("passkeys.of_device"), device.provider_id, device.id)
    return PasskeysAnswer(
        phones_party(call.urls).id,
        [
            PasskeyAnswer(
                str(row["id"]),
                base64url(row["credential_id"]),
                row["name"],
                row["created_at"],
                row["last_used_at"],
                row["suspect_at"],
            )
            for row in rows
        ],
    )


async def remove_passkey(passkey_id: UUID, call: Call) -> None:
    """Never take this passkey of the phone again. Raises DomainError not_found."""
    async with as_device(call) as (connection, device):
        found = await connection.fetchval(
            query("passkeys.remove_from_device"),
            device.provider_id,
            device.id,
            passkey_id,
            call.received_at,
        )
    if found is None:
        raise DomainError("not_found", "This phone has no such passkey.")


async def use_passkey(
    connection: asyncpg.Connection, device: Device, answer: PasskeyAssertion, call: Call
) -> bool:
    """Whether the passkey's counter went on; if not, that is noted. The caller holds the device's row.

    Raises DomainError passkey_wrong for an assertion that does not hold, which tells and changes nothing.
    """
    challenge = _fresh(answer.client_data_json, call)
    row = await connection.fetchrow(
        query("passkeys.device_passkey"),
        device.provider_id,
        device.id,
        credential_id_of(answer.credential_id),
    )
    if row is None:
        raise passkey_wrong("this phone has no such passkey")
    count = checked(lambda: sign_count(answer, phones_party(call.urls), challenge, row["public_key"]))
    key = (device.provider_id, device.id, row["id"])
    if went_back(row["sign_count"], count):
        await connection.execute(query("passkeys.suspect_of_device"), *key, call.received_at)
        return False
    await connection.execute(query("passkeys.note_device_use"), *key, count, call.received_at)
    return True


def _fresh(client_data_json: str, call: Call) -> str:
    """The nonce that was answered. Raises DomainError passkey_wrong for one that is not ours or is no longer fresh."""
    challenge = checked(lambda: challenge_of(client_data_json))
    if nonce_issued(challenge, call.received_at, keys.current().nonce_mac) is None:
        raise passkey_wrong("its challenge is not a nonce of ours, or older than 300 s")
    return challenge
