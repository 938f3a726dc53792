"""A superuser changes what was recorded: seen at night, and with the server's key too by what others hold outside."""

import json
from datetime import date, datetime

import asyncpg

from backend import db
from backend.tables.ids import organisation_id
from backend.use_cases.check_records import Checked, check_records, server_keys
from backend.use_cases.make_digest import digest_file
from backend.use_cases.record_checks.anchors import anchor_found, read_anchor
from tests.evidence.forger import KINDS, WAYS, Forger, statement
from tests.evidence.reported import Reported
from tests.jobs.office import PROVIDER

WYESHIRE = organisation_id("wyeshire")
SEALED = date(2026, 11, 17)


async def looked(now: datetime) -> Checked:
    async with db.as_provider(PROVIDER) as connection:
        return await check_records(connection, PROVIDER, now)


async def failures(anchor: bytes) -> str:
    found = await anchor_found(read_anchor(anchor), server_keys())
    assert found
    return " ".join(" ".join((one.says, *one.details)) for one in found if one.state == "failed")


async def receipts(superuser: asyncpg.Connection) -> bytes:
    """What the phones keep of what the server signed."""
    rows = await superuser.fetch("SELECT batch, kid, signature FROM event_batch")
    kept = [
        {"text": row["batch"].decode(), "kid": row["kid"], "signature": row["signature"].decode()}
        for row in rows
    ]
    return json.dumps(kept).encode()


async def test_without_the_key_the_nightly_look_names_each_change_of_each_kind_of_fact(
    reported: Reported, forger: Forger
) -> None:
    now = reported.office.clock
    whole = await looked(now)
    assert whole.faults == () and whole.checkpoints == 2 and whole.seals == 1 and whole.facts > 50
    words = {"edit": "was changed", "delete": "is gone", "insert": "was put in", "reorder": ""}
    for table in KINDS:
        for way in WAYS:
            async with forger.changes(statement(table, way)):
                faults = (await looked(now)).faults
            named = [fault for fault in faults if f" {table}" in fault]
            assert any(words[way] in fault for fault in named), (table, way, faults)
    assert (await looked(now)).faults == ()


async def test_with_the_key_a_chain_made_anew_holds_in_itself_and_not_against_what_others_keep(
    reported: Reported, forger: Forger, superuser: asyncpg.Connection
) -> None:
    now = reported.office.clock
    digest, held = (await digest_file(WYESHIRE, SEALED)).content, await receipts(superuser)
    assert await failures(digest) == await failures(held) == ""
    for table in KINDS:
        for way in WAYS:
            async with forger.changes(statement(table, way)):
                await forger.seal_anew(now)
                told = await failures(digest)
                assert "it is another one today" in told or "it is gone" in told, (table, way)
                if table == "event" and way in ("delete", "reorder"):
                    assert "phone" in await failures(held)
    async with forger.changes(*(statement(table, "edit") for table in KINDS)):
        await forger.seal_anew(now)
        assert (await looked(now)).faults == ()
        assert "seal 1: it is another one today" in await failures(digest)
    assert await failures(digest) == ""
