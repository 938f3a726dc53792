"""The server's signatures in a bundle, and whether its key is the one somebody knows from elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.domain.canonical import base64url, canonical, sha256, unbase64url
from schemas.scalars import parse_instant

_PUBLIC: Final = ("crv", "kty", "x")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A public key. `withdrawn_at`: from then on nothing counts that it signed."""

    public: Ed25519PublicKey
    withdrawn_at: datetime | None


ServerKeys = Mapping[str, ServerKey]
"""Public keys by their id, which is their RFC 7638 thumbprint."""


Trusted = Mapping[str, ServerKey | None]
"""Keys known from elsewhere, by their id; None: its id is all that is known."""


def known_withdrawals(keys: ServerKeys, trusted: Trusted | None) -> dict[str, ServerKey]:
    """Keys of a bundle, withdrawn where the bundle or whoever checks it knows so: a thief's bundle would not say it."""
    found = dict(keys)
    for kid, known in (trusted or {}).items():
        if kid in found and known is not None and known.withdrawn_at is not None:
            said = found[kid].withdrawn_at or known.withdrawn_at
            found[kid] = ServerKey(found[kid].public, min(said, known.withdrawn_at))
    return found


def key_id(jwk: Mapping[str, Any]) -> str:
    """The RFC 7638 thumbprint of an Ed25519 key. Raises ValueError for a key of another kind."""
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str):
        raise ValueError("is no Ed25519 key")
    return base64url(sha256(canonical({name: jwk[name] for name in _PUBLIC})))


def read_keys(raw: bytes | str) -> dict[str, ServerKey]:
    """The keys of a JWK set, or of one JWK, under the ids worked out from the keys themselves. Raises ValueError."""
    value = json.loads(raw)
    listed = value.get("keys", [value]) if isinstance(value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(jwk, dict) for jwk in listed):
        raise ValueError("is no JWK set")
    return {key_id(jwk): _key(jwk) for jwk in listed}


def _key(jwk: Mapping[str, Any]) -> ServerKey:
    withdrawn = jwk.get("withdrawn_at")
    public = Ed25519PublicKey.from_public_bytes(unbase64url(jwk["x"]))
    return ServerKey(public, None if withdrawn is None else parse_instant(withdrawn))


def fault_of(
    keys: ServerKeys, kid: str, signature: str, message: bytes, made_at: object = None
) -> str | None:
    """What is wrong with a signature of the server, in words; None if it holds.

    `made_at` is when the message says that it was made: a key withdrawn by then signs nothing, nor does one where the
    message should say and does not. None: such messages never say.
    """
    if kid not in keys:
        return f"it names the key {kid}, which is not in keys.json"
    try:
        keys[kid].public.verify(unbase64url(signature), message)
    except (InvalidSignature, ValueError):
        return f"the signature does not hold under the key {kid}"
    return _withdrawn(keys[kid], kid, made_at)


def _withdrawn(key: ServerKey, kid: str, made_at: object) -> str | None:
    if key.withdrawn_at is None or made_at is None:
        return None
    try:
        late = parse_instant(made_at) >= key.withdrawn_at
    except ValueError:
        late = True
    return f"the key {kid} was withdrawn before, at {key.withdrawn_at:%Y-%m-%d %H:%M} UTC" if late else None
