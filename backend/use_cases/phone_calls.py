"""What every call of a phone must show: a proof by its key, and for most calls a token bound to that key."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import db, keys
from backend.domain.nonce import TOKEN_LIFE, Token, issue_nonce, issue_token, nonce_issued, read_token
from backend.domain.proof import BadProof, Proof, access_token_hash, read_proof
from backend.faults import DomainError
from backend.sql import query

PIN_FAILURES: Final = 5
_HEARD_AGAIN: Final = timedelta(minutes=1)
"""Sooner than this after the last, a call is not written down again."""
TELEPHONE: Final = "telephone"
"""The platform of what is no phone of a carer's but her number for calls; the server holds its key."""
_STALE: Final = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce", algs="ES256"'}
_BAD_PROOF: Final = {"WWW-Authenticate": 'DPoP error="invalid_dpop_proof", algs="ES256"'}
_BAD_TOKEN: Final = {"WWW-Authenticate": 'DPoP error="invalid_token", algs="ES256"'}


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call: its method, the addresses it may have been made to, its headers, when its first byte came."""

    method: str
    urls: tuple[str, ...]
    proof: str | None
    authorization: str | None
    address: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled phone as the database holds it."""

    provider_id: UUID
    id: UUID
    carer_id: UUID
    public_key: dict[str, str]
    key_thumbprint: str
    pin_hash: str
    pin_failures: int
    locked_at: datetime | None
    enrolled_at: datetime
    revoked_at: datetime | None
    replaced_at: datetime | None
    replaced_by: UUID | None
    platform: str
    heard_at: datetime | None = None


def new_nonce(now: datetime) -> str:
    """A nonce for the next proof."""
    return issue_nonce(now, keys.current().nonce_mac)


def proved(call: Call) -> tuple[Proof, datetime]:
    """The call's proof and when its nonce was issued. Raises DomainError proof_invalid."""
    try:
        proof = read_proof(call.proof, call.method, call.urls)
    except BadProof as error:
        raise DomainError("proof_invalid", f"{error}.", _BAD_PROOF) from error
    issued = nonce_issued(proof.claims.get("nonce"), call.received_at, keys.current().nonce_mac)
    if issued is None:
        words = "The proof's nonce is missing, not ours, or older than 300 s: use the one in DPoP-Nonce."
        raise DomainError("proof_invalid", words, _STALE)
    return proof, issued


async def home_of(device_id: UUID) -> UUID | None:
    """The provider of a device; None if nobody enrolled it. A device never moves, so found ones are remembered."""
    if device_id not in _homes:
        async with db.as_system() as connection:
            found: UUID | None = await connection.fetchval(query("phones.home"), device_id)
        if found is None:
            return None
        if len(_homes) >= _MOST_HOMES:
            _homes.clear()
        _homes[device_id] = found
    return _homes[device_id]


def forget_home(device_id: UUID) -> None:
    """A remembered device is not there: this database is an older one than that which it was enrolled in."""
    _homes.pop(device_id, None)


_homes: Final[dict[UUID, UUID]] = {}
_MOST_HOMES: Final = 100_000


async def read_device(
    connection: asyncpg.Connection, provider_id: UUID, device_id: UUID, lock: bool = False
) -> Device | None:
    """The device, if the provider has it; `lock` holds its row until the transaction ends."""
    name = "phones.device_locked" if lock else "phones.device"
    row = await connection.fetchrow(query(name), provider_id, device_id)
    return None if row is None else device_of(row)


def device_of(row: Mapping[str, Any]) -> Device:
    """The device that a row of a query tells of."""
    given: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Device(**{**given, "public_key": jwk_of(given["public_key"])})


_COLUMNS: Final = tuple(field.name for field in fields(Device))


def jwk_of(stored: Any) -> dict[str, str]:
    """A public key as the database gives it: text, or already an object."""
    members: dict[str, str] = msgspec.json.decode(stored) if isinstance(stored, str) else stored
    return members


def refuse_closed(device: Device) -> None:
    """Raise DomainError for a phone that may not read: revoked, replaced, or locked by wrong PINs."""
    if device.revoked_at is not None:
        raise DomainError("revoked", "A manager revoked this phone. Its unsent events are still taken.")
    if device.replaced_at is not None:
        raise DomainError(
            "revoked", "Another phone took this one's place. Its unsent events are still taken."
        )
    if device.locked_at is not None:
        raise DomainError("locked", "Too many wrong PINs: ask a manager to unlock this phone.")


def token_for(device: Device, now: datetime) -> tuple[str, datetime]:
    """A fresh token for a phone, and when it expires."""
    expires = now + TOKEN_LIFE
    token = Token(device.provider_id, device.id, device.key_thumbprint, expires)
    return issue_token(token, keys.current().nonce_mac), expires


@asynccontextmanager
async def as_device(call: Call) -> AsyncIterator[tuple[asyncpg.Connection, Device]]:
    """A transaction of the provider for a call with a token, with the phone that makes it. Raises DomainError."""
    proof, _ = proved(call)
    token = _token(call, proof)
    async with db.as_provider(token.provider_id) as connection:
        device = await read_device(connection, token.provider_id, token.device_id)
        if device is None or device.key_thumbprint != proof.thumbprint:
            raise DomainError("unauthorised", "The token does not belong to this phone.", _BAD_TOKEN)
        refuse_closed(device)
        if device.heard_at is None or call.received_at - device.heard_at >= _HEARD_AGAIN:
            await connection.execute(
                query("phones.note_heard"), device.provider_id, device.id, call.received_at
            )
        yield connection, device


def _token(call: Call, proof: Proof) -> Token:
    scheme, _, text = (call.authorization or "").partition(" ")
    token = read_token(text.strip(), keys.current().nonce_mac) if scheme.lower() == "dpop" else None
    if token is None:
        raise DomainError(
            "unauthorised", "The header Authorization: DPoP needs a token from /session.", _BAD_TOKEN
        )
    if proof.thumbprint != token.key_thumbprint or proof.claims.get("ath") != access_token_hash(text.strip()):
        raise DomainError(
            "proof_invalid", "The proof is not by the key of this token, or not for it.", _BAD_PROOF
        )
    if token.expires_at - call.received_at <= timedelta(0):
        raise DomainError("token_expired", "The token has expired: get another at /session.", _BAD_TOKEN)
    return token
