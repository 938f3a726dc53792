"""Carer against carer: each call with a token, by whoever is not the phone it was given to, and what each may name."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from backend.domain.canonical import base64url, canonical, sha256
from backend.domain.proof import access_token_hash
from backend.use_cases.devices import revoke_device
from mobile_api.reference_client import BASE, Phone
from tests.mobile_api.test_visits import attend, hand_in
from tests.mobile_api.world import World, hour, visit

DESCRIBED = json.loads((Path(__file__).parents[2] / "schemas" / "openapi.json").read_text())["paths"]
TOKEN_CALLS = [
    (method.upper(), path.removeprefix(BASE))
    for path, methods in DESCRIBED.items()
    for method, operation in methods.items()
    if any("token" in needs for needs in operation.get("security", []))
]
SIGNED = {
    "type": "doorstep-correction-1",
    "id": str(uuid4()),
    "device_id": str(uuid4()),
    "visit_id": visit("V1"),
    "proposed": {"start": hour(7).isoformat(), "end": hour(8).isoformat()},
    "reason_code": "forgot_check_out",
    "note_hash": None,
}
GOOD: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", "/days"): {"params": {"from": "2026-11-01", "to": "2026-11-02"}},
    ("GET", "/pay-record"): {"params": {"period": "2026-11-01"}},
    ("POST", "/corrections"): {"json": {"signed": SIGNED, "signature": "A" * 86, "note": None}},
    ("POST", "/corrections/{correction_id}/objection"): {"json": {"reason": "I was there"}},
    ("POST", "/corrections/{correction_id}/withdrawal"): {"json": {"reason": "A mistake"}},
    ("POST", "/passkeys"): {"json": {"name": "x", "client_data_json": "e30", "attestation_object": "AA"}},
}
"""What makes a call well formed: only then it is looked at who calls."""
Send = Callable[[str, str], Awaitable[httpx.Response]]


def sender(key_of: Phone, token: str | None, claims: Any = None, **other: Any) -> Send:
    """Calls with a proof by one phone's key and any token; claims and address may be others than the right ones."""

    async def send(method: str, path: str) -> httpx.Response:
        nonce = (await key_of.client.get(f"{BASE}/nonce")).headers["DPoP-Nonce"]
        called = path.replace("{correction_id}", str(uuid4())).replace("{passkey_id}", str(uuid4()))
        asked = {"method": method, "path": called, **other}
        url = str(key_of.client.base_url.join(f"{BASE}{asked['path']}"))
        ath = {"ath": access_token_hash(token)} if token else {}
        said = {"nonce": nonce, **ath, **(claims or {})}
        proof = key_of.key.proof(asked["method"], url, said.pop("nonce"), **said)
        headers = {"DPoP": proof, **({"Authorization": f"DPoP {token}"} if token else {})}
        content = GOOD.get((method, path), {})
        return await key_of.client.request(method, f"{BASE}{called}", headers=headers, **content)

    return send


async def refusals(send: Send) -> set[tuple[int, str]]:
    answers = [await send(method, path) for method, path in TOKEN_CALLS]
    return {(answer.status_code, answer.json().get("code", "")) for answer in answers}


def test_every_call_with_a_token_is_tried() -> None:
    assert len(TOKEN_CALLS) >= 10


async def test_a_token_is_good_on_its_own_phone_alone(world: World) -> None:
    mine, _ = await world.phone("C1")
    twin, _ = await world.phone("C1")
    theirs, _ = await world.phone("C2")
    right = await refusals(sender(mine, mine.token))
    assert 401 not in {status for status, _ in right}, "so what follows is refused for whose token it is"
    for thief in (twin, theirs, Phone(world.http, device_id=mine.device_id)):
        assert await refusals(sender(thief, mine.token)) == {(401, "proof_invalid")}
    for token in (None, "", theirs.token, f"{mine.token}x"):
        assert {status for status, _ in await refusals(sender(mine, token))} == {401}, token


async def test_a_proof_of_another_call_or_token_is_worth_nothing(world: World) -> None:
    phone, _ = await world.phone("C1")
    other = access_token_hash("another")
    for claims, changed in (
        ({"ath": other}, {}),
        ({"ath": None}, {}),
        ({"nonce": "AAAA"}, {}),
        ({"nonce": None}, {}),
        ({"htu": "https://elsewhere.example/mobile/v1/rota"}, {}),
        ({}, {"path": "/nowhere"}),
        ({}, {"method": "PUT"}),
    ):
        found = await refusals(sender(phone, phone.token, claims, **changed))
        assert {status for status, _ in found} == {401}, (claims, changed, found)


async def test_a_token_is_over_at_once_when_its_phone_is_revoked_and_after_an_hour(world: World) -> None:
    phone, _ = await world.phone("C1")
    world.at(hour(7, 1))
    assert await refusals(sender(phone, phone.token)) == {(401, "token_expired")}
    await phone.open_session()
    kept = phone.token
    await revoke_device(UUID(phone.device_id))
    assert await refusals(sender(phone, kept)) == {(403, "revoked")}


