"""Passkeys (WebAuthn Level 3): what an authenticator answered, checked against what was asked and what is kept.

A challenge is a nonce of ours; whether it is fresh is for the caller to say, by `challenge_of`. Attestation is neither
asked for nor relied on: a passkey is as good as the moment at which it was registered.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from webauthn import (
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.domain.canonical import read, unbase64url
from schemas.passkeys import PasskeyAssertion, PasskeyRegistration

T = TypeVar("T")

NAME: Final = "Doorstep"
MOST: Final = 20
"""Passkeys of one phone or one person: more than anybody has, few enough to list."""
_LONGEST_ID: Final = 1023
"""Bytes of a credential's id (WebAuthn Level 3, 7.1); an assertion could not name a longer one."""
_PORTS: Final = {"http": 80, "https": 443}


class BadPasskey(ValueError):
    """An answer of an authenticator that does not hold; the words say why."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who a passkey is for: the host's name, and the origins of the pages and apps that may ask for it."""

    id: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What is kept of a passkey: its id, its COSE public key, and how often its authenticator says it was used."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def relying_party(base_url: str, called: Iterable[str] = ()) -> RelyingParty:
    """The relying party of a service at `base_url`.

    On a machine of one's own it is `localhost`, because no passkey can be for an address of digits, and whatever
    loopback address was `called` counts as its origin too.
    """
    host = urlsplit(base_url).hostname or ""
    if not _is_loopback(host):
        return RelyingParty(host, (_origin(base_url),))
    origins = [
        _origin(url, name) for url in (base_url, *called) if _is_local(url) for name in (None, "localhost")
    ]
    return RelyingParty("localhost", tuple(dict.fromkeys(origins)))


def _is_local(url: str) -> bool:
    """Whether the address is of this machine; one that cannot be read is not."""
    try:
        parts = urlsplit(url)
        return parts.port != 0 and _is_loopback(parts.hostname or "")
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: str, host: str | None = None) -> str:
    """Scheme, host and port as browsers state an origin: the port only where it is not the scheme's own."""
    parts = urlsplit(url)
    name = host or parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    usual = parts.port is None or parts.port == _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{name}" if usual else f"{parts.scheme}://{name}:{parts.port}"


def creation_options(
    party: RelyingParty, user: bytes, name: str, challenge: str, registered: Iterable[bytes]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked, as `PublicKeyCredentialCreationOptionsJSON`.

    `user` is an id without meaning; `registered` are the ids of passkeys that must not be made twice.
    """
    made = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user,
        user_name=name,
        challenge=unbase64url(challenge),
        timeout=300_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in registered],
    )
    return options_to_json_dict(made)


def request_options(party: RelyingParty, challenge: str) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked of whoever has a passkey here, as JSON."""
    return {"challenge": challenge, "rpId": party.id, "timeout": 300_000, "userVerification": "required"}


def challenge_of(client_data_json: str) -> str:
    """The challenge that was answered, as text. Raises BadPasskey."""
    try:
        data = read(unbase64url(client_data_json))
    except ValueError as error:
        raise BadPasskey("its client data cannot be read") from error
    challenge = data.get("challenge") if isinstance(data, dict) else None
    if not isinstance(challenge, str):
        raise BadPasskey("its client data names no challenge")
    return challenge


def new_passkey(answer: PasskeyRegistration, party: RelyingParty, challenge: str) -> NewPasskey:
    """The passkey that was made for `party` upon `challenge`, its user verified. Raises BadPasskey."""

    def verified() -> NewPasskey:
        # The id that counts is the one that the authenticator states; beside it we take none to compare.
        credential = RegistrationCredential(
            id="",
            raw_id=b"",
            response=AuthenticatorAttestationResponse(
                client_data_json=unbase64url(answer.client_data_json),
                attestation_object=unbase64url(answer.attestation_object),
            ),
        )
        made = verify_registration_response(
            credential=credential,
            expected_challenge=unbase64url(challenge),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
        decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
        return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)

    made = _in_words(verified)
    if len(made.credential_id) > _LONGEST_ID:
        raise BadPasskey(f"its id is longer than {_LONGEST_ID} bytes")
    return made


def sign_count(answer: PasskeyAssertion, party: RelyingParty, challenge: str, public_key: bytes) -> int:
    """The counter in an assertion by `public_key` for `party` upon `challenge`, its user verified. Raises BadPasskey.

    What the counter tells is the caller's to judge, by `went_back`: it tells something only once the signature holds.
    """

    def verified() -> int:
        credential = AuthenticationCredential(
            id=answer.credential_id,
            raw_id=unbase64url(answer.credential_id),
            response=AuthenticatorAssertionResponse(
                client_data_json=unbase64url(answer.client_data_json),
                authenticator_data=unbase64url(answer.authenticator_data),
                signature=unbase64url(answer.signature),
            ),
        )
        return verify_authentication_response(
            credential=credential,
            expected_challenge=unbase64url(challenge),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count

    return _in_words(verified)


def went_back(kept: int, now: int) -> bool:
    """Whether a counter did not go on, as that of a copied passkey does (WebAuthn, 6.1.1). Always 0: there is none."""
    return now <= kept and kept > 0


def _in_words(verified: Callable[[], T]) -> T:
    """What `verified` returns. The library's parsers let whatever they stumble over escape: it is all a bad answer."""
    try:
        return verified()
    except WebAuthnException as error:
        raise BadPasskey(str(error)[:200]) from error
    except Exception as error:
        raise BadPasskey(f"it is malformed ({type(error).__name__})") from error
