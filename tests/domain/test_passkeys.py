"""What holds of an authenticator's answer whatever it is."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical import base64url
from backend.domain.passkeys import (
    MOST,
    BadPasskey,
    RelyingParty,
    challenge_of,
    creation_options,
    new_passkey,
    relying_party,
    request_options,
    sign_count,
    went_back,
)
from schemas.passkeys import PasskeyAssertion, PasskeyRegistration
from tests.authenticator import PRESENT, SoftAuthenticator

PARTY = RelyingParty("localhost", ("http://localhost:8000",))
CHALLENGE = base64url(b"c" * 32)


def registered(passkey: SoftAuthenticator) -> PasskeyRegistration:
    response = passkey.create(creation_options(PARTY, b"u", "Ann", CHALLENGE, []))["response"]
    return PasskeyRegistration("x", response["clientDataJSON"], response["attestationObject"])


def asserted(passkey: SoftAuthenticator) -> PasskeyAssertion:
    made = passkey.get(request_options(PARTY, CHALLENGE))
    response = made["response"]
    return PasskeyAssertion(
        made["rawId"], response["clientDataJSON"], response["authenticatorData"], response["signature"]
    )


PASSKEY = SoftAuthenticator(count=7, step=0)
REGISTERED, ASSERTED = registered(PASSKEY), asserted(PASSKEY)
KEY = PASSKEY.cose_key()


def test_what_devices_and_their_owners_are_told() -> None:
    made = creation_options(PARTY, b"u", "Ann", CHALLENGE, [])
    assert (made["rp"]["name"], made["timeout"]) == ("Doorstep", 300_000)
    assert request_options(PARTY, CHALLENGE)["timeout"] == 300_000
    assert MOST == 20


def test_what_was_registered_verifies_what_it_answers() -> None:
    made = new_passkey(REGISTERED, PARTY, CHALLENGE)
    assert (made.credential_id, made.public_key, made.sign_count) == (PASSKEY.credential_id, KEY, 7)
    assert challenge_of(ASSERTED.client_data_json) == CHALLENGE
    assert sign_count(ASSERTED, PARTY, CHALLENGE, made.public_key) == 7


def test_an_owner_whom_the_device_did_not_verify_is_refused_at_both_ends() -> None:
    with pytest.raises(BadPasskey):
        new_passkey(registered(SoftAuthenticator(flags=PRESENT)), PARTY, CHALLENGE)
    unseen = SoftAuthenticator(flags=PRESENT)
    with pytest.raises(BadPasskey):
        sign_count(asserted(unseen), PARTY, CHALLENGE, unseen.cose_key())


def test_the_longest_id_is_taken_and_a_longer_one_refused() -> None:
    longest = SoftAuthenticator(credential_id=bytes(1023))
    assert len(new_passkey(registered(longest), PARTY, CHALLENGE).credential_id) == 1023
    with pytest.raises(BadPasskey, match="longer than 1023"):
        new_passkey(registered(SoftAuthenticator(credential_id=bytes(1024))), PARTY, CHALLENGE)


def test_the_first_use_of_a_passkey_counts_one() -> None:
    fresh = SoftAuthenticator()
    assert sign_count(asserted(fresh), PARTY, CHALLENGE, fresh.cose_key()) == 1
    assert [went_back(1, now) for now in (0, 1, 2)] == [True, True, False]


def test_another_challenge_does_not_hold() -> None:
    for challenge in ("", "AAAA", base64url(b"d" * 32), "not base64url!"):
        with pytest.raises(BadPasskey):
            new_passkey(REGISTERED, PARTY, challenge)
        with pytest.raises(BadPasskey):
            sign_count(ASSERTED, PARTY, challenge, KEY)


@given(st.data())
def test_an_assertion_with_one_byte_changed_does_not_hold(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["client_data_json", "authenticator_data", "signature"]))
    text = getattr(ASSERTED, name)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in "AZaz09-_" if letter != text[at]]))
    fields = {field: getattr(ASSERTED, field) for field in ASSERTED.__struct_fields__}
    changed = PasskeyAssertion(**{**fields, name: text[:at] + other + text[at + 1 :]})
    with pytest.raises(BadPasskey):
        sign_count(changed, PARTY, CHALLENGE, KEY)


bytes_as_text = st.binary(max_size=300).map(base64url)


@given(bytes_as_text, bytes_as_text, bytes_as_text, bytes_as_text, st.binary(max_size=100))
def test_noise_is_never_more_than_a_bad_answer(
    credential_id: str, client_data: str, data: str, signature: str, key: bytes
) -> None:
    for client in (client_data, ASSERTED.client_data_json):
        with pytest.raises(BadPasskey):
            sign_count(PasskeyAssertion(credential_id, client, data, signature), PARTY, CHALLENGE, KEY)
    with pytest.raises(BadPasskey):
        sign_count(ASSERTED, PARTY, CHALLENGE, key)


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.binary(max_size=80) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "fmt": st.sampled_from(["none", "packed", "tpm", "apple", "android-key", "fido-u2f", 7, None]),
            "attStmt": cbor_values,
            "authData": cbor_values,
        },
    )
    | cbor_values
)
def test_attestation_that_is_only_like_one_is_never_more_than_a_bad_answer(value: object) -> None:
    attestation = base64url(cbor2.dumps(value))
    with pytest.raises(BadPasskey):
        new_passkey(PasskeyRegistration("x", REGISTERED.client_data_json, attestation), PARTY, CHALLENGE)


@given(st.dictionaries(st.sampled_from([1, 3, -1, -2, -3, 0, 2]), cbor_values))
def test_a_key_that_is_none_is_not_registered(key: dict[int, object]) -> None:
    class Odd(SoftAuthenticator):
        def cose_key(self) -> bytes:
            return cbor2.dumps(key)

    with pytest.raises(BadPasskey):
        new_passkey(registered(Odd()), PARTY, CHALLENGE)


@given(st.binary(max_size=400))
def test_client_data_of_any_bytes_names_a_challenge_or_is_bad(data: bytes) -> None:
    with pytest.raises(BadPasskey):
        challenge_of(base64url(data))


@pytest.mark.parametrize(
    "text", ["", "=", "é", "e30=", "A", base64url(b'{"challenge": 1}'), base64url(b"[1]")]
)
def test_client_data_without_a_challenge_is_bad(text: str) -> None:
    with pytest.raises(BadPasskey):
        challenge_of(text)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_counter_goes_on_or_there_is_none(kept: int, now: int) -> None:
    assert went_back(kept, now) == (not (now > kept or kept == now == 0))


@pytest.mark.parametrize(
    ("base", "called", "party_id", "origins"),
    [
        ("https://care.example.org", (), "care.example.org", ["https://care.example.org"]),
        ("https://Care.example.org:443/x", (), "care.example.org", ["https://care.example.org"]),
        ("http://care.example.org:8443", (), "care.example.org", ["http://care.example.org:8443"]),
        (
            "https://care.example.org",
            ("http://localhost:1", "https://evil.example"),
            "care.example.org",
            ["https://care.example.org"],
        ),
        (
            "http://127.0.0.1:8000",
            ("http://localhost:99/x", "http://evil.example:8000", "http://localhost:port", "http://[odd"),
            "localhost",
            ["http://127.0.0.1:8000", "http://localhost:8000", "http://localhost:99"],
        ),
        ("https://care.example.org:80", (), "care.example.org", ["https://care.example.org:80"]),
        ("http://care.example.org:80", (), "care.example.org", ["http://care.example.org"]),
        (
            "http://127.0.0.1:8000",
            ("http://localhost:0", "http://localhost:1"),
            "localhost",
            ["http://127.0.0.1:8000", "http://localhost:8000", "http://localhost:1"],
        ),
        ("http://[::1]:8000", (), "localhost", ["http://[::1]:8000", "http://localhost:8000"]),
    ],
)
def test_the_relying_party_is_the_service_s_own_host(
    base: str, called: tuple[str, ...], party_id: str, origins: list[str]
) -> None:
    found = relying_party(base, called)
    assert (found.id, list(found.origins)) == (party_id, origins)
