"""What else the nightly look sees, whom it tells, and how keys are changed."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from backend import keys, settings
from backend.jobs.runner import run_due
from backend.use_cases.check_records import read_checks, server_keys
from backend.use_cases.make_digest import digest_file
from backend.use_cases.record_checks.anchors import anchor_found, read_anchor
from tests.evidence.forger import Forger
from tests.evidence.reported import Reported
from tests.evidence.test_rewritten_records import SEALED, WYESHIRE, failures, looked
from tests.jobs.office import PROVIDER, instant

BESIDE = {
    "UPDATE event_attachment SET content = '{}' WHERE kind = 'fix'": "its fix is not the one that its phone signed",
    "UPDATE event_attachment SET content = '{}' WHERE kind = 'payload'": "its payload is not the one",
    "UPDATE correction_note SET content = '{}'": "its words are not those that were proposed",
    "UPDATE document_file SET content = 'x' WHERE format = 'pdf'": "its bytes are not those that were issued",
    "UPDATE document SET snapshot = 'x'": "what it was made of is not what was issued",
    "UPDATE event SET signed = replace(convert_from(signed, 'UTF8'), 'T09', 'T08')::bytea": "signed",
    "UPDATE device SET public_key = '{}'": "device",
    "UPDATE service_user_version SET lat = lat + 0.01": "was changed since it was sealed",
    "UPDATE service_user_version SET name = 'X'": "what is about somebody was changed",
    "DELETE FROM event_attachment WHERE kind = 'payload'": "its words are gone, and nothing was let go of there",
    "DELETE FROM correction_note": "its words are gone, and nothing was let go of there",
    "UPDATE seal SET until = until - interval '1 hour'": "beside its signed text",
    "UPDATE seal_rows SET rows = substring(rows FROM 81)": "its list of rows is not the one that was signed",
    "DELETE FROM seal_rows WHERE table_name = 'event'": "its list of rows is not the one that was signed",
    "DELETE FROM checkpoint WHERE number = 1": "it is not the first: those before it are gone",
    "UPDATE checkpoint SET created_at = created_at - interval '1 hour'": "beside its signed text",
    "UPDATE checkpoint SET number = 7 WHERE number = 2": "it does not follow checkpoint 1",
    "DELETE FROM checkpoint_event WHERE number = 1": "events, and 0 have a place in it",
    "UPDATE checkpoint_event SET position = 3 - position WHERE number = 1": "not in the order",
}


async def test_what_stands_beside_facts_and_the_chain_itself_are_looked_at_too(
    reported: Reported, forger: Forger
) -> None:
    now = reported.office.clock
    for statement, words in BESIDE.items():
        async with forger.changes(statement):
            faults = (await looked(now)).faults
        assert any(words in fault for fault in faults), (statement, faults)


async def test_an_event_that_nobody_handed_in_has_no_receipt_on_the_same_day(
    reported: Reported, forger: Forger
) -> None:
    made = {"row_id": str(uuid4()), "event_id": str(uuid4()), "received_at": "2026-11-17T11:00:00Z"}
    copied = f"(jsonb_populate_record(t, '{json.dumps(made)}'::jsonb)).*"
    async with forger.changes(
        f"INSERT INTO event SELECT {copied} FROM event t"
        " WHERE t.row_id = (SELECT row_id FROM event WHERE kind = 'check_out' LIMIT 1)"
    ):
        faults = (await looked(reported.office.clock)).faults
    assert f"event {made['row_id']}: no receipt says that it was received like this" in faults
    for forged, words in (
        ("UPDATE event_batch SET batch = '[]'", "the signature does not hold"),
        ("DELETE FROM event_batch", " is gone"),
    ):
        async with forger.changes(forged):
            faults = (await looked(reported.office.clock)).faults
        assert any(fault.startswith("receipt ") and words in fault for fault in faults), faults


async def test_a_seal_misses_the_checkpoint_that_it_names(reported: Reported, forger: Forger) -> None:
    newest = "WHERE number = (SELECT max(number) FROM checkpoint)"
    async with forger.changes(f"DELETE FROM checkpoint_event {newest}", f"DELETE FROM checkpoint {newest}"):
        faults = (await looked(reported.office.clock)).faults
    assert faults == ("seal 1: checkpoint 2 is gone, or is another one today",)


async def test_a_changed_record_is_kept_as_a_finding_and_told_to_who_asked(
    reported: Reported, forger: Forger
) -> None:
    office = reported.office
    await forger.connection.execute(
        "INSERT INTO webhook (organisation_id, id, address, sealed_secret, kinds, created_by, created_at)"
        " VALUES ($1, gen_random_uuid(), 'https://x.example', '', '{record_changed}', gen_random_uuid(), $2)",
        PROVIDER,
        office.clock,
    )
    told = "SELECT kind, path FROM notice"
    office.set(instant("2026-11-18T07:10"))
    ran = [one for one in await run_due(office.clock, "record_checks") if one.scope == str(PROVIDER)]
    assert ran[0].detail.endswith("all as they were") and await forger.connection.fetch(told) == []
    office.set(instant("2026-11-19T07:10"))
    async with forger.changes("UPDATE pay_line SET rate = 20"):
        ran = [one for one in await run_due(office.clock, "record_checks") if one.scope == str(PROVIDER)]
    assert ran[0].detail.endswith("faults")
    newest, before = await read_checks(PROVIDER)
    assert before["faults"] == [] and "pay_line" in newest["faults"][0]
    assert [tuple(row) for row in await forger.connection.fetch(told)] == [
        ("record_changed", "/record-checks")
    ]
    metrics = (await office.http.get("/metrics")).text
    assert f'doorstep_record_faults{{provider="hearth"}} {len(newest["faults"])}.0' in metrics


async def test_each_night_seals_what_was_recorded_since(reported: Reported, forger: Forger) -> None:
    office = reported.office
    await office.attend("F", "2026-11-18T10:00", "2026-11-18T10:30", "C2")
    await office.run(instant("2026-11-18T12:00"), "checkpoints")
    late = "INSERT INTO alert VALUES ($1, 'late', gen_random_uuid(), NULL, $2)"
    await forger.connection.execute(
        late, PROVIDER, instant("2026-11-17T23:30")
    )  # written after the seal of its day
    await office.run(instant("2026-11-19T06:10"), "seals")
    found = await looked(office.clock)
    assert (found.seals, found.faults) == (2, ())
    async with forger.changes("DELETE FROM alert"):
        assert "seal 2: alert: a row that was sealed is gone" in " ".join((await looked(office.clock)).faults)
    async with forger.changes("UPDATE event SET paid_at = paid_at + interval '1 second'"):
        faults = " ".join((await looked(office.clock)).faults)
        assert "seal 1: event" in faults and "seal 2: event" in faults


async def test_after_a_rotation_what_the_old_key_signed_counts_up_to_its_withdrawal(
    reported: Reported, forger: Forger
) -> None:
    office = reported.office
    digest = (await digest_file(WYESHIRE, SEALED)).content
    path = settings.current().data / keys.FILE
    before, withdrawn = path.read_text(), instant("2026-11-18T08:00")
    try:
        await _use_keys(path, keys.rotated(before, withdrawn))
        published = keys.current().jwk_set()["keys"]
        assert published[1]["withdrawn_at"] == "2026-11-18T08:00:00+00:00"
        assert keys.current().sign(b"")["kid"] == published[0]["kid"] != published[1]["kid"]
        assert (await looked(office.clock)).faults == () and await failures(digest) == ""
        await office.run(instant("2026-11-19T06:10"), "seals")
        assert (await looked(office.clock)).faults == ()
        # Whoever stole the old key signs with it still; what he dates after its withdrawal counts for nothing.
        await _use_keys(path, before)
        async with forger.changes("DELETE FROM seal_rows", "DELETE FROM seal"):
            await forger.seal_anew(office.clock)
            await _use_keys(path, keys.rotated(before, withdrawn))
            faults = " ".join((await looked(office.clock)).faults)
        assert "was withdrawn before, at 2026-11-18 08:00 UTC" in faults
        # Without the public half nothing that it signed can be checked.
        await _use_keys(path, keys.new())
        assert "which is not in keys.json" in " ".join((await looked(office.clock)).faults)
    finally:
        await _use_keys(path, before)


async def _use_keys(path: Path, text: str) -> None:
    path.write_text(text)
    keys._load.cache_clear()


async def test_a_file_that_the_server_did_not_sign_is_no_anchor(reported: Reported, forger: Forger) -> None:
    digest = json.loads((await digest_file(WYESHIRE, SEALED)).content)
    forged = {**digest, "body": digest["body"].replace('"number":1', '"number":2')}
    assert "the signature does not hold" in await failures(json.dumps(forged).encode())
    for text in (
        b"{}",
        b"[]",
        b"nonsense",
        b"[1]",
        b'{"body": "{}"}',
        b'{"batch": [], "batch_signature": 1}',
    ):
        with pytest.raises(ValueError):
            read_anchor(text)
    empty = {**keys.current().sign(b"[]"), "text": "[]"}
    [_, nothing] = await anchor_found(read_anchor(json.dumps(empty).encode()), server_keys())
    assert nothing.state == "not proved"
    odd = {**keys.current().sign(b'{"type":1}'), "text": '{"type":1}'}
    assert "cannot be read" in await failures(json.dumps(odd).encode())
