"""Passkeys of phones: registered, used in place of the PIN, and each way in which one does not hold."""

import json
import secrets
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.domain.canonical import base64url
from backend.domain.passkeys import MOST
from backend.use_cases.devices import list_devices, revoke_device, unlock_device
from mobile_api.reference_client import BASE, Phone, Refused
from tests.authenticator import PRESENT, VERIFIED, SoftAuthenticator
from tests.mobile_api.world import PROVIDER, World, hour

GARBAGE = [
    "AA",
    "_",
    "oA",
    base64url(b"{}"),
    base64url(b"[]"),
    base64url(b"\xff" * 200),
    base64url(b"\xa0" * 37),
    "A" * 4000,
]


async def refusal(call: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await call
    return refused.value.status, refused.value.problem["code"]


async def with_passkey(world: World, carer: str = "C1") -> tuple[Phone, SoftAuthenticator]:
    phone, _ = await world.phone(carer)
    passkey = SoftAuthenticator()
    await phone.register_passkey(passkey, "my thumb")
    return phone, passkey


async def session(phone: Phone, body: dict[str, Any]) -> tuple[int, str | None]:
    answer = await phone.call("POST", "/session", json={"device_id": phone.device_id, **body})
    return answer.status_code, answer.json().get("code")


async def test_a_passkey_opens_the_rota_in_place_of_the_pin(world: World) -> None:
    phone, passkey = await with_passkey(world)
    world.at(hour(7))
    assert await refusal(phone.rota()) == (401, "token_expired")
    answer = await phone.open_session(passkey=passkey)
    assert answer["expires_at"] == "2026-11-02T08:00:00Z"
    assert len(await phone.rota("2026-11-02", 1)) == 3


async def test_options_are_for_this_phone_and_name_what_is_registered(world: World) -> None:
    phone, passkey = await with_passkey(world)
    options = (await phone.call("GET", "/passkeys/options", token=True)).json()["public_key"]
    assert options["rp"] == {"name": "Doorstep", "id": "localhost"}
    assert options["user"]["id"] == base64url(UUID(phone.device_id).bytes)
    assert options["user"]["name"] == "Ann Carer"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [base64url(passkey.credential_id)]


async def test_a_phone_may_have_several_passkeys_and_remove_one(world: World) -> None:
    phone, first = await with_passkey(world)
    second = SoftAuthenticator()
    world.at(hour(6, 1))
    await phone.register_passkey(second, "the key on my ring")
    held = (await phone.call("GET", "/passkeys", token=True)).json()
    assert held["rp_id"] == "localhost"
    assert [one["name"] for one in held["passkeys"]] == ["my thumb", "the key on my ring"]
    await phone.open_session(passkey=second)
    gone = await phone.call("DELETE", f"/passkeys/{held['passkeys'][0]['id']}", token=True)
    assert (gone.status_code, gone.content) == (204, b"")
    assert await refusal(phone.open_session(passkey=first)) == (403, "passkey_wrong")
    await phone.open_session(passkey=second)
    held = (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"]
    assert [(one["name"], one["last_used_at"]) for one in held] == [
        ("the key on my ring", "2026-11-02T06:01:00Z")
    ]


async def test_a_removed_passkey_may_be_registered_again(world: World) -> None:
    phone, passkey = await with_passkey(world)
    [held] = (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"]
    await phone.call("DELETE", f"/passkeys/{held['id']}", token=True)
    await phone.register_passkey(passkey)
    await phone.open_session(passkey=passkey)


@pytest.mark.parametrize(
    ("made_up", "status"), [("2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11", 404), ("nonsense", 400)]
)
async def test_what_is_not_there_cannot_be_removed(world: World, made_up: str, status: int) -> None:
    phone, _ = await with_passkey(world)
    assert (await phone.call("DELETE", f"/passkeys/{made_up}", token=True)).status_code == status


async def test_another_phone_s_passkey_cannot_be_removed(world: World) -> None:
    phone, _ = await with_passkey(world)
    [held] = (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"]
    other, _ = await world.phone("C1")
    assert (await other.call("DELETE", f"/passkeys/{held['id']}", token=True)).status_code == 404


async def test_the_same_passkey_is_registered_once(world: World) -> None:
    phone, passkey = await with_passkey(world)
    assert await refusal(phone.register_passkey(passkey)) == (409, "conflict")


async def test_a_phone_has_only_so_many_passkeys(world: World) -> None:
    phone, _ = await with_passkey(world)
    for _ in range(MOST - 1):
        await phone.register_passkey(SoftAuthenticator())
    assert await refusal(phone.register_passkey(SoftAuthenticator())) == (409, "conflict")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "evil.example"},
        {"rp_id": "127.0.0.1"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"flags": 0},
        {"client_type": "webauthn.get"},
        {"client_type": "payment.get"},
        {"credential_id": b""},
    ],
)
async def test_what_was_made_for_another_is_not_registered(world: World, wrong: dict[str, Any]) -> None:
    phone, _ = await world.phone()
    assert await refusal(phone.register_passkey(SoftAuthenticator(**wrong))) == (403, "passkey_wrong")
    assert (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://localhost:8000"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"client_type": "webauthn.create"},
    ],
)
async def test_what_was_answered_for_another_opens_nothing(world: World, wrong: dict[str, Any]) -> None:
    phone, passkey = await with_passkey(world)
    for name, value in wrong.items():
        setattr(passkey, name, value)
    assert await refusal(phone.open_session(passkey=passkey)) == (403, "passkey_wrong")


