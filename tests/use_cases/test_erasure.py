"""Who left may be erased: names, homes and words go, and every document and result stays as it was."""

import asyncio
import json
from contextvars import Context
from uuid import uuid4

import asyncpg
import pytest

from backend import db
from backend.faults import DomainError
from backend.use_cases.check_records import check_records
from backend.use_cases.erase_subject import erase_subject
from backend.use_cases.forget_due import forget_due
from backend.use_cases.legal_holds import held_until_done, lift_hold, set_hold
from backend.use_cases.subject_access import Subject
from backend.use_cases.verify_bundle import verify_bundle
from backend.use_cases.verify_documents import verify_documents
from tests.evidence.reported import Reported, opened, stand_at_the_door, told, worked_week
from tests.jobs.office import PROVIDER, Office, instant
from tests.use_cases.loading.samples import CARERS, load_rows
from tests.use_cases.test_subject_access import everything

__all__ = ["worked_week"]


@pytest.fixture
async def reported(worked_week: Reported) -> Reported:
    await worked_week.office.run(instant("2026-11-16T06:10"), "invoices")
    await load_rows(
        "carers", [{**row, "pay_cycle": "weekly:mon", "employment_end": "2026-11-15"} for row in CARERS]
    )
    await worked_week.office.run(instant("2026-11-17T06:10"), "seals")
    return worked_week


