"""A carer enrols a phone with a code from her manager."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from backend import db
from backend.domain.proof import Proof
from backend.domain.signatures import public_jwk, thumbprint
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.hashing import hash_apart
from backend.use_cases.issue_enrol_code import code_hash
from backend.use_cases.phone_calls import (
    PIN_FAILURES,
    Call,
    Device,
    proved,
    read_device,
    refuse_closed,
    token_for,
)
from schemas.mobile import Enrolled, EnrolRequest, Named
from schemas.strict import Fault, Faulty

_PINS: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least for argon2id. So few digits are guarded by the phone's key and the lock after five failures; costlier
hashing would only slow the morning on which a whole office enrols.
"""


async def enrol_device(request: EnrolRequest, call: Call) -> Enrolled:
    """Enrol the phone whose key made the call's proof. Raises Faulty or DomainError.

    The same code with the same key answers the same phone again, so that a lost answer costs nothing.
    """
    proof, _ = proved(call)
    _refuse_other_key(request, proof)
    hashed = code_hash(request.code)
    async with db.as_system() as connection:
        provider_id = await connection.fetchval(query("phones.code_home"), hashed)
    if provider_id is None:
        raise DomainError("code_unknown", "No such code: check it, or ask your manager for another.")
    pin_hash = await hash_apart(_PINS.hash, request.pin)
    async with db.as_provider(provider_id) as connection:
        device, right_pin = await _device(
            connection, provider_id, hashed, request, proof, pin_hash, call.received_at
        )
        answer = await _answer(connection, device, call.received_at)
    if not right_pin:
        raise DomainError("pin_wrong", "This phone is enrolled already, with another PIN.")
    return answer


def _refuse_other_key(request: EnrolRequest, proof: Proof) -> None:
    given = msgspec.to_builtins(request.device.public_key)
    try:
        jwk = public_jwk(given)
    except ValueError as error:
        raise Faulty([Fault("/device/public_key", str(error))]) from error
    if thumbprint(jwk) != proof.thumbprint:
        raise DomainError("proof_invalid", "The proof is not by the key that is to be enrolled.")


async def _device(
    connection: asyncpg.Connection,
    provider_id: UUID,
    hashed: bytes,
    request: EnrolRequest,
    proof: Proof,
    pin_hash: str,
    now: datetime,
) -> tuple[Device, bool]:
    """The phone of a code, made now if the code is fresh, and whether the PIN is its own."""
    code = await connection.fetchrow(query("phones.code_locked"), provider_id, hashed)
    if code["used_at"] is not None and code["key_thumbprint"] != proof.thumbprint:
        raise DomainError(
            "code_used", "Another phone was enrolled with this code: ask your manager for another."
        )
    if code["expires_at"] <= now:
        raise DomainError("code_expired", "This code is older than 24 hours: ask your manager for another.")
    if code["used_at"] is None:
        return await _make(connection, provider_id, hashed, code, request, proof, pin_hash, now), True
    device = await read_device(connection, provider_id, code["device_id"], lock=True)
    assert device is not None
    refuse_closed(device)
    return device, await check_pin(connection, device, request.pin, now)


async def _make(
    connection: asyncpg.Connection,
    provider_id: UUID,
    hashed: bytes,
    code: Any,
    request: EnrolRequest,
    proof: Proof,
    pin_hash: str,
    now: datetime,
) -> Device:
    device_id, asked = uuid4(), request.device
    await connection.execute(
        query("phones.insert_device"),
        provider_id,
        device_id,
        code["carer_id"],
        request.install_id,
        asked.name,
        asked.platform.value,
        msgspec.json.encode(proof.jwk).decode(),
        proof.thumbprint,
        pin_hash,
        now,
    )
    await connection.execute(query("phones.use_code"), provider_id, hashed, now, device_id, proof.thumbprint)
    if code["replaces"] is not None:
        await connection.execute(
            query("phones.replace_device"), provider_id, code["replaces"], device_id, now
        )
    device = await read_device(connection, provider_id, device_id)
    assert device is not None
    return device


async def _answer(connection: asyncpg.Connection, device: Device, now: datetime) -> Enrolled:
    token, expires = token_for(device, now)
    carer = await connection.fetchval(query("phones.carer_name"), device.provider_id, device.carer_id)
    provider = await connection.fetchval(query("phones.provider_name"), [device.provider_id])
    return Enrolled(
        device_id=str(device.id),
        token=token,
        expires_at=expires,
        carer=Named(str(device.carer_id), carer or ""),
        provider=Named(str(device.provider_id), provider or ""),
        server_time=now,
    )


async def check_pin(connection: asyncpg.Connection, device: Device, pin: str, now: datetime) -> bool:
    """Whether the PIN is the phone's; a wrong one is counted, the fifth locks. The caller holds the device's row."""
    try:
        await hash_apart(_PINS.verify, device.pin_hash, pin)
        right = True
    except VerifyMismatchError:
        right = False
    failures = 0 if right else device.pin_failures + 1
    if failures != device.pin_failures:
        locked = now if failures >= PIN_FAILURES else None
        await connection.execute(query("phones.note_pin"), device.provider_id, device.id, failures, locked)
    return right
