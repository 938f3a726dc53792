"""One simulated phone: its key, its chain of signed events, and its calls."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from backend.simulator.journal import IN_CHAIN, Item, Sending
from backend.simulator.model import Carer
from backend.simulator.moments import Moment
from backend.simulator.rota import LONDON

PIN: Final = "2468"
Json = dict[str, Any]


@dataclass(slots=True)
class Network:
    """The way to the server: its address, and the nonce of the present instant."""

    client: httpx.AsyncClient
    base: str
    nonce: str = ""

    async def refresh(self) -> None:
        """Fetch a nonce; the clock has moved on."""
        answer = await self.client.get(f"{self.base}/mobile/v1/nonce")
        answer.raise_for_status()
        self.nonce = answer.json()["nonce"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one event of a sending."""

    employment: str
    item: Item
    outcome: str
    code: str | None


@dataclass(slots=True)
class Handset:
    """A carer's phone. `visits` turns references of the rota into the ids that phones use."""

    carer: Carer
    visits: dict[str, str]
    install_id: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    device_id: str = ""
    token: str = ""
    seq: int = 0
    prev: str = ""
    before: tuple[int, str] = (0, "")
    events: dict[int, Json] = field(default_factory=dict)

    async def enrol(self, network: Network, code: str) -> None:
        """Enrol with a code from the office. Raises httpx.HTTPStatusError if the server refuses."""
        url = f"{network.base}/mobile/v1/enrol"
        device = {
            "name": f"{self.carer.name}'s phone",
            "platform": "android",
            "public_key": public_jwk(self.key),
        }
        body = {"code": code, "install_id": self.install_id, "device": device, "pin": PIN}
        proof = make_proof(self.key, "POST", url, {"nonce": network.nonce})
        answer = await network.client.post(url, json=body, headers={"DPoP": proof})
        answer.raise_for_status()
        enrolled = answer.json()
        self.device_id, self.token = enrolled["device_id"], enrolled["token"]
        self.prev = digest(self.device_id.encode("ascii"))

    async def rota(self, network: Network, first: str, days: int) -> list[Json]:
        """The carer's own visits, as the phone is given them."""
        url = f"{network.base}/mobile/v1/rota"
        claims = {"nonce": network.nonce, "ath": digest(self.token.encode("ascii"))}
        headers = {"DPoP": make_proof(self.key, "GET", url, claims), "Authorization": f"DPoP {self.token}"}
        answer = await network.client.get(url, params={"from": first, "days": days}, headers=headers)
        answer.raise_for_status()
        visits: list[Json] = answer.json()["visits"]
        return visits

    def capture(self, items: list[Item]) -> None:
        """Sign the carer's events one after the other, as they happen; signing needs no network."""
        for item in items:
            self.events[item.index] = self._signed(item)

    async def send(self, network: Network, sending: Sending) -> list[Answered]:
        """Make one call, or two where somebody pretends to be another phone as well."""
        own = [item for item in sending.items if item.trick != "unknown_device"]
        strange = [item for item in sending.items if item.trick == "unknown_device"]
        answered = await self._post(network, sending, own, self.device_id) if own else []
        return answered + (await self._post(network, sending, strange, str(uuid4())) if strange else [])

    async def _post(
        self, network: Network, sending: Sending, items: list[Item], device_id: str
    ) -> list[Answered]:
        url = f"{network.base}/mobile/v1/events"
        shown = sending.at + timedelta(seconds=self.carer.drift_s)
        clock_id, monotonic_ms = self._clock(sending.at)
        body = json.dumps({
            "device_id": device_id, "sent_at": shown.isoformat(), "clock_id": clock_id,
            "sent_monotonic_ms": monotonic_ms, "events": [self.events[item.index] for item in items],
        }).encode()  # fmt: skip
        claims = {"sent_at": shown.isoformat(), "body_sha256": digest(body)}
        if sending.proof:
            claims["nonce"] = network.nonce
        headers = {"DPoP": make_proof(self.key, "POST", url, claims), "Content-Type": "application/json"}
        answer = await network.client.post(url, content=body, headers=headers)
        answer.raise_for_status()
        results = answer.json()["results"]
        return [
            Answered(self.carer.employment, item, result["outcome"], result["code"])
            for item, result in zip(items, results, strict=True)
        ]

    def _clock(self, at: datetime) -> tuple[str, int]:
        """The app is started each morning: its name for that, and milliseconds since."""
        local = at.astimezone(LONDON)
        started = local.replace(hour=0, minute=0, second=0)
        return f"{self.device_id[:8]}-{local:%Y%m%d}", int((local - started).total_seconds() * 1000)

    def _signed(self, item: Item) -> Json:
        if item.trick == "unreadable":
            return {"signed": "scribble", "signature": ""}
        if item.trick == "altered":
            return self._altered()
        event = self._event(item)
        if item.trick == "bad_hash" and event["fix"]:
            event["fix"] = {**event["fix"], "lat": event["fix"]["lat"] + 0.01}
        return event

    def _event(self, item: Item) -> Json:
        """A signed event. A forger has another key; a fork takes the place of the newest event once more."""
        in_chain = item.trick is None or item.trick in IN_CHAIN
        seq, prev = self.before if item.trick == "fork" else (self.seq + 1, self.prev)
        signed, parts = self._content(item, seq, prev)
        canonical = rfc8785.dumps(signed)
        key = generate_private_key(SECP256R1()) if item.trick in ("forged", "unknown_device") else self.key
        if in_chain:
            self.before = (seq, prev)
            self.seq, self.prev = seq, digest(canonical)
        return {"signed": signed, "signature": base64url(sign(key, canonical)), **parts}

    def _content(self, item: Item, seq: int, prev: str) -> tuple[Json, Json]:
        moment = item.moment
        shown = moment.at + timedelta(seconds=self.carer.drift_s, hours=2 if item.trick == "future" else 0)
        clock_id, monotonic_ms = self._clock(moment.at)
        fix, payload = _fix(moment, shown), _payload(moment)
        signed = {
            "type": "doorstep-event-1", "id": str(uuid4()), "device_id": self.device_id, "seq": seq, "prev": prev,
            "kind": moment.kind, "visit_id": self.visits[moment.visit] if moment.visit else None,
            "occurred_at": shown.isoformat(), "clock_id": clock_id, "monotonic_ms": monotonic_ms,
            "method": "gps" if fix else "phone", "fix_hash": _hash(fix), "payload_hash": _hash(payload),
        }  # fmt: skip
        return signed, {"fix": fix, "payload": payload}

    def _altered(self) -> Json:
        """The newest event with its time put back by half an hour, under the old signature."""
        newest = next(event for event in reversed(self.events.values()) if isinstance(event["signed"], dict))
        earlier = datetime.fromisoformat(newest["signed"]["occurred_at"]) - timedelta(minutes=30)
        return {**newest, "signed": {**newest["signed"], "occurred_at": earlier.isoformat()}}


