"""From events to verified visits, the carer's days, her corrections and the seal on all of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend import db, keys
from backend.domain.canonical import base64url, canonical, sha256, unbase64url
from backend.domain.evidence import ABSENCE
from backend.domain.visit import VISIT_SCHEMA
from backend.faults import DomainError
from backend.use_cases import verified_visits as verified_visits_module
from backend.use_cases.correction_reasons import Reason
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.make_checkpoint import make_checkpoint
from backend.use_cases.propose_for_carer import propose_for_carer
from backend.use_cases.verified_visits import carer_activities, verified_visits
from mobile_api.reference_client import BASE, Phone
from schemas.mobile import ProposedTimes, ReasonCode
from tests.mobile_api.world import PROVIDER, Clock, World, fix, hour, person, visit

MANAGER, OTHER_MANAGER = uuid4(), uuid4()


async def visits(**options: Any) -> pl.DataFrame:
    async with db.as_provider(PROVIDER) as connection:
        return await verified_visits(connection, PROVIDER, hour(0), hour(0) + timedelta(days=1), **options)


async def one(reference: str, **wanted: Any) -> dict[str, Any]:
    rows = (await visits()).filter(reference=reference, **wanted).to_dicts()
    assert len(rows) == 1
    return rows[0]


def attend(phone: Phone, clock: Clock, reference: str, start: Any, end: Any) -> None:
    """Check in and out of a visit at the door, each handed in at once."""
    for kind, at in (("check_in", start), ("check_out", end)):
        clock.time = at
        phone.record(kind, visit(reference), fix=fix(at=at))


async def hand_in(world: World, phone: Phone, clock: Clock, at: Any) -> None:
    world.at(at)
    clock.time = at
    await phone.flush()


async def test_a_morning_becomes_verified_visits(world: World) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7, 4), hour(7, 31))
    await hand_in(world, phone, clock, hour(13))
    found = await visits()
    assert found.schema == VISIT_SCHEMA
    row = await one("V1")
    assert (row["status"], row["actual_start"], row["actual_end"]) == ("completed", hour(7, 4), hour(7, 31))
    assert (row["evidence_level"], row["unresolved"], row["flags"]) == ("position", None, [])
    assert (row["service_user_id"], row["lat"], row["zone"]) == (person("S1"), 52.061, "urban")
    statuses = {
        row["reference"]: row["status"] for row in found.filter(pl.col("reference") != "V2").to_dicts()
    }
    assert statuses == {"V1": "completed", "V3": "planned", "V4": "planned"}
    assert found.filter(reference="V2")["status"].to_list() == ["missed", "missed"]


async def test_what_is_planned_while_visits_are_read_is_never_told_without_its_plan(
    world: World, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7, 4), hour(7, 31))
    await hand_in(world, phone, clock, hour(13))
    expected = await one("V1")
    moved = "UPDATE visit_version SET starts_at = starts_at + $2::interval, ends_at = ends_at + $2 WHERE visit_id = $1"
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(moved, UUID(visit("V1")), timedelta(days=30))
    back, asked = [timedelta(days=-30)], verified_visits_module._Reading.fetch

    async def fetch(self: Any, name: str, *parameters: Any) -> pl.DataFrame:
        found = await asked(self, name, *parameters)
        if name == "visits.versions" and back:
            assert visit("V1") not in found["visit_id"]
            await superuser.execute(moved, UUID(visit("V1")), back.pop())
        return found

    monkeypatch.setattr(verified_visits_module._Reading, "fetch", fetch)
    assert await one("V1") == expected and not back


async def test_repeats_and_a_missing_end_are_flagged(world: World) -> None:
    phone, clock = await world.phone()
    for at in (hour(7, 2), hour(7, 1), hour(7, 3)):
        phone.record("check_in", visit("V1"), at=at)
    await hand_in(world, phone, clock, hour(9))
    row = await one("V1")
    assert (row["actual_start"], row["actual_end"], row["incomplete"]) == (hour(7, 1), None, True)
    assert {"repeated", "incomplete", "no_position"} <= set(row["flags"])


async def test_an_end_before_the_start_is_unresolved(world: World) -> None:
    phone, clock = await world.phone()
    phone.record("check_in", visit("V1"), at=hour(7, 30))
    phone.record("check_out", visit("V1"), at=hour(7))
    await hand_in(world, phone, clock, hour(9))
    assert (await one("V1"))["unresolved"] == "implausible"


async def test_two_phones_at_one_visit_are_flagged(world: World) -> None:
    for kind, at in (("check_in", hour(7)), ("check_out", hour(7, 30))):
        world.at(hour(6))
        phone, clock = await world.phone()
        phone.record(kind, visit("V1"), at=at)
        await hand_in(world, phone, clock, hour(9))
    assert "two_devices" in (await one("V1"))["flags"]


async def test_unplanned_time_and_foreign_time_are_in_the_carer_s_day(world: World) -> None:
    phone, clock = await world.phone()
    clock.time = hour(9)
    arrived = phone.record("check_in", payload={"person_id": person("S2")})
    clock.time = hour(9, 20)
    phone.record("check_out", payload={"check_in_id": arrived["signed"]["id"]})
    attend(phone, clock, "V3", hour(10), hour(10, 30))
    await hand_in(world, phone, clock, hour(11))
    rows = {row["actual_start"]: row for row in (await visits()).drop_nulls("actual_start").to_dicts()}
    assert (rows[hour(9)]["unplanned"], rows[hour(9)]["lat"], rows[hour(9)]["actual_end"]) == (
        True,
        52.1,
        hour(9, 20),
    )
    assert (rows[hour(10)]["unresolved"], rows[hour(10)]["lat"]) == ("not_your_visit", None)
    answer = await after_sign_in(phone)
    assert answer["days"][0]["totals"]["contact"] == 1200
    assert answer["days"][0]["totals"]["unresolved"] == 1800
    assert {"flag": "not_your_visit", "visit": visit("V3")} in answer["days"][0]["flags"]


async def after_sign_in(phone: Phone) -> dict[str, Any]:
    await phone.open_session()
    return await phone.days("2026-11-02", "2026-11-02")


async def test_facts_after_an_instant_are_not_seen_as_of_it(world: World) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7, 4), hour(7, 31))
    await hand_in(world, phone, clock, hour(13))
    before = (await visits(as_of=hour(12))).filter(reference="V1").to_dicts()[0]
    assert (before["status"], before["actual_start"]) == ("missed", None)


async def test_a_position_that_comes_late_proves_the_check_in(world: World) -> None:
    phone, clock = await world.phone()
    arrived = phone.record("check_in", visit("V1"), at=hour(7), payload={"no_fix": "timed_out"})
    phone.record("fix", visit("V1"), at=hour(7, 1), fix=fix(), payload={"event_id": arrived["signed"]["id"]})
    await hand_in(world, phone, clock, hour(9))
    row = await one("V1")
    assert (row["evidence_level"], set(ABSENCE) & set(row["flags"])) == ("position", set())


async def test_a_position_taken_long_after_the_check_in_proves_it_no_more(world: World) -> None:
    phone, clock = await world.phone()
    arrived = phone.record("check_in", visit("V1"), at=hour(7), payload={"no_fix": "unavailable"})
    later = {"fix": fix(at=hour(7, 20)), "payload": {"event_id": arrived["signed"]["id"]}}
    phone.record("fix", visit("V1"), at=hour(7, 20), **later)
    await hand_in(world, phone, clock, hour(9))
    row = await one("V1")
    assert (row["evidence_level"], "stale_fix" in row["flags"]) == ("uncertain", True)


async def test_that_no_position_came_is_said_once_with_the_reason_that_was_learnt_last(world: World) -> None:
    phone, clock = await world.phone()
    arrived = phone.record("check_in", visit("V1"), at=hour(7), payload={"no_fix": None})
    found = {"event_id": arrived["signed"]["id"], "no_fix": "timed_out"}
    phone.record("fix", visit("V1"), at=hour(7, 1), payload=found)
    await hand_in(world, phone, clock, hour(9))
    row = await one("V1")
    said = set(ABSENCE) & set(row["flags"])
    assert (row["evidence_level"], said) == ("statement", {"no_position", "no_fix_timed_out"})


async def test_activities_pair_whatever_came_first(world: World) -> None:
    phone, clock = await world.phone()
    phone.record(
        "activity_start", at=hour(9), payload={"activity": "training", "place": {"lat": 52.0, "lon": 0.0}}
    )
    phone.record("activity_end", at=hour(10), payload={"activity": "training"})
    phone.record("activity_start", at=hour(11), payload={"activity": "break"})
    phone.outbox.reverse()
    await hand_in(world, phone, clock, hour(12))
    async with db.as_provider(PROVIDER) as connection:
        rows = (await carer_activities(connection, PROVIDER, hour(0), hour(23))).to_dicts()
    assert [(row["kind"], row["start"], row["end"], row["lon"]) for row in rows] == [
        ("training", hour(9), hour(10), 0.0),
        ("break", hour(11), None, None),
    ]
    assert rows[1]["unresolved"] == "incomplete"


async def test_the_day_is_priced_under_the_terms_with_the_running_test(world: World) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, phone, clock, hour(9))
    answer = await after_sign_in(phone)
    day = answer["days"][0]
    assert day["totals"]["contact"] == 1800
    assert day["pay_total"] == "6.50"
    assert answer["pay_periods"][0]["basis"] == "terms"
    assert answer["pay_periods"][0]["compliant"] is True


async def test_an_accepted_correction_counts_and_both_times_are_kept(world: World) -> None:
    phone, clock = await world.phone()
    phone.record("check_in", visit("V1"), at=hour(7))
    await hand_in(world, phone, clock, hour(9))
    await phone.open_session()
    made = await phone.correct(visit("V1"), None, hour(7, 28), words="Forgot")
    assert made.status_code == 201
    assert (await one("V1"))["actual_end"] is None
    await decide_correction(PROVIDER, UUID(made.json()["id"]), MANAGER, "accepted", "Seen in the notes")
    row = await one("V1")
    assert (row["actual_start"], row["actual_end"], row["recorded_end"]) == (hour(7), hour(7, 28), None)
    assert row["corrected"]
    listed = (await phone.call("GET", "/corrections", token=True)).json()["corrections"]
    assert (listed[0]["note"], listed[0]["open"]) == ("Forgot", False)
    assert listed[0]["decisions"][0]["reason"] == "Seen in the notes"


async def test_a_correction_is_idempotent_and_its_id_is_its_own(world: World) -> None:
    phone, _ = await world.phone()
    fixed = {"id": str(uuid4())}
    answers = [await phone.correct(visit("V1"), hour(7), hour(8), **fixed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    other = await phone.correct(visit("V1"), hour(7), hour(9), **fixed)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


async def test_corrections_are_signed_and_about_one_s_own_visits(world: World) -> None:
    phone, _ = await world.phone()
    assert (await phone.correct(visit("V3"), hour(7), hour(8))).status_code == 404
    own = phone.key.sign
    phone.key.sign = lambda message: own(message + b"x" if b"doorstep-correction" in message else message)  # type: ignore[method-assign]
    assert (await phone.correct(visit("V1"), hour(7), hour(8))).status_code == 400


async def shortened(world: World) -> tuple[Phone, UUID]:
    """A carer's phone, and a manager's correction that takes twenty minutes off her visit V1."""
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, phone, clock, hour(9))
    shorter = ProposedTimes(hour(7), hour(7, 10))
    about = (PROVIDER, MANAGER, "C1", UUID(visit("V1")), shorter, Reason(ReasonCode.OTHER), "Left early")
    made = await propose_for_carer(*about)
    return phone, made


async def test_nobody_decides_about_what_they_proposed_and_the_carer_may_object(world: World) -> None:
    phone, made = await shortened(world)
    assert await refused(decide_correction(PROVIDER, made, MANAGER, "accepted")) == "forbidden"
    await decide_correction(PROVIDER, made, OTHER_MANAGER, "accepted")
    assert (await one("V1"))["actual_end"] == hour(7, 10)
    assert await refused(decide_correction(PROVIDER, made, OTHER_MANAGER, "declined")) == "conflict"
    await phone.open_session()
    path = f"/corrections/{made}/objection"
    objected = await phone.call("POST", path, json={"reason": "I was there"}, token=True)
    assert objected.json()["open"] is True
    assert (await one("V1"))["actual_end"] == hour(7, 30)


async def test_what_a_manager_took_back_is_not_opened_again_by_an_objection(world: World) -> None:
    phone, made = await shortened(world)
    await decide_correction(PROVIDER, made, MANAGER, "declined")
    await phone.open_session()
    late = await phone.call("POST", f"/corrections/{made}/objection", json={}, token=True)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert await refused(decide_correction(PROVIDER, made, OTHER_MANAGER, "accepted")) == "conflict"
    assert (await one("V1"))["actual_end"] == hour(7, 30)


async def test_a_carer_takes_back_her_own_correction_until_somebody_decides(world: World) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, phone, clock, hour(9))
    await phone.open_session()
    made, later = [
        (await phone.correct(visit("V1"), hour(7), end)).json()["id"] for end in (hour(8), hour(9))
    ]
    for _ in range(2):  # a lost answer is asked for once more
        taken = await phone.call(
            "POST", f"/corrections/{made}/withdrawal", json={"reason": "Wrong visit"}, token=True
        )
        assert (taken.status_code, taken.json()["open"]) == (200, False)
        assert [(one["decision"], one["reason"]) for one in taken.json()["decisions"]] == [
            ("withdrawn", "Wrong visit")
        ]
    assert await refused(decide_correction(PROVIDER, UUID(made), MANAGER, "accepted")) == "conflict"
    assert (await one("V1"))["actual_end"] == hour(7, 30)
    await decide_correction(PROVIDER, UUID(later), MANAGER, "accepted")
    late = await phone.call("POST", f"/corrections/{later}/withdrawal", json={}, token=True)
    assert (late.status_code, late.json()["detail"]) == (409, "This correction was accepted already.")
    assert (await one("V1"))["actual_end"] == hour(9)


async def test_a_carer_does_not_take_back_what_her_manager_proposed(world: World) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, phone, clock, hour(9))
    await phone.open_session()
    shorter = ProposedTimes(hour(7), hour(7, 10))
    about = (PROVIDER, MANAGER, "C1", UUID(visit("V1")), shorter, Reason(ReasonCode.OTHER), "Left early")
    made = await propose_for_carer(*about)
    answer = await phone.call("POST", f"/corrections/{made}/withdrawal", json={}, token=True)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    await decide_correction(PROVIDER, made, MANAGER, "declined", "It was another day")
    [listed] = (await phone.call("GET", "/corrections", token=True)).json()["corrections"]
    assert (listed["open"], [one["decision"] for one in listed["decisions"]]) == (False, ["withdrawn"])


async def refused(call: Any) -> str:
    try:
        await call
    except DomainError as error:
        return error.code
    return "done"


async def test_checkpoints_cover_each_event_once_and_chain(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, clock = await world.phone()
    attend(phone, clock, "V1", hour(7), hour(7, 30))
    await hand_in(world, phone, clock, hour(9))
    assert [await make_checkpoint(PROVIDER) for _ in range(2)] == [2, 0]
    first = await superuser.fetchval("SELECT body FROM checkpoint")
    phone.record("note", visit("V1"))
    answer = (await phone.send(phone.batch(phone.outbox))).json()["checkpoint"]
    seal = {name: value for name, value in answer.items() if name not in ("kid", "signature")}
    public = next(key for key in keys.current().jwk_set()["keys"] if key["kid"] == answer["kid"])
    Ed25519PublicKey.from_public_bytes(unbase64url(public["x"])).verify(
        unbase64url(answer["signature"]), canonical(seal)
    )
    assert (seal["events"], seal["number"]) == (2, 1)
    assert await make_checkpoint(PROVIDER) == 1
    after = (await phone.send(phone.batch(phone.outbox))).json()["checkpoint"]
    assert after["previous"] == base64url(sha256(first))


async def test_a_pay_record_that_was_not_made_is_not_found(world: World) -> None:
    phone, _ = await world.phone()
    for period, status in (("2026-11-01", 404), ("November", 400), (None, 400)):
        params = {} if period is None else {"period": period}
        assert (await phone.call("GET", "/pay-record", params=params, token=True)).status_code == status


async def test_the_openapi_document_describes_every_call(world: World) -> None:
    document = (await world.http.get("/schema/openapi.json")).json()
    paths = {path.removeprefix(BASE) for path in document["paths"] if path.startswith(BASE)}
    assert paths == {
        *(
            "/nonce",
            "/enrol",
            "/session",
            "/rota",
            "/events",
            "/events/raw",
            "/days",
            "/pay-record",
            "/corrections",
        ),
        "/corrections/{correction_id}/objection",
        "/corrections/{correction_id}/withdrawal",
        "/passkeys",
        "/passkeys/options",
        "/passkeys/{passkey_id}",
    }
    assert document["components"]["schemas"]["ReasonCode"]["enum"]
    assert document["components"]["schemas"]["Platform"]["enum"]
