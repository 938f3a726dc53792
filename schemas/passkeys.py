"""Wire types of passkeys: what a phone's authenticator answered, and the passkeys that a phone has."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from schemas.scalars import Instant

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def _base64url(most: int) -> Meta:
    pattern = f"^[A-Za-z0-9_-]{{1,{most}}}$"
    return Meta(extra={"parse": _parser(most)}, extra_json_schema={"type": "string", "pattern": pattern})


def _parser(most: int) -> Callable[[object], str]:
    def parse(data: object) -> str:
        if not isinstance(data, str) or len(data) > most or not _BASE64URL.fullmatch(data):
            raise ValueError(f"must be 1 to {most} characters of unpadded base64url")
        return data

    return parse


Name = Annotated[str, Meta(min_length=1, max_length=100)]
CredentialId = Annotated[str, _base64url(1364)]
ClientData = Annotated[str, _base64url(8000)]
AuthenticatorData = Annotated[str, _base64url(8000)]
Attestation = Annotated[str, _base64url(16_000)]
PasskeySignature = Annotated[str, _base64url(4000)]


class PasskeyAssertion(Struct, frozen=True):
    """What `navigator.credentials.get` answered: `rawId` and three members of `response`."""

    credential_id: CredentialId
    client_data_json: ClientData
    authenticator_data: AuthenticatorData
    signature: PasskeySignature


class PasskeyRegistration(Struct, frozen=True):
    """What `navigator.credentials.create` answered: two members of `response`; and what the carer calls it."""

    name: Name
    client_data_json: ClientData
    attestation_object: Attestation


class PasskeyOptions(Struct, frozen=True):
    """`PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3), its challenge fresh for 300 seconds."""

    public_key: dict[str, Any]


class PasskeyAnswer(Struct, frozen=True):
    """A passkey of this phone. `suspect_at`: when its counter went back, as the one of a copy does."""

    id: str
    credential_id: str
    name: str
    created_at: Instant
    last_used_at: Instant | None
    suspect_at: Instant | None


class PasskeysAnswer(Struct, frozen=True):
    """The phone's passkeys, oldest first, and the relying party that assertions are for."""

    rp_id: str
    passkeys: list[PasskeyAnswer]
