"""A phone in Python: the protocol's reference client, for tests, the simulator and whoever writes another app.

`Phone` is one carer on one installation: her key, her chain of signed events, her outbox. Recording needs no network.
An event stays in the outbox until a signed receipt for it is held; a batch refused as a whole is halved, and a single
event still refused is handed in as raw bytes.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from backend.domain.canonical import base64url, canonical, sha256, unbase64url

BASE: Final = "/mobile/v1"
LARGEST_BATCH: Final = 200
NONCE_AGE: Final = timedelta(seconds=200)
"""Events are taken with a stale nonce too, but then nothing proves how far this phone's clock is off."""
_SALT_BYTES: Final = 16


class Refused(Exception):
    """An answer other than the one hoped for; `problem` is what the server said."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: dict[str, Any] = _json(response)
        self.headers = response.headers
        super().__init__(f"{response.status_code} {self.problem.get('code')}: {self.problem.get('detail')}")


class Key:
    """A P-256 key. On a real phone it cannot be read; here it lives in memory."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None) -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        numbers = self._private.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32)) for number in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, message: bytes) -> str:
        """ES256 over `message`: r and s, 32 bytes each, as base64url."""
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(SHA256())))
        return base64url(r.to_bytes(32) + s.to_bytes(32))

    def proof(self, method: str, url: str, nonce: str | None, **claims: Any) -> str:
        """A DPoP proof (RFC 9449) for one call."""
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        body = {"jti": uuid4().hex, "htm": method, "htu": url, "iat": 0, "nonce": nonce, **claims}
        signed = f"{base64url(canonical(head))}.{base64url(canonical(body))}"
        return f"{signed}.{self.sign(signed.encode())}"


