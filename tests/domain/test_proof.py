"""Keys of phones, signatures by them, and proofs that a call was made with one (RFC 9449)."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical import base64url, canonical, unbase64url
from backend.domain.proof import LONGEST_PROOF, BadProof, access_token_hash, read_proof
from backend.domain.signatures import es256, jwk_of, public_jwk, thumbprint, verifies

KEY, OTHER = (derive_private_key(number, SECP256R1()) for number in (7, 8))
JWK = jwk_of(KEY)
URL = "https://doorstep.example/mobile/v1/events"
HEAD: dict[str, Any] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": JWK}
CLAIMS: dict[str, Any] = {"htm": "POST", "htu": URL, "jti": "1", "iat": 0}


def proof(head: object = HEAD, claims: object = CLAIMS, key: Any = KEY) -> str:
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{es256(key, signed.encode())}"


def refused(text: str | None, method: str = "POST", urls: tuple[str, ...] = (URL,)) -> str:
    with pytest.raises(BadProof) as caught:
        read_proof(text, method, urls)
    return str(caught.value)


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    """By hand: the digest of the four members in order, with no blanks."""
    by_hand = b'{"crv":"P-256","kty":"EC","x":"%b","y":"%b"}' % (JWK["x"].encode(), JWK["y"].encode())
    assert canonical(JWK) == by_hand
    assert thumbprint(JWK | {"kid": "more"}) == access_token_hash(by_hand.decode())


@given(st.binary(max_size=200))
def test_a_signature_holds_for_its_key_and_message_alone(message: bytes) -> None:
    signature = unbase64url(es256(KEY, message))
    assert len(signature) == 64
    assert verifies(JWK, signature, message)
    assert not verifies(JWK, signature, message + b"x")
    assert not verifies(jwk_of(OTHER), signature, message)
    assert not verifies(JWK, signature[:-1], message) and not verifies(JWK, signature + b"\0", message)
    assert not verifies(JWK, bytes(64), message)
    assert not verifies(JWK, signature[32:] + signature[:32], message)


def test_of_a_key_its_four_public_members_are_kept() -> None:
    assert public_jwk(JWK | {"kid": "1", "use": "sig"}) == JWK
    assert len(unbase64url(JWK["x"])) == len(unbase64url(JWK["y"])) == 32


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kty": "RSA"}, "type EC"),
        ({"crv": "P-384"}, "P-256"),
        ({"d": "AAAA"}, "private"),
        ({"x": None}, "as text"),
        ({"y": 7}, "as text"),
        ({"x": base64url(bytes(31))}, "32 bytes"),
        ({"y": base64url(bytes(33))}, "32 bytes"),
        ({"x": "=="}, "base64url"),
        ({"y": JWK["x"]}, "no point"),
    ],
)
def test_what_is_no_public_key_of_the_curve_is_refused(change: Mapping[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        public_jwk({**JWK, **change})


@pytest.mark.parametrize("jwk", [None, "EC", [], {}])
def test_what_is_no_key_at_all_is_refused(jwk: object) -> None:
    with pytest.raises(ValueError, match="type EC"):
        public_jwk(jwk)


def test_a_proof_that_holds_says_whose_it_is_and_what_it_claims() -> None:
    found = read_proof(proof(), "POST", ["https://elsewhere.example/", URL])
    assert (found.jwk, found.claims, found.thumbprint) == (JWK, CLAIMS, thumbprint(JWK))


@pytest.mark.parametrize(
    "htu",
    [f"{URL}?after=1#x", URL.replace("doorstep", "DOORSTEP"), URL.replace(".example", ".example:443")],
)
def test_an_address_is_the_same_without_its_query_and_with_its_usual_port(htu: str) -> None:
    assert read_proof(proof(claims=CLAIMS | {"htu": htu}), "POST", [URL]).claims["htu"] == htu


def test_an_address_without_a_path_is_that_of_the_root() -> None:
    root = proof(claims=CLAIMS | {"htu": "http://localhost:80"})
    assert read_proof(root, "POST", ["http://localhost/"]).claims["htm"] == "POST"


@pytest.mark.parametrize(
    "htu",
    [
        "http://doorstep.example/mobile/v1/events",
        "https://doorstep.example:8443/mobile/v1/events",
        "https://doorstep.example/mobile/v1/event",
        "https://doorstep.example/",
        "https://other.example/mobile/v1/events",
        "https://doorstep.example:x/mobile/v1/events",
        None,
        7,
    ],
)
def test_a_proof_for_another_address_is_refused(htu: object) -> None:
    assert refused(proof(claims=CLAIMS | {"htu": htu})) == "the DPoP proof is for another address"


def test_a_proof_for_another_method_is_refused() -> None:
    assert refused(proof(), method="GET") == "the DPoP proof is for another method"
    assert refused(proof(claims={"htu": URL})) == "the DPoP proof is for another method"


@pytest.mark.parametrize(
    "head", [{"typ": "JWT"}, {"typ": None}, {"alg": "ES384"}, {"alg": "none"}, {"crit": []}]
)
def test_a_proof_of_another_kind_is_refused(head: dict[str, Any]) -> None:
    assert "typ dpop+jwt and alg ES256" in refused(proof(HEAD | head))


def test_a_proof_signed_by_another_key_or_changed_is_refused() -> None:
    held = "the signature of the DPoP proof does not hold"
    assert refused(proof(key=OTHER)) == held
    head, _, signature = proof().split(".")
    changed = base64url(json.dumps(CLAIMS | {"jti": "2"}).encode())
    assert refused(f"{head}.{changed}.{signature}") == held


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "missing"),
        ("", "missing"),
        ("a.b", "compact"),
        ("a.b.c.d", "compact"),
        ("a" * LONGEST_PROOF + "..", "compact"),
        ("..", "DPoP proof"),
        (f"{base64url(b'[]')}.{base64url(b'{}')}.AA", "no object"),
        (proof(HEAD | {"jwk": None}), "type EC"),
        (proof()[:-2] + "é.", "compact"),
        (proof().rpartition(".")[0] + ".==", "base64url"),
    ],
)
def test_what_is_no_proof_says_what_it_is_not(text: str | None, words: str) -> None:
    assert words in refused(text)


def test_the_longest_proof_is_still_read() -> None:
    assert LONGEST_PROOF == 8192
    room = LONGEST_PROOF - len(proof(claims=CLAIMS | {"jti": ""}))
    text = proof(claims=CLAIMS | {"jti": "x" * (room * 3 // 4)})
    assert LONGEST_PROOF - 4 <= len(text) <= LONGEST_PROOF
    assert read_proof(text, "POST", [URL]).jwk == JWK
    assert "compact" in refused(proof(claims=CLAIMS | {"jti": "x" * (room * 3 // 4 + 6)}))