async def test_a_carer_is_told_nothing_of_another(world: World, superuser: asyncpg.Connection) -> None:
    mine, clock = await world.phone("C1")
    theirs, _ = await world.phone("C2")
    attend(mine, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, mine, clock, hour(9))
    await mine.open_session()
    await theirs.open_session()
    made = (await mine.correct(visit("V1"), hour(7), hour(8), words="The lock was stiff")).json()["id"]
    said = ""
    for path, asked in (
        ("/rota", {"from": "2026-11-01", "days": 14}),
        ("/days", {"from": "2026-11-01", "to": "2026-11-03"}),
        ("/corrections", {}),
        ("/passkeys", {}),
        ("/passkeys/options", {}),
    ):
        answer = await theirs.call("GET", path, params=asked, token=True)
        assert answer.status_code == 200, path
        said += answer.text
    # Both are sent to V2: her colleague's name is on it, and nothing else of hers.
    assert visit("V3") in said and visit("V1") not in said and visit("V4") not in said
    assert made not in said and "lock was stiff" not in said and str(mine.device_id) not in said
    before = await superuser.fetch("SELECT * FROM correction_decision")
    answers = [
        await theirs.call("POST", f"/corrections/{known}/{deed}", json={"reason": "No"}, token=True)
        for deed in ("objection", "withdrawal")
        for known in (made, str(uuid4()))
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].json() == answers[1].json() == answers[2].json() == answers[3].json()
    assert await superuser.fetch("SELECT * FROM correction_decision") == before


async def test_nobody_says_anything_in_another_s_name(world: World, superuser: asyncpg.Connection) -> None:
    """An event, a correction and a batch by one phone's key that name another phone, its carer or her visit."""
    mine, _ = await world.phone("C1")
    theirs, _ = await world.phone("C2")
    world.at(hour(6, 40))
    clock = hour(6, 30)
    theirs.record("check_in", visit("V1"), at=clock)
    theirs.record("check_in", visit("V3"), at=clock, altered={"device_id": mine.device_id})
    named = [(result["outcome"], result["code"]) for result in await theirs.flush()]
    assert named == [("quarantined", "not_your_visit"), ("quarantined", "invalid_event")]
    stolen = Phone(world.http, device_id=mine.device_id, key=theirs.key, now=lambda: clock)
    stolen.record("check_in", visit("V1"))
    assert [(one["outcome"], one["code"]) for one in await stolen.flush()] == [
        ("quarantined", "bad_signature")
    ]
    assert await superuser.fetchval("SELECT count(*) FROM event WHERE outcome = 'accepted'") == 0
    for whose, about in ((visit("V3"), {"device_id": mine.device_id}), (visit("V4"), {})):
        assert (await theirs.correct(whose, hour(12), hour(13), **about)).status_code in (400, 404)
    assert await superuser.fetchval("SELECT count(*) FROM correction") == 0


async def test_a_signature_for_one_purpose_is_none_for_another(world: World) -> None:
    """The key signs events, corrections and proofs; none is taken for one of the others."""
    phone, _ = await world.phone("C1")
    event = phone.record("check_in", visit("V1"), at=hour(6, 30))
    proof = f"{base64url(canonical(event['signed']))}.{event['signature']}"
    answer = await world.http.get(f"{BASE}/rota", headers={"DPoP": f"{base64url(b'{}')}.{proof}"})
    assert answer.status_code == 401
    note = {"salt": base64url(bytes(16)), "text": "x"}
    forged = {**event["signed"], "reason_code": "other", "note_hash": base64url(sha256(canonical(note)))}
    body = {"signed": forged, "note": note, "signature": event["signature"]}
    assert (await phone.call("POST", "/corrections", json=body, token=True)).status_code == 400
    phone.outbox = [{**event, "signed": {**event["signed"], "type": "doorstep-correction-1"}}]
    [result] = await phone.flush()
    assert result["outcome"] == "quarantined"


@pytest.mark.parametrize("path", ["/enrol", "/session"])
async def test_what_opens_a_phone_s_rota_is_not_taken_twice_by_another_key(world: World, path: str) -> None:
    """A request overheard whole, proof and all, opens nothing to a key that did not sign it."""
    mine, _ = await world.phone("C1")
    thief = Phone(world.http)
    device = {"name": "n", "platform": "other", "public_key": mine.key.jwk}
    body: dict[str, Any] = {"device_id": mine.device_id, "pin": "4711"}
    if path == "/enrol":
        body = {"code": "x", "install_id": "i", "device": device, "pin": "4711"}
    answer = await thief.call("POST", path, json=body)
    assert answer.status_code in (401, 404), answer.text
    assert "token" not in answer.json()
