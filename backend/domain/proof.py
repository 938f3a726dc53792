"""Proofs that a call was made with a phone's key (RFC 9449, DPoP)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from backend.domain.canonical import Unreadable, base64url, read, sha256, unbase64url
from backend.domain.signatures import public_jwk, thumbprint, verifies

LONGEST_PROOF: Final = 8192
_PORTS: Final = {"http": 80, "https": 443}


class BadProof(ValueError):
    """A proof that does not hold; the words say why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof whose signature, method and address hold. Its nonce and other claims are still to be judged."""

    jwk: Mapping[str, str]
    claims: Mapping[str, Any]

    @property
    def thumbprint(self) -> str:
        """RFC 7638 thumbprint of the key that made the proof."""
        return thumbprint(self.jwk)


def read_proof(text: str | None, method: str, urls: Iterable[str]) -> Proof:
    """Check a DPoP header against a call's method and the addresses it may have been made to. Raises BadProof."""
    if not text:
        raise BadProof("the DPoP header is missing")
    if len(text) > LONGEST_PROOF or text.count(".") != 2:
        raise BadProof("the DPoP header is not one compact signed token")
    signed, _, signature = text.rpartition(".")
    try:
        head, claims = (_object(part) for part in signed.split("."))
        jwk = public_jwk(head.get("jwk"))
        genuine = verifies(jwk, unbase64url(signature), signed.encode("ascii"))
    except ValueError as error:
        raise BadProof(f"the DPoP proof {error}") from error
    if head.get("typ") != "dpop+jwt" or head.get("alg") != "ES256" or "crit" in head:
        raise BadProof("the DPoP proof must be of typ dpop+jwt and alg ES256")
    if not genuine:
        raise BadProof("the signature of the DPoP proof does not hold")
    _match_call(claims, method, urls)
    return Proof(jwk, claims)


def access_token_hash(token: str) -> str:
    """The `ath` claim of a proof that accompanies a token."""
    return base64url(sha256(token.encode("ascii", "replace")))


def _object(part: str) -> dict[str, Any]:
    try:
        value = read(unbase64url(part))
    except Unreadable as error:
        raise BadProof(str(error)) from error
    if not isinstance(value, dict):
        raise BadProof("holds a part that is no object")
    return value


def _match_call(claims: Mapping[str, Any], method: str, urls: Iterable[str]) -> None:
    if claims.get("htm") != method:
        raise BadProof("the DPoP proof is for another method")
    given = claims.get("htu")
    if not isinstance(given, str) or _address(given) not in {_address(url) for url in urls}:
        raise BadProof("the DPoP proof is for another address")


def _address(url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path; query and fragment do not count (RFC 9449, 4.3)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ("", "", None, url)
    return (parts.scheme, parts.hostname or "", port or _PORTS.get(parts.scheme), parts.path or "/")