async def test_another_key_with_the_same_id_opens_nothing(world: World) -> None:
    phone, passkey = await with_passkey(world)
    copied = SoftAuthenticator(credential_id=passkey.credential_id)
    assert await refusal(phone.open_session(passkey=copied)) == (403, "passkey_wrong")


async def test_another_carer_s_passkey_opens_nothing(world: World) -> None:
    phone, _ = await with_passkey(world, "C1")
    _, hers = await with_passkey(world, "C2")
    assert await refusal(phone.open_session(passkey=hers)) == (403, "passkey_wrong")


async def test_a_passkey_of_the_same_carer_s_other_phone_opens_nothing(world: World) -> None:
    phone, _ = await with_passkey(world)
    _, elsewhere = await with_passkey(world)
    assert await refusal(phone.open_session(passkey=elsewhere)) == (403, "passkey_wrong")


async def test_an_answer_is_worth_nothing_without_the_phone_s_key(world: World) -> None:
    phone, passkey = await with_passkey(world)
    thief = Phone(world.http, device_id=phone.device_id, rp_id=phone.rp_id, passkeys=phone.passkeys)
    assert await refusal(thief.open_session(passkey=passkey)) == (401, "proof_invalid")


async def test_a_stale_challenge_is_refused(world: World) -> None:
    phone, passkey = await with_passkey(world)
    answer = await phone.assertion(passkey)
    world.at(hour(6, 5, 1))
    assert await session(phone, {"passkey": answer}) == (403, "passkey_wrong")
    world.at(hour(6, 5))
    assert await session(phone, {"passkey": answer}) == (200, None)


async def test_a_challenge_that_is_not_ours_is_refused(world: World) -> None:
    phone, passkey = await with_passkey(world)
    for challenge in ("", "AAAA", base64url(b"\0" * 32)):
        made = passkey.get({"rpId": "localhost", "challenge": challenge})["response"]
        answer = {
            "credential_id": base64url(passkey.credential_id),
            "client_data_json": made["clientDataJSON"],
            "authenticator_data": made["authenticatorData"],
            "signature": made["signature"],
        }
        assert await session(phone, {"passkey": answer}) == (403, "passkey_wrong")


