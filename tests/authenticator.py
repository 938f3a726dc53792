"""An authenticator in software: P-256 passkeys as WebAuthn Level 3 lays out their bytes, and every way to be wrong."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from backend.domain.canonical import base64url, unbase64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftAuthenticator:
    """Makes one passkey and answers with it.

    `flags` and `count` are what it states with each answer; `step` is how far its counter goes on each time (a synced
    passkey keeps none: 0). `rp_id` and `origin` take the place of what it is asked for, to be wrong.
    """

    origin: str = "http://localhost:8000"
    rp_id: str | None = None
    flags: int = PRESENT | VERIFIED
    count: int = 0
    step: int = 1
    client_type: str | None = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: str | None = None

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A new passkey without attestation, as `RegistrationResponseJSON`."""
        self.user_handle = options["user"]["id"]
        attested = b"\0" * 16 + len(self.credential_id).to_bytes(2) + self.credential_id + self.cose_key()
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": base64url(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": base64url(attestation),
            }
        )

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """An assertion, as `AuthenticationResponseJSON`."""
        self.count += self.step
        data = self._data(options["rpId"], self.flags)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": base64url(client_data),
                "authenticatorData": base64url(data),
                "signature": base64url(signature),
                "userHandle": self.user_handle,
            }
        )

    def cose_key(self) -> bytes:
        """The public key as COSE_Key (RFC 9053, 7.1)."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _data(self, rp_id: str, flags: int) -> bytes:
        asked = (self.rp_id or rp_id).encode()
        return hashlib.sha256(asked).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        unbase64url(challenge)
        stated = {"type": self.client_type or kind, "challenge": challenge, "origin": self.origin}
        return json.dumps({**stated, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        credential_id = base64url(self.credential_id)
        return {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": response}
