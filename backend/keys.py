"""The server's keys: Ed25519 to sign answers and checkpoints, one secret for nonces, one for keyed look-ups.

All web and worker processes share them. The file may hold further signing keys after the first: they sign nothing any
more and stay published, so that what they signed can be checked. For a key that was withdrawn it holds only the public
half, and since when: what that key signs from then on counts for nothing.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend import settings
from backend.domain.canonical import base64url, unbase64url
from backend.embedded.cluster import write_private
from backend.faults import SetupFault

FILE: Final = "keys.json"
_SECRET_BYTES: Final = 32
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEAL_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key; its `kid` is the RFC 7638 thumbprint of the public half."""

    private: Ed25519PrivateKey = field(repr=False)
    kid: str

    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        return _published(self.private.public_key(), self.kid)


@dataclass(frozen=True, slots=True)
class WithdrawnKey:
    """The public half of a key that signs nothing any more, and since when nothing counts that it signed."""

    public: Ed25519PublicKey = field(repr=False)
    kid: str
    withdrawn_at: datetime

    def jwk(self) -> dict[str, str]:
        """The same as a JSON Web Key, with a member of our own."""
        return {**_published(self.public, self.kid), "withdrawn_at": self.withdrawn_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one deployment. `signing[0]` signs; the others are published only."""

    signing: tuple[SigningKey, ...]
    nonce: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    withdrawn: tuple[WithdrawnKey, ...] = ()

    def sign(self, message: bytes) -> dict[str, str]:
        """`{kid, signature}`: an Ed25519 signature over `message`, base64url."""
        key = self.signing[0]
        return {"kid": key.kid, "signature": base64url(key.private.sign(message))}

    def jwk_set(self) -> dict[str, list[dict[str, str]]]:
        """The public halves, newest first, as a JWK set (RFC 7517)."""
        return {"keys": [key.jwk() for key in self.signing] + [key.jwk() for key in self.withdrawn]}

    def lookup_hash(self, text: str) -> bytes:
        """A keyed hash to find equal values (a person at two employers) without keeping the value itself."""
        return hmac.digest(self.lookup, text.encode(), hashlib.sha256)

    def seal(self, secret: bytes, about: str) -> bytes:
        """`secret` encrypted for the database (AES-256-GCM), bound to what it is `about`."""
        nonce = secrets.token_bytes(_SEAL_NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, secret, about.encode())

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """What was sealed. Raises SetupFault if it was sealed under other keys, or about something else."""
        nonce, rest = sealed[:_SEAL_NONCE_BYTES], sealed[_SEAL_NONCE_BYTES:]
        try:
            return self._sealing.decrypt(nonce, rest, about.encode())
        except (InvalidTag, ValueError) as error:
            raise SetupFault(
                "A secret of the database was sealed under other keys than DOORSTEP_KEYS."
            ) from error

    def held_key(self, about: str) -> EllipticCurvePrivateKey:
        """The P-256 key with which the server signs what it hears itself, the same one for the same `about`."""
        info = f"doorstep held key {about}".encode()
        # Half as many bits again as the order has: the remainder favours no key (FIPS 186-5, A.2.1).
        derived = HKDF(SHA256(), 48, salt=None, info=info).derive(self.lookup)
        return derive_private_key(int.from_bytes(derived) % (_P256_ORDER - 1) + 1, SECP256R1())

    @property
    def _sealing(self) -> AESGCM:
        derived = HKDF(SHA256(), _SECRET_BYTES, salt=None, info=b"doorstep secrets at rest").derive(
            self.lookup
        )
        return AESGCM(derived)

    def nonce_mac(self, message: bytes) -> bytes:
        """The authentication code of a stateless nonce."""
        return hmac.digest(self.nonce, message, hashlib.sha256)


def current() -> Keys:
    """The keys of this process. Raises SetupFault if they are missing or malformed."""
    now = settings.current()
    return _load(now.keys, now.data, now.embedded)


def current_text() -> str:
    """The keys of this process as JSON text, secrets and all. Raises SetupFault."""
    now = settings.current()
    current()  # says what is wrong, if they cannot be had
    if now.keys is None:
        return (now.data / FILE).read_text(encoding="ascii")
    return now.keys if now.keys.lstrip().startswith("{") else Path(now.keys).read_text(encoding="ascii")


def new() -> str:
    """Fresh keys as JSON text, for DOORSTEP_KEYS."""
    made = {
        "signing": [_fresh_seed()],
        "nonce": base64url(secrets.token_bytes(_SECRET_BYTES)),
        "lookup": base64url(secrets.token_bytes(_SECRET_BYTES)),
    }
    return json.dumps(made, indent=2) + "\n"


def rotated(text: str, at: datetime) -> str:
    """The keys of `text` with a fresh one to sign; of those before it the public halves stay, withdrawn at `at`.

    The secrets stay as they are. Raises SetupFault for text that is no keys.
    """
    before, members = _parse(text, "its text"), json.loads(text)
    publics = [_public_members(key.private.public_key())["x"] for key in before.signing]
    gone = [{"x": x, "withdrawn_at": at.isoformat()} for x in publics] + members.get("withdrawn", [])
    return json.dumps({**members, "signing": [_fresh_seed()], "withdrawn": gone}, indent=2) + "\n"


def _fresh_seed() -> str:
    return base64url(Ed25519PrivateKey.generate().private_bytes_raw())


@cache
def _load(named: str | None, data: Path, embedded: bool) -> Keys:
    if named is None:
        if not embedded:
            raise SetupFault("DOORSTEP_KEYS is required with DATABASE_URL")
        return _parse(_made_once(data), str(data / FILE))
    if named.lstrip().startswith("{"):
        return _parse(named, "its text")
    try:
        return _parse(Path(named).read_text(encoding="ascii"), named)
    except (OSError, UnicodeDecodeError) as error:
        raise SetupFault(f"DOORSTEP_KEYS: {named} cannot be read ({error}).") from error


def _made_once(data: Path) -> str:
    path = data / FILE
    if not path.exists():
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        write_private(path, new(), replace=False)
    return path.read_text(encoding="ascii")


def _parse(text: str, where: str) -> Keys:
    try:
        members: Mapping[str, Any] = json.loads(text)
        signing = tuple(_signing_key(unbase64url(key)) for key in members["signing"])
        withdrawn = tuple(_withdrawn_key(**key) for key in members.get("withdrawn", []))
        nonce, lookup = unbase64url(members["nonce"]), unbase64url(members["lookup"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else error
        raise SetupFault(f"DOORSTEP_KEYS: {where} is not what `doorstep keys new` prints ({why}).") from error
    if not signing or min(len(nonce), len(lookup)) < _SECRET_BYTES:
        raise SetupFault(f"DOORSTEP_KEYS: {where} needs a signing key and secrets of {_SECRET_BYTES} bytes.")
    return Keys(signing, nonce, lookup, withdrawn)


def _signing_key(seed: bytes) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return SigningKey(private, _thumbprint(private.public_key()))


def _withdrawn_key(x: str, withdrawn_at: str) -> WithdrawnKey:
    public, at = Ed25519PublicKey.from_public_bytes(unbase64url(x)), datetime.fromisoformat(withdrawn_at)
    if at.tzinfo is None:
        raise ValueError("withdrawn_at has no time zone")
    return WithdrawnKey(public, _thumbprint(public), at.astimezone(UTC))


def _thumbprint(public: Ed25519PublicKey) -> str:
    canonical = json.dumps(_public_members(public), sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(canonical.encode()).digest())


def _published(public: Ed25519PublicKey, kid: str) -> dict[str, str]:
    return {**_public_members(public), "kid": kid, "alg": "EdDSA", "use": "sig"}


def _public_members(public: Ed25519PublicKey) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": base64url(public.public_bytes_raw())}