def _fix(moment: Moment, shown: datetime) -> Json | None:
    if moment.fix is None:
        return None
    point = moment.fix.point
    return {"salt": _salt(), "lat": point.lat, "lon": point.lon, "accuracy_m": moment.fix.accuracy_m,
            "taken_at": shown.isoformat(), "mocked": False}  # fmt: skip


def _payload(moment: Moment) -> Json | None:
    said = {
        "activity": moment.activity,
        "task_id": moment.task,
        "words": "Spoke to the office." if moment.kind == "note" else None,
        "no_fix": moment.no_fix if moment.fix is None else None,
    }
    kept = {name: value for name, value in said.items() if value is not None}
    return {"salt": _salt(), **kept} if kept else None


def _salt() -> str:
    return base64url(os.urandom(16))


def _hash(part: Json | None) -> str | None:
    return None if part is None else digest(rfc8785.dumps(part))


def base64url(data: bytes) -> str:
    """Unpadded base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def digest(data: bytes) -> str:
    """SHA-256 as base64url."""
    return base64url(hashlib.sha256(data).digest())


def sign(key: EllipticCurvePrivateKey, data: bytes) -> bytes:
    """An ES256 signature: r and s, 32 bytes each."""
    r, s = decode_dss_signature(key.sign(data, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public_jwk(key: EllipticCurvePrivateKey) -> Json:
    """The public half as a JSON Web Key."""
    numbers = key.public_key().public_numbers()
    x, y = (base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def make_proof(key: EllipticCurvePrivateKey, method: str, url: str, claims: Json) -> str:
    """A DPoP proof (RFC 9449) of a call, with further claims."""
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(key)}
    body = {"jti": uuid4().hex, "htm": method, "htu": url, "iat": 0, **claims}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, body))
    return f"{signed}.{base64url(sign(key, signed.encode('ascii')))}"
