"""Events that cannot be read: kept as they came, never in the way of the others."""

import json
from typing import Any

import asyncpg
import pytest

from backend.domain.canonical import canonical
from mobile_api.reference_client import Phone
from tests.mobile_api.world import World, fix, visit


def body_with(phone: Phone, raw: str) -> bytes:
    """A batch of a good event, then `raw` as it stands, then another good one."""
    good = [json.dumps(event) for event in phone.outbox[:2]]
    return phone.batch(["@"]).replace(b'"@"', f"{good[0]}, {raw}, {good[1]}".encode("utf-8", "surrogatepass"))


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


UNREADABLE = {
    "a key given twice": '{"signed": {"id": 1, "id": 2}}',
    "half a surrogate pair": '{"signed": {"id": "\\ud800"}}',
    "an unsafe integer": '{"signed": {"seq": 9007199254740993}}',
    "an integer of thousands of digits": '{"signed": {"seq": ' + "9" * 5000 + "}}",
    "nesting over sixteen": '{"signed": ' + nested(17) + "}",
    "nesting of thousands": nested(100_000),
    "over 64 KiB": '{"signed": "' + "x" * 66_000 + '"}',
    "not a number": '{"signed": {"seq": NaN}}',
    "infinite": '{"signed": {"seq": 1e400}}',
    "a word": '"hello"',
    "null": "null",
    "an array": "[]",
    "a misspelt constant": '{"signed": tru}',
    "a member nobody can print": '{"signed": {}, "a\\u0000b": 1}',
    "no signed part": '{"signature": "x"}',
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_event_is_kept_and_spoils_no_other(
    world: World, superuser: asyncpg.Connection, raw: str
) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    phone.record("check_out", visit("V1"))
    response = await phone.send(body_with(phone, raw), proved=False)
    assert response.status_code == 200, response.text
    results = response.json()["results"]
    assert [result["outcome"] for result in results] == ["accepted", "quarantined", "accepted"]
    assert (results[1]["code"], results[1]["id"]) == ("invalid_event", None)
    assert await superuser.fetchval("SELECT raw FROM event WHERE code = 'invalid_event'") == raw.encode()


ALTERED: dict[str, dict[str, Any]] = {
    "a digest in a second spelling": {"prev": "A" * 42 + "B"},
    "an unknown kind": {"kind": "teleport"},
    "an unknown method": {"method": "telepathy"},
    "a malformed visit": {"visit_id": "V1"},
    "a malformed predecessor": {"prev": "abc"},
    "no sequence number": {"seq": None},
    "a negative sequence number": {"seq": -1},
    "an instant without an offset": {"occurred_at": "2026-11-02T07:00:00"},
    "another type": {"type": "doorstep-event-2"},
    "a control character": {"clock_id": "a\u0000b"},
    "another phone": {"device_id": "00000000-0000-4000-8000-000000000000"},
}


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED.keys())
async def test_a_signed_event_that_says_the_impossible_is_invalid(
    world: World, altered: dict[str, Any]
) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"), altered=altered)
    result = (await phone.flush())[0]
    assert (result["outcome"], result["code"], result["id"]) == (
        "quarantined",
        "invalid_event",
        event["signed"]["id"],
    )


async def test_a_malformed_id_is_answered_with_null(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"), altered={"id": "not-a-uuid"})
    result = (await phone.flush())[0]
    assert (result["code"], result["id"]) == ("invalid_event", None)


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (-90.1, 0.0), (52.0, 180.5), (52.0, -181.0)])
async def test_positions_off_the_earth_are_invalid(world: World, lat: float, lon: float) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"), fix=fix(lat, lon))
    assert (await phone.flush())[0]["code"] == "invalid_event"


async def test_longitude_nought_is_a_place(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"), fix=fix(52.0, 0.0))
    assert (await phone.flush())[0]["outcome"] == "accepted"


async def test_an_invalid_event_that_was_signed_keeps_its_place_in_the_chain(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"), altered={"kind": "teleport"})
    phone.record("check_in", visit("V1"))
    results = await phone.flush()
    assert [result["outcome"] for result in results] == ["quarantined", "accepted"]
    assert "chain" not in results[1]


NO_BATCH: dict[str, Any] = {
    "not JSON": b"hello",
    "empty": b"",
    "an array": b"[]",
    "no members": b"{}",
    "no events": {"events": []},
    "events that are no array": {"events": {}},
    "201 events": {"events": [{}] * 201},
    "no instant": {"sent_at": "yesterday"},
    "no clock": {"clock_id": None},
    "a fraction of a millisecond": {"sent_monotonic_ms": 1.5},
    "an unknown member": {"extra": 1},
}


@pytest.mark.parametrize("given", NO_BATCH.values(), ids=NO_BATCH.keys())
async def test_a_body_that_is_no_batch_is_refused_with_each_fault(world: World, given: Any) -> None:
    phone, _ = await world.phone()
    body = given if isinstance(given, bytes) else canonical({**json.loads(phone.batch([{}])), **given})
    response = await phone.send(body, proved=False)
    problem = response.json()
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "invalid"
    assert problem["errors"]


async def test_a_body_over_one_mebibyte_is_too_large(world: World) -> None:
    for path in ("/events", "/events/raw"):
        response = await world.http.post(f"/mobile/v1{path}", content=b" " * (1024 * 1024 + 1))
        assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_a_phone_halves_a_refused_batch_and_hands_in_the_rest_raw(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    for _ in range(3):
        phone.record("note", visit("V1"))
    room = 1024 * 1024 - len(json.dumps(phone.outbox[1])) - 20
    phone.outbox[1]["payload"]["words"] = "y" * room
    await phone.flush()
    assert not phone.outbox
    assert [result["outcome"] for result in phone.results] == ["accepted", "accepted"]
    assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event WHERE kind = 'raw'") == 1
