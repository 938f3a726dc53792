"""P-256 keys of phones, and ES256 signatures made by them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from backend.domain.canonical import base64url, canonical, sha256, unbase64url

_COORDINATE_BYTES: Final = 32
_PUBLIC: Final = ("crv", "kty", "x", "y")
_ES256: Final = ECDSA(SHA256())
_KEYS: Final = 16_384
"""How many phones' keys a process remembers as points of the curve: working one out takes as long as two signatures."""


def public_jwk(jwk: object) -> dict[str, str]:
    """The four members of a P-256 public key. Raises ValueError if `jwk` is none, or holds the private half."""
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("must be a JSON Web Key of type EC on the curve P-256")
    if "d" in jwk:
        raise ValueError("holds the private key: it must never leave the phone; make a new one")
    public = {name: jwk.get(name) for name in _PUBLIC}
    if not all(isinstance(value, str) for value in public.values()):
        raise ValueError("needs kty, crv, x and y as text")
    _verifier(str(public["x"]), str(public["y"]))
    return {name: str(value) for name, value in public.items()}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638 thumbprint of a P-256 public key."""
    return _thumbprint(*(jwk[name] for name in _PUBLIC))


@lru_cache(maxsize=_KEYS)
def _thumbprint(*members: str) -> str:
    return base64url(sha256(canonical(dict(zip(_PUBLIC, members, strict=True)))))


def jwk_of(key: EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half of a P-256 key."""
    numbers = key.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(_COORDINATE_BYTES)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def es256(key: EllipticCurvePrivateKey, message: bytes) -> str:
    """A signature over `message`: r and s, 32 bytes each, as base64url."""
    r, s = decode_dss_signature(key.sign(message, _ES256))
    return base64url(r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES))


def verifies(jwk: Mapping[str, Any], signature: bytes, message: bytes) -> bool:
    """Whether `signature` (r and s, 32 bytes each) is the key's over `message`."""
    if len(signature) != 2 * _COORDINATE_BYTES:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:_COORDINATE_BYTES], signature[_COORDINATE_BYTES:]))
    try:
        _verifier(jwk["x"], jwk["y"]).verify(encode_dss_signature(r, s), message, _ES256)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=_KEYS)
def _verifier(of_x: str, of_y: str) -> EllipticCurvePublicKey:
    x, y = unbase64url(of_x), unbase64url(of_y)
    if len(x) != _COORDINATE_BYTES or len(y) != _COORDINATE_BYTES:
        raise ValueError("needs x and y of 32 bytes each")
    try:
        return EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), SECP256R1()).public_key()
    except ValueError:
        raise ValueError("is no point of the curve P-256") from None
