"""Enrolment, sessions, tokens, proofs and the rota."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend.use_cases.devices import list_devices, revoke_device, unlock_device
from backend.use_cases.issue_enrol_code import issue_enrol_code
from mobile_api.reference_client import BASE, Key, Phone, Refused
from tests.mobile_api.world import PROVIDER, World, hour, visit


async def refusal(call: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await call
    return refused.value.status, refused.value.problem["code"]


async def test_a_code_enrols_a_phone(world: World) -> None:
    phone = Phone(world.http)
    answer = await phone.enrol(await issue_enrol_code("hearth", "C1"))
    assert answer["carer"]["name"] == "Ann Carer"
    assert answer["provider"] == {"id": str(PROVIDER), "name": "Hearth Care"}
    assert answer["expires_at"] == "2026-11-02T07:00:00Z"


async def test_a_code_typed_carelessly_is_the_same_code(world: World) -> None:
    code = await issue_enrol_code("hearth", "C1")
    await Phone(world.http).enrol(f" {code.lower().replace('-', ' ')} ")


async def test_the_same_code_and_key_answer_the_same_phone(world: World) -> None:
    code = await issue_enrol_code("hearth", "C1")
    phone = Phone(world.http)
    first = await phone.enrol(code)
    world.at(hour(20))
    assert (await phone.enrol(code))["device_id"] == first["device_id"]


async def test_a_used_code_is_refused_to_another_key(world: World) -> None:
    code = await issue_enrol_code("hearth", "C1")
    await Phone(world.http).enrol(code)
    assert await refusal(Phone(world.http).enrol(code)) == (409, "code_used")


async def test_a_code_lives_for_a_day(world: World) -> None:
    code = await issue_enrol_code("hearth", "C1")
    world.at(hour(6) + timedelta(hours=24))
    assert await refusal(Phone(world.http).enrol(code)) == (410, "code_expired")


async def test_an_unknown_code_is_not_found(world: World) -> None:
    assert await refusal(Phone(world.http).enrol("AAAA-BBBB-CCCC-DDDD")) == (404, "code_unknown")


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "", "１２３４"])
async def test_a_pin_has_four_to_eight_digits(world: World, pin: str) -> None:
    code = await issue_enrol_code("hearth", "C1")
    assert await refusal(Phone(world.http).enrol(code, pin=pin)) == (400, "invalid")


async def test_a_proof_by_another_key_enrols_nothing(world: World) -> None:
    code = await issue_enrol_code("hearth", "C1")
    phone = Phone(world.http)
    phone.key.jwk, own = Key().jwk, phone.key.jwk
    assert await refusal(phone.enrol(code)) == (401, "proof_invalid")
    phone.key.jwk = own
    await phone.enrol(code)


@pytest.mark.parametrize(
    "jwk", [{"kty": "RSA"}, {"x": "AAAA"}, {"y": "A" * 43}, {"d": "secret"}, {"crv": "P-384"}, {"x": "\x00"}]
)
async def test_a_key_that_is_no_public_p_256_key_is_refused(world: World, jwk: dict[str, str]) -> None:
    phone = Phone(world.http)
    body = {"code": "x", "install_id": "i", "pin": "1234", "device": {"name": "n", "platform": "web"}}
    body["device"]["public_key"] = {**phone.key.jwk, **jwk}  # type: ignore[index]
    assert (await phone.call("POST", "/enrol", json=body)).status_code == 400


async def test_five_wrong_pins_lock_the_rota_until_a_manager_unlocks(world: World) -> None:
    phone, _ = await world.phone()
    for _ in range(5):
        assert await refusal(phone.open_session("0000")) == (403, "pin_wrong")
    assert await refusal(phone.open_session()) == (403, "locked")
    assert await refusal(phone.rota()) == (403, "locked")
    phone.record("check_in", visit("V1"))
    assert (await phone.flush())[0]["outcome"] == "accepted"
    await unlock_device(UUID(phone.device_id))
    await phone.open_session()
    await phone.rota()


async def test_a_right_pin_forgets_the_wrong_ones(world: World) -> None:
    phone, _ = await world.phone()
    for _ in range(3):
        for _ in range(4):
            await refusal(phone.open_session("0000"))
        await phone.open_session()


async def test_a_wrong_pin_without_the_key_does_not_count(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    stranger = Phone(world.http, device_id=phone.device_id)
    for _ in range(6):
        assert await refusal(stranger.open_session("0000")) == (401, "proof_invalid")
    assert await superuser.fetchval("SELECT pin_failures FROM device") == 0


async def test_a_token_lives_for_an_hour(world: World) -> None:
    phone, _ = await world.phone()
    world.at(hour(7))
    assert await refusal(phone.rota()) == (401, "token_expired")
    await phone.open_session()
    await phone.rota()


async def test_a_stolen_token_is_worth_nothing_without_the_key(world: World) -> None:
    phone, _ = await world.phone()
    thief = Phone(world.http, device_id=phone.device_id, token=phone.token)
    assert (await refusal(thief.rota()))[0] == 401


async def test_a_made_up_token_is_refused(world: World) -> None:
    phone, _ = await world.phone()
    body, _, code = str(phone.token).partition(".")
    for token in ("", "x", f"{body}.", f"{body}.{code[:-2]}AA", f"e30.{code}"):
        phone.token = token
        assert (await refusal(phone.rota()))[0] == 401


async def test_a_revoked_phone_reads_nothing_at_once(world: World) -> None:
    phone, _ = await world.phone()
    await revoke_device(UUID(phone.device_id))
    assert await refusal(phone.rota()) == (403, "revoked")
    assert await refusal(phone.open_session()) == (403, "revoked")


async def test_a_stale_nonce_is_told_and_replaced(world: World) -> None:
    phone, _ = await world.phone()
    url = f"{world.http.base_url}{BASE}/session".replace("//mobile", "/mobile")
    world.at(hour(6, 5, 1))
    proof = phone.key.proof("POST", url, phone.nonce)
    body = {"device_id": phone.device_id, "pin": "4711"}
    response = await world.http.post(f"{BASE}/session", json=body, headers={"DPoP": proof})
    assert (response.status_code, response.json()["code"]) == (401, "proof_invalid")
    assert "use_dpop_nonce" in response.headers["WWW-Authenticate"]
    proof = phone.key.proof("POST", url, response.headers["DPoP-Nonce"])
    assert (await world.http.post(f"{BASE}/session", json=body, headers={"DPoP": proof})).status_code == 200


async def test_a_proof_may_repeat_while_its_nonce_is_fresh_whatever_its_iat(world: World) -> None:
    phone, _ = await world.phone()
    proof = phone.key.proof("POST", str(world.http.base_url.join(f"{BASE}/session")), phone.nonce, iat=-5)
    body = {"device_id": phone.device_id, "pin": "4711"}
    for _ in range(2):
        assert (
            await world.http.post(f"{BASE}/session", json=body, headers={"DPoP": proof})
        ).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/session"), ("POST", "/enrol"), ("POST", "/session/"), ("post", "/session")]
)
async def test_a_proof_is_for_one_method_and_address(world: World, method: str, path: str) -> None:
    phone, _ = await world.phone()
    proof = phone.key.proof(method, str(world.http.base_url.join(f"{BASE}{path}")), phone.nonce)
    body = {"device_id": phone.device_id, "pin": "4711"}
    response = await world.http.post(f"{BASE}/session", json=body, headers={"DPoP": proof})
    assert (response.status_code, response.json()["code"]) == (401, "proof_invalid")


@pytest.mark.parametrize("proof", [None, "", "a.b.c", "e30.e30.AA", "é", "x" * 9000])
async def test_a_malformed_proof_is_refused_in_words(world: World, proof: str | None) -> None:
    headers = {} if proof is None else {"DPoP": proof.encode()}
    response = await world.http.get(f"{BASE}/rota", headers=headers)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (401, "proof_invalid")
    assert response.headers["DPoP-Nonce"]


async def test_every_answer_brings_a_nonce(world: World) -> None:
    fresh = await world.http.get(f"{BASE}/nonce")
    assert fresh.json()["nonce"] == fresh.headers["DPoP-Nonce"]
    assert (await world.http.post(f"{BASE}/events", content=b"")).headers["DPoP-Nonce"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("PUT", "/events", 405, "method_not_allowed"),
        ("GET", "/corrections/x/objection", 405, "method_not_allowed"),
    ],
)
async def test_an_address_that_is_not_served_is_a_problem_with_a_nonce_as_elsewhere(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await http.request(method, BASE + path, headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
    key = Key()
    url = str(http.base_url.join(f"{BASE}/enrol"))
    body = {"code": "AAAA-BBBB-CCCC-DDDD", "install_id": "i", "pin": "1234",
            "device": {"name": "n", "platform": "android", "public_key": key.jwk}}  # fmt: skip
    proof = {"DPoP": key.proof("POST", url, response.headers["DPoP-Nonce"])}
    enrolled = await http.post(f"{BASE}/enrol", json=body, headers=proof)
    assert enrolled.json()["code"] == "code_unknown"


async def test_pages_for_people_bring_no_nonce(http: httpx.AsyncClient) -> None:
    assert "DPoP-Nonce" not in (await http.get("/sign-in")).headers


async def test_the_rota_holds_the_carer_s_own_visits(world: World) -> None:
    phone, _ = await world.phone("C2")
    visits = await phone.rota("2026-11-02", 1)
    assert [one["id"] for one in visits] == [visit("V2"), visit("V3")]
    assert visits[0]["carers"] == ["Ann Carer", "Bea Carer"]
    assert visits[1]["carers"] == []
    assert visits[1]["person"]["name"] == "Mary S."
    assert visits[1]["places"] == [{"lat": 52.061, "lon": -2.71, "radius_m": 100}]
    assert visits[1]["planned"] == {"start": "2026-11-02T12:00:00Z", "end": "2026-11-02T12:30:00Z"}


async def test_the_access_note_opens_a_day_before_and_the_etag_tells(world: World) -> None:
    world.at(hour(6) - timedelta(days=1))
    phone, _ = await world.phone("C2")
    asked: dict[str, Any] = {"params": {"from": "2026-11-02", "days": 1}, "token": True}
    early = await phone.call("GET", "/rota", **asked)
    assert "access_note" not in early.json()["visits"][0]
    tag = early.headers["ETag"]
    assert (await phone.call("GET", "/rota", headers={"If-None-Match": tag}, **asked)).status_code == 304
    world.at(hour(8) - timedelta(days=1))
    await phone.open_session()
    later = await phone.call("GET", "/rota", headers={"If-None-Match": tag}, **asked)
    assert later.status_code == 200
    assert later.json()["visits"][0]["access_note"] == "Key safe 1234"
    assert "access_note" not in later.json()["visits"][1]


@pytest.mark.parametrize(
    "asked", [{"from": "2026-13-01"}, {"days": "0"}, {"days": "x"}, {"days": "32"}, {"from": ""}]
)
async def test_a_rota_asked_for_wrongly_is_refused(world: World, asked: dict[str, str]) -> None:
    phone, _ = await world.phone()
    assert (await phone.call("GET", "/rota", params=asked, token=True)).status_code == 400


async def test_a_manager_sees_phones_and_their_state(world: World) -> None:
    phone, _ = await world.phone()
    await world.phone(replaces=UUID(phone.device_id))
    states = sorted(row["state"] for row in await list_devices(PROVIDER))
    assert states == ["active", "replaced"]
    assert await refusal(phone.open_session()) == (403, "revoked")


async def test_days_before_any_policy_are_refused_in_words(world: World) -> None:
    phone, _ = await world.phone("C1")
    answer = await phone.call("GET", "/days?from=1900-01-01&to=1900-01-02", token=True)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "1900-01-02" in answer.json()["detail"]