async def test_a_carer_who_left_is_erased_and_what_was_issued_stays_true(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    office, ann = reported.office, Subject("carer", "C2")
    await stand_at_the_door(office, "check_in", "F", "2026-11-17T09:00")
    (await office.phone("C2")).outbox[0]["fix"]["lat"] = 52.9
    assert await office.hand_in("C2") == ["quarantined"]
    assert await superuser.fetchval("SELECT count(raw) FROM event") == 1
    before = opened(await reported.bundle())
    office.set(instant("2026-11-17T12:00"))
    hold = await set_hold(PROVIDER, "carer", "C2", "A claim", None)
    for subject, reason in (
        (ann, "x"),
        (Subject("carer", "C9"), "x"),
        (ann, " "),
        (Subject("person", "S1"), "x"),
    ):
        with pytest.raises(DomainError):
            await erase_subject(PROVIDER, subject, reason, uuid4())
    await lift_hold(PROVIDER, hold, "Settled", None)
    await erase_subject(PROVIDER, ann, "She asked", uuid4())
    assert [str(row["until"]) for row in await superuser.fetch("SELECT until FROM kept_identity")] == [
        "2033-11-15"
    ]
    after = opened(await reported.bundle())
    assert told(verify_bundle(await reported.bundle())) == {}
    for name in ("facts.json", "result.json", "result.pdf", "chain.json", "checkpoints.json"):
        assert before[name] == after[name], name
    assert [one.faults async for one in verify_documents(PROVIDER) if one.faults] == []
    async with db.as_provider(PROVIDER) as connection:
        assert (await check_records(connection, PROVIDER, office.clock)).faults == ()
    rows = await superuser.fetch("SELECT v::text AS t FROM employment_version v")
    assert [row["t"] for row in rows if "Bea" in row["t"]] == []
    _, held = await everything("carer", "C2")
    assert {row["name"] for row in held["employment_version"]} == {"Erased"}
    assert {row["home_lat"] for row in held["employment_version"]} == {None}
    assert not [row for row in held.get("event_attachment", []) if row["kind"] == "fix"]
    assert {row["raw"] for row in held["event"]} == {None}
    assert not held.get("correction_note") and {row["name"] for row in held["device"]} == {"Erased"}
    names = json.dumps({name: rows for name, rows in held.items() if name != "wage_reports"})
    assert "Bea" not in names and held["event"] and held["pay_line"]
    assert await superuser.fetchval("SELECT count(*) FROM access_log WHERE what = 'erasure of carer'") == 1
    for day, left in (("2033-11-15", 1), ("2033-11-16", 0)):
        await forget_due(PROVIDER, instant(f"{day}T12:00"))
        assert await superuser.fetchval("SELECT count(*) FROM kept_identity") == left
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE service_user_version SET name = 'Erased'")
    async with db.as_provider(PROVIDER) as connection:
        faults = (await check_records(connection, PROVIDER, instant("2033-11-16T12:00"))).faults
    assert faults and all("what is about somebody was changed" in fault for fault in faults)


NOTES = """SELECT s.reference AS person FROM correction_note n JOIN correction c ON c.id = n.correction_id
           JOIN visit_version v ON v.visit_id = c.visit_id JOIN package_version p ON p.package_id = v.package_id
           JOIN service_user s ON s.id = p.service_user_id GROUP BY 1"""


async def unplanned(office: Office, superuser: asyncpg.Connection) -> None:
    """A visit that nobody planned to the first person, with words at both ends and with a correction."""
    phone = await office.phone("C2")
    whose = str(await superuser.fetchval("SELECT id FROM service_user WHERE reference = 'S1'"))
    office.set(instant("2026-11-17T09:00"))
    came = phone.record("check_in", None, payload={"person_id": whose, "words": "He called me"})
    office.set(instant("2026-11-17T09:20"))
    phone.record("check_out", None, payload={"check_in_id": came["signed"]["id"], "words": "He is well"})
    assert await office.hand_in("C2") == ["accepted"] * 2
    meant = await superuser.fetchval(
        "SELECT visit_nobody_planned(carer_id, event_id)::text FROM event WHERE event_id = $1::text::uuid",
        came["signed"]["id"],
    )
    await phone.open_session()
    made = await phone.correct(meant, None, instant("2026-11-17T09:25"), "recorded_late", "He wanted company")
    assert made.status_code == 201


async def test_a_person_whose_care_ended_is_erased_and_the_place_of_the_visits_stays(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    office, one = reported.office, Subject("person", "S1")
    with pytest.raises(DomainError, match="has not ended"):
        await erase_subject(PROVIDER, one, "His family asked", None)
    package = {
        "provider": "hearth",
        "contract": "HC-01",
        "service": "home_care",
        "zone": "rural",
        "from": "2026-10-01",
    }
    ended = {**package, "reference": "P1", "service_user": "S1", "until": "2026-11-16"}
    await load_rows("packages", [ended])
    before = opened(await reported.bundle())["facts.json"]
    office.set(instant("2026-11-18T12:00"))
    await unplanned(office, superuser)
    words = "SELECT count(*) FROM event_attachment a JOIN event e ON e.row_id = a.event_row WHERE e.visit_id IS NULL"
    asked = f"{words} AND e.kind IN ('check_in', 'check_out')"
    assert await superuser.fetchval(asked) == 2
    _, file = await everything("person", "S1")
    assert len([row for row in file["event"] if row["visit_id"] is None]) == 2
    assert "He is well" in json.dumps(file["event_attachment"])
    assert "He wanted company" in json.dumps(file["correction_note"])
    await erase_subject(PROVIDER, one, "His family asked", None)
    assert await superuser.fetchval(asked) == 0
    assert [row["person"] for row in await superuser.fetch(NOTES)] == ["S2"]
    assert await superuser.fetchval("SELECT count(*) FROM correction_note") == 1
    await load_rows("packages", [{**ended, "reference": "P2", "service_user": "S2"}])
    office.set(instant("2026-11-18T12:10"))
    await erase_subject(PROVIDER, Subject("person", "S2"), "Her family asked", None)
    assert await superuser.fetch(NOTES) == []
    assert opened(await reported.bundle())["facts.json"] == before
    assert [one.faults async for one in verify_documents(PROVIDER) if one.faults] == []
    async with db.as_provider(PROVIDER) as connection:
        assert (await check_records(connection, PROVIDER, office.clock)).faults == ()
    row = await superuser.fetchrow(
        "SELECT name, address, lat FROM service_user_version WHERE postcode = 'ZX1 1AA'"
    )
    assert (row["name"], row["address"], row["lat"]) == ("Erased", "Erased", 52.0607)


async def test_names_change_in_no_other_way(reported: Reported) -> None:
    for statement in (
        "UPDATE employment_version SET name = 'X'",
        f"SELECT erase('{uuid4()}', 'employment_version', '{uuid4()}', NULL)",
        "SELECT set_config('doorstep.forgetting', 'employment_version', true)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_provider(PROVIDER) as connection:
                if "set_config" in statement:
                    await connection.execute(statement)
                    statement = "UPDATE employment_version SET name = 'X'"
                await connection.execute(statement)


async def left_of(superuser: asyncpg.Connection, reference: str) -> int:
    """Positions and words of a carer's events that are still there."""
    count: int = await superuser.fetchval(
        "SELECT count(*) FROM event_attachment a JOIN event e ON e.row_id = a.event_row"
        " JOIN carer c ON c.id = e.carer_id WHERE c.reference = $1",
        reference,
    )
    return count


async def test_a_hold_on_a_person_keeps_what_an_erased_carer_recorded_of_her_until_erased_again(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    office, ann = reported.office, Subject("carer", "C2")
    office.set(instant("2026-11-17T12:00"))
    before = await left_of(superuser, "C2")
    hold = await set_hold(PROVIDER, "person", "S1", "An inquiry", None)
    await erase_subject(PROVIDER, ann, "She asked", None)
    held = await left_of(superuser, "C2")
    assert 0 < held < before, "what is of visits to the person stays, the rest is gone"
    await lift_hold(PROVIDER, hold, "Settled", None)
    office.set(instant("2026-11-17T12:10"))
    await erase_subject(PROVIDER, ann, "She asked again", None)
    assert await left_of(superuser, "C2") == 0
    assert [one.faults async for one in verify_documents(PROVIDER) if one.faults] == []
    assert await superuser.fetchval("SELECT count(*) FROM kept_identity") == 1
    async with db.as_provider(PROVIDER) as connection:
        assert (await check_records(connection, PROVIDER, office.clock)).faults == ()


async def test_an_open_dispute_keeps_what_an_erased_carer_recorded_of_its_visit(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    reported.office.set(instant("2026-11-17T12:00"))
    await superuser.execute(
        "INSERT INTO dispute (provider_id, id, number, words, raised_by, organisation_id, raised_at, visit_id)"
        " SELECT provider_id, gen_random_uuid(), 1, 'No', gen_random_uuid(), provider_id, $1, visit_id FROM event"
        " WHERE kind = 'check_in' AND row_id IN (SELECT event_row FROM event_attachment WHERE kind = 'fix')",
        reported.office.clock,
    )
    positions = "SELECT count(*) FROM event_attachment WHERE kind = 'fix'"
    assert await superuser.fetchval(positions) == 2
    await erase_subject(PROVIDER, Subject("carer", "C2"), "She asked", None)
    assert await superuser.fetchval(positions) == 2


async def test_names_kept_sealed_stay_while_a_hold_is_on_whoever_was_erased(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    reported.office.set(instant("2026-11-17T12:00"))
    await erase_subject(PROVIDER, Subject("carer", "C2"), "She asked", None)
    hold = await set_hold(PROVIDER, "carer", "C2", "A claim", None)
    over = instant("2033-11-16T12:00")
    await forget_due(PROVIDER, over)
    assert await superuser.fetchval("SELECT count(*) FROM kept_identity") == 1
    await lift_hold(PROVIDER, hold, "Settled", None)
    await forget_due(PROVIDER, over)
    assert await superuser.fetchval("SELECT count(*) FROM kept_identity") == 0


async def test_a_hold_waits_for_an_erasure_that_did_not_see_it(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    reported.office.set(instant("2026-11-17T12:00"))
    async with db.as_provider(PROVIDER) as connection:
        await held_until_done(connection, PROVIDER)
        hold = set_hold(PROVIDER, "carer", "C2", "A claim", None)
        setting = asyncio.create_task(hold, context=Context())
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not await superuser.fetchval(waiting):
            assert not setting.done(), "it waits for nobody"
            await asyncio.sleep(0.01)
    await setting