async def test_a_counter_that_does_not_go_on_is_refused_and_marked(world: World) -> None:
    phone, passkey = await with_passkey(world)
    await phone.open_session(passkey=passkey)
    answer = await phone.assertion(passkey)
    assert await session(phone, {"passkey": answer}) == (200, None)
    assert await session(phone, {"passkey": answer}) == (403, "passkey_wrong")
    [held] = (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"]
    assert held["suspect_at"] == "2026-11-02T06:00:00Z"
    assert [row["passkey_suspect_at"] for row in await list_devices(PROVIDER)] == [hour(6)]
    await phone.open_session(passkey=passkey)


async def test_a_forged_answer_marks_nothing(world: World) -> None:
    phone, passkey = await with_passkey(world)
    await phone.open_session(passkey=passkey)
    answer = await phone.assertion(SoftAuthenticator(credential_id=passkey.credential_id, step=0))
    assert await session(phone, {"passkey": answer}) == (403, "passkey_wrong")
    [held] = (await phone.call("GET", "/passkeys", token=True)).json()["passkeys"]
    assert held["suspect_at"] is None


async def test_a_passkey_without_a_counter_is_taken_again_and_again(world: World) -> None:
    phone, _ = await world.phone()
    synced = SoftAuthenticator(step=0)
    await phone.register_passkey(synced)
    for _ in range(3):
        await phone.open_session(passkey=synced)


async def test_a_locked_rota_stays_locked_to_a_passkey(world: World) -> None:
    phone, passkey = await with_passkey(world)
    for _ in range(5):
        await refusal(phone.open_session("0000"))
    assert await refusal(phone.open_session(passkey=passkey)) == (403, "locked")
    await unlock_device(UUID(phone.device_id))
    await phone.open_session(passkey=passkey)


async def test_a_wrong_passkey_locks_nothing(world: World, superuser: asyncpg.Connection) -> None:
    phone, _ = await with_passkey(world)
    for _ in range(6):
        assert await refusal(phone.open_session(passkey=SoftAuthenticator())) == (403, "passkey_wrong")
    assert await superuser.fetchval("SELECT pin_failures FROM device") == 0
    await phone.open_session()


async def test_a_right_passkey_does_not_forgive_wrong_pins(world: World) -> None:
    phone, passkey = await with_passkey(world)
    for _ in range(4):
        await refusal(phone.open_session("0000"))
    await phone.open_session(passkey=passkey)
    assert await refusal(phone.open_session("0000")) == (403, "pin_wrong")
    assert await refusal(phone.open_session(passkey=passkey)) == (403, "locked")


async def test_a_revoked_or_replaced_phone_is_refused_as_with_its_pin(world: World) -> None:
    phone, passkey = await with_passkey(world)
    await world.phone(replaces=UUID(phone.device_id))
    assert await refusal(phone.open_session(passkey=passkey)) == (403, "revoked")
    phone, passkey = await with_passkey(world)
    await revoke_device(UUID(phone.device_id))
    assert await refusal(phone.open_session(passkey=passkey)) == (403, "revoked")
    assert (await phone.call("GET", "/passkeys/options", token=True)).json()["code"] == "revoked"
    assert await refusal(phone.register_passkey(SoftAuthenticator())) == (403, "revoked")


async def test_exactly_one_of_pin_and_passkey_is_given(world: World) -> None:
    phone, passkey = await with_passkey(world)
    both = {"pin": "4711", "passkey": await phone.assertion(passkey)}
    for body in ({}, {"pin": None, "passkey": None}, both):
        assert await session(phone, body) == (400, "invalid")


async def test_passkeys_are_for_whoever_has_a_token(world: World) -> None:
    phone, _ = await world.phone()
    for method, path in (
        ("GET", "/passkeys"),
        ("GET", "/passkeys/options"),
        ("DELETE", f"/passkeys/{uuid4()}"),
    ):
        assert (await phone.call(method, path)).status_code == 401
    assert (await world.http.get(f"{BASE}/passkeys")).status_code == 401


async def test_no_garbage_in_an_assertion_is_our_mistake(world: World) -> None:
    phone, passkey = await with_passkey(world)
    for name in await phone.assertion(passkey):
        for garbage in [*GARBAGE, "", "é", "A" * 20_000, 7, None, [], {}, True]:
            answer = {**await phone.assertion(passkey), name: garbage}
            status, code = await session(phone, {"passkey": answer})
            assert (status, code) in {(400, "invalid"), (403, "passkey_wrong")}, (name, garbage)
    for passkey_value in ("", 7, [], {}, {"credential_id": "AA"}, {**answer, "more": 1}):
        assert await session(phone, {"passkey": passkey_value}) == (400, "invalid")


async def test_no_garbage_in_client_data_is_our_mistake(world: World) -> None:
    phone, passkey = await with_passkey(world)
    fresh = (await world.http.get(f"{BASE}/nonce")).json()["nonce"]
    right = {"type": "webauthn.get", "challenge": fresh, "origin": "http://localhost:8000"}
    for change in (
        {"challenge": 7},
        {"challenge": fresh + "="},
        {"challenge": fresh + "\n"},
        {"origin": {}},
        {"origin": None},
        {"type": []},
        {"tokenBinding": {"status": "odd"}},
        {"tokenBinding": {}},
        {"crossOrigin": "?"},
        {"more": "\ud800"},
    ):
        stated = base64url(json.dumps({**right, **change}).encode())
        answer = {**await phone.assertion(passkey), "client_data_json": stated}
        assert await session(phone, {"passkey": answer}) == (403, "passkey_wrong"), change


async def test_no_garbage_in_a_registration_is_our_mistake(world: World) -> None:
    phone, _ = await world.phone()
    for name in ("name", "client_data_json", "attestation_object"):
        for garbage in [*GARBAGE, "", "\0", "A" * 20_000, 7, None, [], {}]:
            options = (await phone.call("GET", "/passkeys/options", token=True)).json()["public_key"]
            made = SoftAuthenticator().create(options)["response"]
            body = {
                "name": "x",
                "client_data_json": made["clientDataJSON"],
                "attestation_object": made["attestationObject"],
                name: garbage,
            }
            answer = await phone.call("POST", "/passkeys", json=body, token=True)
            taken = {201} if name == "name" else set()
            assert answer.status_code in {400, 403, *taken}, (name, garbage, answer.text)


@pytest.mark.parametrize("length", [1024, 5000])
async def test_a_credential_id_that_no_assertion_could_name_is_not_kept(world: World, length: int) -> None:
    phone, _ = await world.phone("C1")
    passkey = SoftAuthenticator(credential_id=secrets.token_bytes(length))
    assert await refusal(phone.register_passkey(passkey)) == (403, "passkey_wrong")


async def test_the_longest_credential_id_is_kept_and_opens_the_rota(world: World) -> None:
    phone, _ = await world.phone("C1")
    passkey = SoftAuthenticator(credential_id=secrets.token_bytes(1023))
    await phone.register_passkey(passkey)
    await phone.open_session(passkey=passkey)
