"""The server's signatures in a bundle, and whether its key is the one somebody knows from elsewhere."""

import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.domain.canonical import base64url, canonical, sha256, unbase64url

_PUBLIC: Final = ("crv", "kty", "x")
ServerKeys = Mapping[str, Ed25519PublicKey]
"""Public keys by their id, which is their RFC 7638 thumbprint."""


def key_id(jwk: Mapping[str, Any]) -> str:
    """The RFC 7638 thumbprint of an Ed25519 key. Raises ValueError for a key of another kind."""
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str):
        raise ValueError("is no Ed25519 key")
    return base64url(sha256(canonical({name: jwk[name] for name in _PUBLIC})))


def read_keys(raw: bytes | str) -> dict[str, Ed25519PublicKey]:
    """The keys of a JWK set, or of one JWK, under the ids worked out from the keys themselves. Raises ValueError."""
    value = json.loads(raw)
    listed = value.get("keys", [value]) if isinstance(value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(jwk, dict) for jwk in listed):
        raise ValueError("is no JWK set")
    return {key_id(jwk): Ed25519PublicKey.from_public_bytes(unbase64url(jwk["x"])) for jwk in listed}


def fault_of(keys: ServerKeys, kid: str, signature: str, message: bytes) -> str | None:
    """What is wrong with a signature of the server, in words; None if it holds."""
    if kid not in keys:
        return f"it names the key {kid}, which is not in keys.json"
    try:
        keys[kid].verify(unbase64url(signature), message)
    except (InvalidSignature, ValueError):
        return f"the signature does not hold under the key {kid}"
    return None
