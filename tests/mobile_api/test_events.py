"""What becomes of events: every outcome, repeats, order, doubt about clocks and places."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend import db
from backend.domain.canonical import base64url, canonical, sha256
from backend.use_cases import receive_events
from backend.use_cases.check_records import check_records
from backend.use_cases.devices import revoke_device
from mobile_api.reference_client import BASE, Key, salt
from tests.mobile_api.world import HOME, PROVIDER, World, fix, hour, visit


def outcomes(answer: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(result["outcome"], result["code"]) for result in answer]


async def test_a_check_in_is_accepted_and_its_receipt_verifies(world: World) -> None:
    phone, clock = await world.phone()
    world.at(hour(7, 4))
    clock.time = hour(7, 4)
    event = phone.record("check_in", visit("V1"), fix=fix(at=clock.time))
    assert outcomes(await phone.flush()) == [("accepted", None)]
    line = phone.receipts[event["signed"]["id"]]
    assert line["signed_hash"] == base64url(sha256(canonical(event["signed"])))
    assert (line["outcome"], line["code"], line["device_id"]) == ("accepted", None, phone.device_id)
    assert not phone.outbox


async def test_the_same_event_again_is_a_duplicate_with_the_first_receipt(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    await phone.flush()
    first = dict(phone.receipts)
    world.at(hour(9))
    phone.outbox.append({**event, "signature": phone.key.sign(b"something else")})
    assert outcomes(await phone.flush()) == [("duplicate", None)]
    assert phone.receipts == first


async def test_a_duplicate_of_a_quarantined_event_tells_the_first_outcome(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V3"))
    assert outcomes(await phone.flush()) == [("quarantined", "not_your_visit")]
    phone.outbox.append(event)
    assert outcomes(await phone.flush()) == [("duplicate", "not_your_visit")]
    assert phone.receipts[event["signed"]["id"]]["outcome"] == "quarantined"


async def test_an_event_twice_in_one_batch_counts_once(world: World, superuser: asyncpg.Connection) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    phone.outbox.append(event)
    assert outcomes(await phone.flush()) == [("accepted", None), ("duplicate", None)]
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1


async def test_an_altered_event_is_not_believed(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    event["signed"]["occurred_at"] = "2026-11-02T05:00:00+00:00"
    assert outcomes(await phone.flush()) == [("quarantined", "bad_signature")]


async def test_an_unsigned_event_is_kept_and_not_believed(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    right = event.pop("signature")
    assert outcomes(await phone.flush()) == [("quarantined", "bad_signature")]
    phone.outbox.append({**event, "signature": right})
    assert outcomes(await phone.flush()) == [("accepted", None)]
    assert await superuser.fetchval("SELECT count(*) FROM event WHERE raw IS NOT NULL") == 1


async def test_the_same_unbelieved_bytes_are_kept_once(world: World, superuser: asyncpg.Connection) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    event["signature"] = None
    for _ in range(2):
        phone.outbox = [event]
        assert outcomes(await phone.flush()) == [("quarantined", "bad_signature")]
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1


async def test_a_changed_position_is_found_by_its_digest(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"), fix=fix())
    event["fix"]["lat"] = 52.9
    assert outcomes(await phone.flush()) == [("quarantined", "bad_hash")]


@pytest.mark.parametrize("reason", ["conflict", "fork", "revoked"])
async def test_what_was_altered_on_the_way_is_no_evidence_whatever_else_speaks_against_the_event(
    world: World, superuser: asyncpg.Connection, reason: str
) -> None:
    phone, _ = await world.phone()
    first = phone.record("check_in", visit("V1"), fix=fix())
    await phone.flush()
    altered: dict[str, Any] = {}
    if reason == "conflict":
        altered = {"id": first["signed"]["id"]}
    elif reason == "fork":
        phone.prev = base64url(sha256(b"another event"))
    else:
        await revoke_device(UUID(phone.device_id))
    event = phone.record("check_out", visit("V1"), fix=fix(), altered=altered)
    event["fix"]["lat"] = 52.9
    assert [code for _, code in outcomes(await phone.flush())] == [reason]
    raw = await superuser.fetchval("SELECT raw FROM event WHERE code = $1", reason)
    assert json.loads(raw)["fix"]["lat"] == 52.9
    assert await superuser.fetchval("SELECT count(*) FROM event_judgement") == 1
    async with db.as_provider(PROVIDER) as connection:
        assert (await check_records(connection, PROVIDER, hour(12))).faults == ()


async def test_same_id_with_other_content_is_a_conflict_and_both_are_kept(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    event = phone.record("check_in", visit("V1"))
    phone.record("check_out", visit("V1"), altered={"id": event["signed"]["id"]})
    after = phone.record("note", visit("V1"))
    assert outcomes(await phone.flush()) == [("accepted", None), ("conflict", "conflict"), ("accepted", None)]
    assert await superuser.fetchval("SELECT count(*) FROM event") == 3
    assert phone.receipts[after["signed"]["id"]]["outcome"] == "accepted"


async def test_two_events_at_one_place_of_the_chain_are_a_fork_and_what_follows_stands(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    held = phone.prev
    phone.record("check_out", visit("V1"))
    phone.seq, phone.prev = 1, held
    phone.record("note", visit("V1"))
    phone.record("note", visit("V1"))
    expected = [("accepted", None), ("accepted", None), ("quarantined", "fork"), ("accepted", None)]
    assert outcomes(await phone.flush()) == expected


async def test_a_wrong_first_predecessor_is_a_fork(world: World) -> None:
    phone, _ = await world.phone()
    phone.prev = base64url(sha256(b"another phone"))
    phone.record("check_in", visit("V1"))
    assert outcomes(await phone.flush()) == [("quarantined", "fork")]


async def test_a_broken_predecessor_is_a_fork(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    phone.prev = base64url(sha256(b"something else"))
    phone.record("check_out", visit("V1"))
    assert outcomes(await phone.flush()) == [("accepted", None), ("quarantined", "fork")]


async def test_an_event_before_its_predecessor_waits(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    phone.record("check_out", visit("V1"))
    first, second = phone.outbox
    phone.outbox = [second]
    late = await phone.flush()
    assert (late[0]["outcome"], late[0]["chain"]) == ("accepted", "waiting")
    phone.outbox = [first]
    early = await phone.flush()
    assert early[0]["outcome"] == "accepted"
    assert "chain" not in early[0]


async def test_a_phone_that_counts_from_nought_is_understood(world: World) -> None:
    phone, _ = await world.phone()
    phone.seq = -1
    phone.record("check_in", visit("V1"))
    phone.record("check_out", visit("V1"))
    assert outcomes(await phone.flush()) == [("accepted", None)] * 2


async def test_foreign_and_unknown_visits_get_the_same_answer(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V3"))
    phone.record("check_in", str(uuid4()))
    assert outcomes(await phone.flush()) == [("quarantined", "not_your_visit")] * 2


async def test_a_visit_nobody_planned_is_accepted(world: World) -> None:
    phone, _ = await world.phone()
    arrived = phone.record("check_in", payload={"words": "next door"})
    phone.record("check_out", payload={"check_in_id": arrived["signed"]["id"]})
    assert outcomes(await phone.flush()) == [("accepted", None)] * 2


async def test_times_that_cannot_be_are_quarantined(world: World) -> None:
    phone, clock = await world.phone()
    phone.record("check_in", visit("V1"), at=hour(6, 11))
    phone.record("check_in", visit("V1"), at=hour(6) - timedelta(hours=1))
    phone.record("check_in", visit("V1"), at=hour(6, 9))
    clock.time = hour(6)
    assert [code for _, code in outcomes(await phone.flush())] == ["absurd_time", "absurd_time", None]


async def test_events_of_a_revoked_phone_are_quarantined_not_refused(world: World) -> None:
    phone, _ = await world.phone()
    await revoke_device(UUID(phone.device_id))
    phone.record("check_in", visit("V1"))
    assert outcomes(await phone.flush()) == [("quarantined", "revoked")]


async def test_an_unknown_phone_s_events_are_kept_outside_every_provider(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    for device_id in (str(uuid4()), "nobody"):
        phone.device_id = device_id
        phone.record("check_in", visit("V1"))
        assert outcomes(await phone.flush()) == [("quarantined", "unknown_device")]
    assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event") == 2


async def test_a_phone_that_a_restored_database_lacks_is_an_unknown_one(
    world: World, superuser: asyncpg.Connection
) -> None:
    """As after a fail-over to a replica that lagged behind: the process knew the phone, the database does not."""
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    phone.record("check_out", visit("V1"))
    assert outcomes(await phone.flush(1)) == [("accepted", None)] * 2
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("DELETE FROM device")
    await superuser.execute("SET session_replication_role = DEFAULT")
    phone.record("note", visit("V1"))
    assert outcomes(await phone.flush()) == [("quarantined", "unknown_device")]


async def test_a_later_event_of_a_replaced_phone_is_accepted_and_flagged(
    world: World, superuser: asyncpg.Connection
) -> None:
    old, _ = await world.phone()
    old.record("check_in", visit("V1"))
    await old.flush()
    old.record("check_out", visit("V1"))
    await world.phone(replaces=UUID(old.device_id))
    assert outcomes(await old.flush()) == [("accepted", None)]
    flags = await superuser.fetchval("SELECT flags FROM event WHERE kind = 'check_out'")
    assert flags == ["late_from_replaced"]
    assert await superuser.fetchval("SELECT closed_seq FROM device WHERE replaced_at IS NOT NULL") == 1


async def test_the_carer_is_told_on_the_day_that_a_replaced_phone_may_have_kept_something(
    world: World,
) -> None:
    old, _ = await world.phone()
    old.record("check_in", visit("V1"))
    await old.flush()
    other, _ = await world.phone("C2")
    world.at(hour(9))
    new, _ = await world.phone(replaces=UUID(old.device_id))
    days = (await new.call("GET", "/days", token=True)).json()["days"]
    lost = {"flag": "possible_loss", "visit": None}
    assert [day["date"] for day in days if lost in day["flags"]] == ["2026-11-02"]
    await other.open_session()
    assert (await other.call("GET", "/days", token=True)).json()["days"] == []


async def test_a_phone_replaced_after_london_midnight_is_told_of_on_the_london_day(world: World) -> None:
    world.at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    old, _ = await world.phone()
    new, _ = await world.phone(replaces=UUID(old.device_id))
    asked = {"from": "2026-07-01", "to": "2026-07-02"}
    days = (await new.call("GET", "/days", params=asked, token=True)).json()["days"]
    assert [(day["date"], day["segments"], day["flags"][0]["flag"]) for day in days] == [
        ("2026-07-02", [], "possible_loss")
    ]


async def test_events_need_no_proof_and_no_token(world: World, superuser: asyncpg.Connection) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    response = await phone.send(phone.batch(phone.outbox), proved=False)
    assert response.status_code == 200
    assert response.json()["results"][0]["outcome"] == "accepted"
    assert await superuser.fetchval("SELECT flags FROM event") == ["offset_unknown"]


async def test_a_proof_of_another_body_or_moment_proves_no_offset(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"))
    body = phone.batch(phone.outbox)
    claims = {"sent_at": json.loads(body)["sent_at"], "body_sha256": base64url(sha256(b"other"))}
    assert (await phone.call("POST", "/events", content=body, claims=claims)).status_code == 200
    assert await superuser.fetchval("SELECT flags FROM event") == ["offset_unknown"]


async def test_a_clock_that_is_minutes_wrong_is_moved_by_the_nearer_bound(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, clock = await world.phone()
    clock.wrong_by = -timedelta(minutes=30)
    world.at(hour(7, 4))
    clock.time = hour(7, 4)
    phone.record("check_in", visit("V1"))
    await phone.flush()
    row = await superuser.fetchrow("SELECT paid_at, occurred_at, flags FROM event")
    assert row["flags"] == ["clock_drift"]
    assert (row["occurred_at"], row["paid_at"]) == (hour(6, 34), hour(7, 4))


async def test_a_position_at_home_is_judged_and_not_kept(world: World, superuser: asyncpg.Connection) -> None:
    phone, clock = await world.phone()
    world.at(hour(7))
    clock.time = hour(7)
    phone.record("check_in", visit("V1"), fix=fix(*HOME))
    phone.record("check_out", visit("V1"), fix=fix())
    await phone.flush()
    rows = await superuser.fetch(
        "SELECT j.fence, j.at_home, j.position_kept, j.distance_m IS NULL, (SELECT count(*) FROM event_attachment a"
        " WHERE a.event_row = j.event_row AND a.kind = 'fix') AS held FROM event_judgement j"
        " JOIN event e ON e.row_id = j.event_row ORDER BY e.seq"
    )
    assert [tuple(row) for row in rows] == [
        ("outside", True, False, True, 0),
        ("inside", False, True, False, 1),
    ]


async def test_a_call_for_help_alerts_whatever_its_outcome(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    event = phone.record("help")
    event["signature"] = ""
    assert outcomes(await phone.flush()) == [("quarantined", "bad_signature")]
    assert await superuser.fetchval("SELECT count(*) FROM alert WHERE kind = 'help'") == 1


async def test_two_identical_batches_at_once_are_both_answered_and_held_once(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, _ = await world.phone()
    for _ in range(20):
        phone.record("note", visit("V1"))
    body = phone.batch(phone.outbox)
    responses = await asyncio.gather(*(phone.send(body, proved=False) for _ in range(4)))
    found = [{result["outcome"] for result in response.json()["results"]} for response in responses]
    assert sorted(found, key=sorted) == [{"accepted"}, {"duplicate"}, {"duplicate"}, {"duplicate"}]
    batches = [response.json()["batch"] for response in responses]
    assert all(batch == batches[0] for batch in batches)
    assert await superuser.fetchval("SELECT count(*) FROM event_key") == 20


async def test_forged_events_are_limited_per_address_and_genuine_ones_are_not(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("note")
    forged = [{**event, "signature": Key().sign(f"{n}".encode())} for n in range(200)]
    assert (await phone.send(phone.batch(forged))).status_code == 200
    refused = await phone.send(phone.batch(forged[:1]))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert outcomes(await phone.flush()) == [("accepted", None)]
    world.at(hour(6, 2))
    assert (await phone.send(phone.batch(forged[:1]), proved=False)).status_code == 200


async def test_a_server_clock_that_was_put_back_does_not_prolong_the_limit(world: World) -> None:
    phone, _ = await world.phone()
    event = phone.record("note")
    forged = [{**event, "signature": Key().sign(f"{n}".encode())} for n in range(100)]
    world.at(hour(9))
    assert (await phone.send(phone.batch(forged), proved=False)).status_code == 200
    assert (await phone.send(phone.batch(forged), proved=False)).status_code == 429
    world.at(hour(8))
    assert (await phone.send(phone.batch(forged), proved=False)).status_code == 200


async def test_a_raw_body_is_kept_with_a_receipt(world: World, superuser: asyncpg.Connection) -> None:
    for body in (b"\x00\xff not json", b""):
        response = await world.http.post(f"{BASE}/events/raw", content=body)
        assert response.status_code == 200
        assert response.json()["batch"][0]["sha256"] == base64url(sha256(body))
    assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event WHERE kind = 'raw'") == 2


async def test_a_salt_too_short_makes_an_event_invalid(world: World) -> None:
    phone, _ = await world.phone()
    phone.record("check_in", visit("V1"), payload={"salt": salt()[:8]})
    assert outcomes(await phone.flush()) == [("quarantined", "invalid_event")]


async def test_other_calls_have_their_turn_while_a_batch_is_worked_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = await world.phone()
    for number in range(50):
        phone.record("note", visit("V1"), at=hour(7, number))
    turns: list[str] = []

    def noted(work: Any) -> Any:
        return lambda *given: turns.append("event") or work(*given)

    async def others() -> None:
        while True:
            turns.append("others")
            await asyncio.sleep(0)

    for name in ("read_event", "judged"):
        monkeypatch.setattr(receive_events, name, noted(getattr(receive_events, name)))
    waiting = asyncio.create_task(others())
    results = await phone.flush()
    waiting.cancel()
    assert len(results) == 50 and turns.count("event") == 100
    longest = max(len(list(run)) for what, run in groupby(turns) if what == "event")
    assert longest <= 5