class Authenticator(Protocol):
    """What makes passkeys and keeps their keys: on a real phone the system, behind a finger or a face.

    Options and answers are the JSON of WebAuthn Level 3, bytes as unpadded base64url.
    """

    def create(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """A new passkey, as `RegistrationResponseJSON`."""
        ...

    def get(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """An assertion, as `AuthenticationResponseJSON`."""
        ...


@dataclass
class Phone:
    """One carer's phone. `now` is its own clock, right or wrong; `monotonic_ms` counts since the app started."""

    client: httpx.AsyncClient
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic_ms: Callable[[], int] = lambda: 0
    install_id: str = field(default_factory=lambda: uuid4().hex)
    key: Key = field(default_factory=Key)
    device_id: str | None = None
    token: str | None = None
    clock_id: str = field(default_factory=lambda: uuid4().hex)
    seq: int = 0
    prev: str | None = None
    outbox: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)
    server_keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    nonce: str | None = None
    nonce_at: datetime | None = None
    rp_id: str | None = None
    passkeys: list[str] = field(default_factory=list)

    async def enrol(
        self, code: str, pin: str = "4711", name: str = "phone", platform: str = "other"
    ) -> dict[str, Any]:
        """Enrol with a manager's code; keeps the device id and the token."""
        device = {"name": name, "platform": platform, "public_key": self.key.jwk}
        body = {"code": code, "install_id": self.install_id, "device": device, "pin": pin}
        answer = _good(await self.call("POST", "/enrol", json=body), 201)
        self.device_id, self.token = answer["device_id"], answer["token"]
        return answer

    async def open_session(self, pin: str = "4711", passkey: Authenticator | None = None) -> dict[str, Any]:
        """A fresh token by PIN, or by a passkey."""
        opener = {"pin": pin} if passkey is None else {"passkey": await self.assertion(passkey)}
        answer = _good(await self.call("POST", "/session", json={"device_id": self.device_id, **opener}))
        self.token = answer["token"]
        return answer

    async def assertion(self, passkey: Authenticator) -> dict[str, Any]:
        """What a passkey answers to a fresh nonce."""
        fresh = _good(await self.client.get(f"{BASE}/nonce"))["nonce"]
        asked = {
            "challenge": fresh,
            "rpId": self.rp_id,
            "allowCredentials": [{"type": "public-key", "id": one} for one in self.passkeys],
            "userVerification": "required",
        }
        made = passkey.get(asked)
        response = made["response"]
        return {
            "credential_id": made["rawId"],
            "client_data_json": response["clientDataJSON"],
            "authenticator_data": response["authenticatorData"],
            "signature": response["signature"],
        }

    async def register_passkey(self, passkey: Authenticator, name: str = "passkey") -> dict[str, Any]:
        """Make a passkey for this phone; keeps what later assertions are asked for by."""
        options = _good(await self.call("GET", "/passkeys/options", token=True))["public_key"]
        response = passkey.create(options)["response"]
        body = {
            "name": name,
            "client_data_json": response["clientDataJSON"],
            "attestation_object": response["attestationObject"],
        }
        answer = _good(await self.call("POST", "/passkeys", json=body, token=True), 201)
        self.rp_id = options["rp"]["id"]
        self.passkeys.append(answer["credential_id"])
        return answer

    async def rota(self, first: str | None = None, days: int = 7) -> list[dict[str, Any]]:
        """The carer's own visits."""
        asked = {"days": days} if first is None else {"from": first, "days": days}
        visits: list[dict[str, Any]] = _good(await self.call("GET", "/rota", params=asked, token=True))[
            "visits"
        ]
        return visits

    async def days(self, first: str, last: str) -> dict[str, Any]:
        """What she did, and what it pays."""
        return _good(await self.call("GET", "/days", params={"from": first, "to": last}, token=True))

    def record(
        self,
        kind: str,
        visit_id: str | None = None,
        at: datetime | None = None,
        fix: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        method: str = "gps",
        altered: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Sign an event and put it into the outbox. `altered` members take the place of those that would be signed."""
        fix = None if fix is None else {"salt": salt(), **fix}
        given = {} if fix else {"no_fix": "not_collected"}
        payload = {"salt": salt(), **given, **(payload or {})}
        self.seq += 1
        signed = {
            "type": "doorstep-event-1",
            "id": str(uuid4()),
            "device_id": self.device_id,
            "seq": self.seq,
            "prev": self.prev or base64url(sha256(str(self.device_id).encode("ascii"))),
            "kind": kind,
            "visit_id": visit_id,
            "occurred_at": instant(at or self.now()),
            "clock_id": self.clock_id,
            "monotonic_ms": self.monotonic_ms(),
            "method": method,
            "fix_hash": None if fix is None else base64url(sha256(canonical(fix))),
            "payload_hash": base64url(sha256(canonical(payload))),
            **(altered or {}),
        }
        event = {
            "signed": signed,
            "signature": self.key.sign(canonical(signed)),
            "fix": fix,
            "payload": payload,
        }
        self.prev = base64url(sha256(canonical(signed)))
        self.outbox.append(event)
        return event

    async def flush(self, most: int = LARGEST_BATCH) -> list[dict[str, Any]]:
        """Hand in the whole outbox in batches; returns the results. Raises httpx errors or Refused, losing nothing."""
        found: list[dict[str, Any]] = []
        while self.outbox:
            found += await self._hand_in(self.outbox[:most])
        return found

    async def _hand_in(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        body = self.batch(events)
        response = await self.send(body)
        if response.status_code in (400, 413):
            return await self._halved(events)
        answer = _good(response)
        await self.keep_receipts(answer)
        self.results += answer["results"]
        held = [id(event) for event in events]
        self.outbox = [event for event in self.outbox if id(event) not in held]
        return list(answer["results"])

    async def _halved(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(events) > 1:
            middle = len(events) // 2
            return await self._hand_in(events[:middle]) + await self._hand_in(events[middle:])
        _good(await self.call("POST", "/events/raw", content=json.dumps(events[0]).encode()))
        self.outbox = [event for event in self.outbox if event is not events[0]]
        return []

    def batch(self, events: Sequence[Any]) -> bytes:
        """The body of a call that hands in events, as of this moment."""
        envelope = {
            "device_id": self.device_id,
            "sent_at": instant(self.now()),
            "clock_id": self.clock_id,
            "sent_monotonic_ms": self.monotonic_ms(),
            "events": list(events),
        }
        return json.dumps(envelope, separators=(",", ":")).encode()  # as browsers write it

    async def send(self, body: bytes, proved: bool = True) -> httpx.Response:
        """Hand in a body, with a proof of when it was sent unless told otherwise."""
        if not proved:
            return await self.client.post(f"{BASE}/events", content=body, headers=_JSON)
        claims = {"sent_at": json.loads(body)["sent_at"], "body_sha256": base64url(sha256(body))}
        return await self.call("POST", "/events", content=body, claims=claims)

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
        token: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call with a proof; once more with the fresh nonce if the one at hand was stale."""
        url = str(self.client.base_url.join(f"{BASE}{path}"))
        if self.nonce_at is None or not timedelta(0) <= self.now() - self.nonce_at < NONCE_AGE:
            self._keep_nonce(await self.client.get(f"{BASE}/nonce"))
        for _ in range(2):
            ath = {"ath": base64url(sha256(str(self.token).encode()))} if token else {}
            sent = {
                "DPoP": self.key.proof(method, url, self.nonce, **ath, **(claims or {})),
                **(headers or {}),
            }
            if token:
                sent["Authorization"] = f"DPoP {self.token}"
            if content is not None:
                sent.setdefault("Content-Type", "application/json")
            response = await self.client.request(
                method, f"{BASE}{path}", json=json, content=content, params=params, headers=sent
            )
            self._keep_nonce(response)
            if "use_dpop_nonce" not in response.headers.get("WWW-Authenticate", ""):
                break
        return response

    def _keep_nonce(self, response: httpx.Response) -> None:
        if "DPoP-Nonce" in response.headers:
            self.nonce, self.nonce_at = response.headers["DPoP-Nonce"], self.now()

    async def keep_receipts(self, answer: Mapping[str, Any]) -> None:
        """Check the signature of an answer's batch and keep each line by event id. Raises InvalidSignature."""
        kid = answer["batch_signature"]["kid"]
        if kid not in self.server_keys:
            await self._fetch_keys()
        signature = unbase64url(answer["batch_signature"]["signature"])
        self.server_keys[kid].verify(signature, canonical(answer["batch"]))
        for line in answer["batch"]:
            if line["event_id"] is not None:
                self.receipts[line["event_id"]] = line

    async def _fetch_keys(self) -> None:
        for jwk in _good(await self.client.get("/schema/keys"))["keys"]:
            self.server_keys[jwk["kid"]] = Ed25519PublicKey.from_public_bytes(unbase64url(jwk["x"]))

    async def correct(
        self,
        visit_id: str | None,
        start: datetime | None,
        end: datetime | None,
        reason_code: str = "forgot_check_out",
        words: str | None = None,
        **altered: Any,
    ) -> httpx.Response:
        """Propose other times for a visit (or, with `day` among `altered`, for a day)."""
        note = None if words is None else {"salt": salt(), "text": words}
        signed = {
            "type": "doorstep-correction-1",
            "id": str(uuid4()),
            "device_id": self.device_id,
            "visit_id": visit_id,
            "proposed": {"start": start and instant(start), "end": end and instant(end)},
            "reason_code": reason_code,
            "note_hash": None if note is None else base64url(sha256(canonical(note))),
            **altered,
        }
        body = {"signed": signed, "signature": self.key.sign(canonical(signed)), "note": note}
        return await self.call("POST", "/corrections", json=body, token=True)


_JSON: Final = {"Content-Type": "application/json"}


def salt() -> str:
    """Sixteen random bytes, so that a digest tells nothing about what it is of."""
    return base64url(secrets.token_bytes(_SALT_BYTES))


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond as phones count."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _good(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    if response.status_code != status:
        raise Refused(response)
    return _json(response)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found: dict[str, Any] = response.json()
    except ValueError:
        return {"detail": response.text[:200]}
    return found
