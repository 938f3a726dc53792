"""Records go when they have had their time, and not before: with what stays unchanged to the byte."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend import db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.jobs.runner import run_due
from backend.sql import query as named_query
from backend.use_cases.check_records import check_records
from backend.use_cases.forget_due import forget_due
from backend.use_cases.legal_holds import lift_hold, read_holds, set_hold
from backend.use_cases.retention import read_periods, set_period
from backend.use_cases.verify_bundle import verify_bundle
from backend.use_cases.verify_documents import verify_documents
from tests.evidence.reported import Reported, member, stand_at_the_door, told, worked_week
from tests.jobs.office import PROVIDER, instant

__all__ = ["worked_week"]
IN_A_YEAR = instant("2027-11-20T12:00")


@pytest.fixture
async def reported(worked_week: Reported) -> Reported:
    await worked_week.office.run(instant("2026-11-16T06:10"), "seals")
    return worked_week


async def positions(superuser: asyncpg.Connection) -> int:
    count: int = await superuser.fetchval("SELECT count(*) FROM event_attachment WHERE kind = 'fix'")
    return count


async def documents() -> list[Any]:
    return [(one.name, one.faults) async for one in verify_documents(PROVIDER)]


async def faults(now: datetime) -> tuple[str, ...]:
    async with db.as_provider(PROVIDER) as connection:
        return (await check_records(connection, PROVIDER, now)).faults


async def test_positions_go_after_their_period_and_nothing_that_was_worked_out_changes(
    reported: Reported, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "backend.use_cases.forget_due.query", lambda name: asked.append(name) or named_query(name)
    )
    report, before = await reported.bundle(), await documents()
    office = reported.office
    office.set(instant("2027-11-03T12:00"))
    assert await forget_due(PROVIDER, office.clock) == "0 rows forgotten" and await positions(superuser) == 2
    assert asked and "privacy.due_attachments" not in asked  # which takes long to plan
    office.set(instant("2027-11-05T12:00"))
    [ran] = [one for one in await run_due(office.clock, "retention") if one.scope == str(PROVIDER)]
    assert ran.detail == "2 rows forgotten" and await positions(superuser) == 0
    after = await reported.bundle()
    assert await documents() == before and all(not wrong for _, wrong in before)
    for name in (
        "facts.json",
        "result.json",
        "checkpoints.json",
        "receipts.json",
        "chain.json",
        "result.pdf",
    ):
        assert member_bytes(after, name) == member_bytes(report, name), name
    found = verify_bundle(after)
    assert told(found) == {}
    [gone] = [one.says for one in found.findings if "no longer held" in one.says]
    assert gone.startswith("2: ")
    judged = [
        one["judged"] for one in member(after, "events.json") if one["judged"] and one["judged"]["distance_m"]
    ]
    assert len(judged) == 2 and all(one["fence"] == "inside" for one in judged)
    assert await faults(office.clock) == ()
    row = await superuser.fetchrow("SELECT class, days, reason, asked_by FROM forgetting")
    assert tuple(row) == ("positions", 365, None, None)
    assert await forget_due(PROVIDER, office.clock) == "0 rows forgotten"


def member_bytes(bundle: bytes, name: str) -> bytes:
    from tests.evidence.reported import opened

    return opened(bundle)[name]


async def test_what_goes_otherwise_than_by_its_period_is_found(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    for statement in ("DELETE FROM event_attachment", "UPDATE event_attachment SET content = '{}'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_provider(PROVIDER) as connection:
                await connection.execute(statement)
    for why, target in ((uuid4(), "event_attachment"), (None, "pay_line")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_provider(PROVIDER) as connection:
                made = uuid4()
                said = "INSERT INTO forgetting (provider_id, id, class, forgotten_at) VALUES ($1, $2, 'positions', $3)"
                await connection.execute(said, PROVIDER, made, reported.office.clock)
                forget = "SELECT forget($1, $2, 'fix', '{}', $3)"
                await connection.execute(forget, why or made, target, reported.office.clock)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("DELETE FROM event_attachment WHERE kind = 'fix'")
    assert len([one for one in await faults(reported.office.clock) if "its position is gone" in one]) == 2


async def test_what_is_held_stays_until_the_hold_is_lifted(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    reported.office.set(IN_A_YEAR)
    for subject, reference in (("carer", "C2"), ("person", "S1"), ("provider", None)):
        made = await set_hold(PROVIDER, subject, reference, "A claim", uuid4())
        assert await forget_due(PROVIDER, IN_A_YEAR) == "0 rows forgotten", subject
        [hold] = await read_holds(PROVIDER, all_of_them=False)
        assert (hold.subject, hold.reference, hold.reason) == (subject, reference, "A claim")
        await lift_hold(PROVIDER, made, "It is settled", uuid4())
        with pytest.raises(DomainError):
            await lift_hold(PROVIDER, made, "Again", uuid4())
    assert {hold.lifted_because for hold in await read_holds(PROVIDER)} == {"It is settled"}
    other = await set_hold(PROVIDER, "carer", "C1", "Another carer's", uuid4())
    for bad in (("carer", "C9", "x"), ("carer", "C1", " "), ("visit", "A", "x")):
        with pytest.raises(DomainError):
            await set_hold(PROVIDER, *bad, None)
    assert await forget_due(PROVIDER, IN_A_YEAR) == "2 rows forgotten"
    assert await positions(superuser) == 0 and other


async def test_a_hold_on_a_person_keeps_what_is_of_visits_to_her_that_nobody_planned(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    phone = await reported.office.phone("C2")
    whose = str(await superuser.fetchval("SELECT id FROM service_user WHERE reference = 'S2'"))
    place = {
        "lat": 52.1,
        "lon": -2.5,
        "accuracy_m": 12.0,
        "taken_at": "2026-11-17T09:00:00Z",
        "mocked": False,
    }
    reported.office.set(instant("2026-11-17T09:00"))
    came = phone.record("check_in", None, payload={"person_id": whose}, fix=place)["signed"]["id"]
    left = phone.record("check_out", None, payload={"check_in_id": came}, fix=place)["signed"]["id"]
    phone.record("fix", None, payload={"event_id": left}, fix=place)
    assert await reported.office.hand_in("C2") == ["accepted"] * 3
    reported.office.set(IN_A_YEAR)
    hold = await set_hold(PROVIDER, "person", "S2", "A claim", None)
    assert await forget_due(PROVIDER, IN_A_YEAR) == "2 rows forgotten"
    assert await positions(superuser) == 3
    await lift_hold(PROVIDER, hold, "Settled", None)
    assert await forget_due(PROVIDER, IN_A_YEAR) == "3 rows forgotten"


async def test_a_hold_on_a_person_keeps_words_with_corrections_of_visits_to_her_that_nobody_planned(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    phone = await reported.office.phone("C2")
    whose = str(await superuser.fetchval("SELECT id FROM service_user WHERE reference = 'S2'"))
    reported.office.set(instant("2026-11-17T09:00"))
    came = phone.record("check_in", None, payload={"person_id": whose})["signed"]["id"]
    assert await reported.office.hand_in("C2") == ["accepted"]
    await phone.open_session()
    meant = await superuser.fetchval(
        "SELECT visit_nobody_planned(carer_id, event_id)::text FROM event WHERE event_id = $1::text::uuid",
        came,
    )
    made = await phone.correct(meant, None, instant("2026-11-17T09:30"), "forgot_check_out", "She fell")
    assert made.status_code == 201
    left = "SELECT count(*) FROM correction_note WHERE correction_id = $1::text::uuid"
    reported.office.set(instant("2034-11-20T12:00"))
    hold = await set_hold(PROVIDER, "person", "S2", "A claim", None)
    await forget_due(PROVIDER, reported.office.clock)
    assert await superuser.fetchval(left, made.json()["id"]) == 1
    await lift_hold(PROVIDER, hold, "Settled", None)
    await forget_due(PROVIDER, reported.office.clock)
    assert await superuser.fetchval(left, made.json()["id"]) == 0


async def test_a_visit_in_dispute_keeps_its_positions(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    reported.office.set(IN_A_YEAR)
    await superuser.execute(
        "INSERT INTO dispute (provider_id, id, number, words, raised_by, organisation_id, raised_at, visit_id)"
        " SELECT provider_id, gen_random_uuid(), 1, 'No', gen_random_uuid(), provider_id, $1, visit_id FROM event"
        " WHERE kind = 'check_in' AND row_id IN (SELECT event_row FROM event_attachment WHERE kind = 'fix')",
        IN_A_YEAR,
    )
    assert await forget_due(PROVIDER, IN_A_YEAR) == "0 rows forgotten"
    await superuser.execute(
        "INSERT INTO dispute_decision SELECT provider_id, id, 'stands', 0, 0, 'So it was', raised_by, raised_at"
        " FROM dispute"
    )
    assert await forget_due(PROVIDER, IN_A_YEAR) == "2 rows forgotten"


async def test_a_provider_chooses_a_period_within_the_bounds_of_the_law(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    today = london_date(reported.office.clock)
    assert [kept.days for kept in await read_periods(PROVIDER)] == [365, 2922, 2557, 2557, 2922]
    for name, days, first, reason in (
        *(("wages", 2253, today, "x"), ("positions", 731, today, "x"), ("cats", 400, today, "x")),
        *(("positions", 60, today - timedelta(days=1), "x"), ("positions", 60, today, " ")),
    ):
        with pytest.raises(DomainError):
            await set_period(PROVIDER, name, days, first, reason, uuid4())
    await set_period(PROVIDER, "positions", 30, today + timedelta(days=30), "We need no more", uuid4())
    assert (await read_periods(PROVIDER))[0].days == 365
    reported.office.set(reported.office.clock + timedelta(days=31))
    first = (await read_periods(PROVIDER))[0]
    assert (first.days, first.reason) == (30, "We need no more")
    await forget_due(PROVIDER, reported.office.clock)
    assert await positions(superuser) == 0


async def bad_events(reported: Reported) -> None:
    """An event whose position was altered on the way, one that cannot be read, one that nobody signed."""
    office = reported.office
    phone = await office.phone("C2")
    for moment in ("2026-11-17T09:00", "2026-11-17T09:10", "2026-11-17T09:20"):
        await stand_at_the_door(office, "check_in", "F", moment)
    altered, unreadable, unsigned = phone.outbox
    altered["fix"]["lat"] = 52.9
    unreadable["signed"] = "Tea at 52.06, -2.71"
    unsigned["signature"] = None
    assert await office.hand_in("C2") == ["quarantined"] * 3
    await office.run(instant("2026-11-17T12:00"), "checkpoints")
    await office.run(instant("2026-11-18T06:10"), "seals")


async def copies(superuser: asyncpg.Connection) -> int:
    count: int = await superuser.fetchval("SELECT count(raw) FROM event")
    return count


async def test_copies_of_events_that_are_not_what_was_signed_go_with_the_positions(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    await bad_events(reported)
    report, before = await reported.bundle(), await documents()
    assert await copies(superuser) == 3
    reported.office.set(IN_A_YEAR)
    hold = await set_hold(PROVIDER, "carer", "C2", "A claim", None)
    await forget_due(PROVIDER, IN_A_YEAR)
    assert await copies(superuser) == 3
    await lift_hold(PROVIDER, hold, "Settled", None)
    assert await forget_due(PROVIDER, instant("2027-11-17T12:00")) == "2 rows forgotten"
    assert await copies(superuser) == 3
    assert await forget_due(PROVIDER, IN_A_YEAR) == "3 rows forgotten"
    kept = (
        "SELECT count(*) FROM event WHERE raw IS NULL AND raw_digest IS NOT NULL AND outcome = 'quarantined'"
    )
    assert await superuser.fetchval(kept) == 3 and await copies(superuser) == 0
    assert await faults(IN_A_YEAR) == () and await documents() == before
    after = await reported.bundle()
    assert told(verify_bundle(after)) == {}
    assert member_bytes(after, "checkpoints.json") == member_bytes(report, "checkpoints.json")


async def test_a_copy_that_goes_otherwise_is_found(reported: Reported, superuser: asyncpg.Connection) -> None:
    await bad_events(reported)
    for statement in ("UPDATE event SET raw = NULL", "UPDATE event SET raw_digest = '\\x00'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_provider(PROVIDER) as connection:
                await connection.execute(statement)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE event SET raw_digest = sha256(raw), raw = NULL WHERE raw IS NOT NULL")
    found = await faults(IN_A_YEAR)
    assert len([one for one in found if "what is about somebody was changed" in one]) == 3


async def test_what_no_provider_can_be_told_goes_after_the_period_of_positions(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    office = reported.office
    office.set(instant("2026-11-17T12:00"))
    assert (
        await office.http.post("/mobile/v1/events/raw", content=b"Tea at 52.06, -2.71")
    ).status_code == 200
    for day, left in (("2027-11-18", 1), ("2027-11-19", 0)):
        [ran] = await office.run(instant(f"{day}T06:10"), "unclaimed")
        assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event") == left
    assert ran.detail == "1 unclaimed event deleted"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_provider(PROVIDER) as connection:
            await connection.execute("DELETE FROM unclaimed_event")


async def test_words_and_looks_go_after_theirs_and_the_places_of_activities_stay(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    assert await documents() == await documents()
    await superuser.execute(
        "INSERT INTO access_log VALUES ($1, gen_random_uuid(), gen_random_uuid(), $1, $2, 'invoice', NULL, NULL)",
        PROVIDER,
        reported.office.clock,
    )
    await reported.office.run(instant("2026-11-18T06:10"), "seals")
    later = instant("2035-01-10T12:00")
    reported.office.set(later)
    before = await documents()
    await forget_due(PROVIDER, later)
    kinds = await superuser.fetch(
        "SELECT DISTINCT e.kind FROM event_attachment a JOIN event e ON e.row_id = a.event_row ORDER BY 1"
    )
    assert [row["kind"] for row in kinds] == ["activity_end", "activity_start"]
    for table in ("correction_note", "access_log"):
        assert await superuser.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert await documents() == before and await faults(later) == ()
