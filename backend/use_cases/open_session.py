"""A carer opens her rota again with her PIN or a passkey: a token for one hour."""

from uuid import UUID

import asyncpg

from backend import db
from backend.faults import DomainError
from backend.use_cases.enrol_device import check_pin
from backend.use_cases.passkey_checks import counter_back
from backend.use_cases.phone_calls import Call, Device, home_of, proved, read_device, refuse_closed, token_for
from backend.use_cases.phone_passkeys import use_passkey
from schemas.mobile import SessionAnswer, SessionRequest, parse_uuid


async def open_session(request: SessionRequest, call: Call) -> SessionAnswer:
    """A fresh token. A wrong PIN counts only with a valid proof by the phone's key. Raises DomainError.

    A passkey opens no locked rota: the lock stands until a manager lifts it. A wrong passkey is not counted, because it
    cannot be guessed.
    """
    proof, _ = proved(call)
    device_id = _device_id(request.device_id)
    provider_id = await home_of(device_id) if device_id else None
    if device_id is None or provider_id is None:
        raise _not_this_key()
    async with db.as_provider(provider_id) as connection:
        device = await read_device(connection, provider_id, device_id, lock=True)
        if device is None or device.key_thumbprint != proof.thumbprint:
            raise _not_this_key()
        refuse_closed(device)
        refusal = await _refusal(connection, device, request, call)
    if refusal is not None:
        raise refusal
    token, expires = token_for(device, call.received_at)
    return SessionAnswer(token=token, expires_at=expires, server_time=call.received_at)


async def _refusal(
    connection: asyncpg.Connection, device: Device, request: SessionRequest, call: Call
) -> DomainError | None:
    """What is wrong with the PIN or the passkey. Returned, not raised, where what it counted must stay counted."""
    if request.passkey is not None:
        return None if await use_passkey(connection, device, request.passkey, call) else counter_back()
    if request.pin is not None and await check_pin(connection, device, request.pin, call.received_at):
        return None
    return DomainError("pin_wrong", "That PIN is wrong. Five wrong ones lock the rota.")


def _not_this_key() -> DomainError:
    # The same words whether the phone is unknown or another's, so that nobody learns which ids exist.
    return DomainError("proof_invalid", "The proof is not by the key of this phone.")


def _device_id(text: str) -> UUID | None:
    try:
        return parse_uuid(text)
    except ValueError:
        return None
