"""`doorstep verify` on records and on what others kept of them, and jobs that would write into what is sealed."""

import json
from pathlib import Path

import asyncpg

from tests.conftest import Database
from tests.console.desk import Desk
from tests.jobs.office import instant
from tests.program import doorstep


async def test_records_a_digest_and_a_receipt_are_verified_and_a_change_of_them_is_named(
    busy: Desk, database: Database, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    await busy.office.run(instant("2026-11-17T06:10"), "seals")
    await busy.office.run(instant("2026-11-17T07:10"), "digests")
    kept = (await (await busy.as_("auditor")).get("/digests/2026-11-16")).json()
    row = await superuser.fetchrow("SELECT batch, kid, signature FROM event_batch LIMIT 1")
    receipt = {"text": row["batch"].decode(), "kid": row["kid"], "signature": row["signature"].decode()}
    anchor, one = tmp_path / "kept.json", tmp_path / "digest.json"
    anchor.write_text(json.dumps([kept, receipt]))
    one.write_text(json.dumps(kept))
    assert "RECORDS" not in (said := doorstep(database, "verify", str(anchor)).stdout)
    assert "proved      chain: In the chain of today" in said and "proved      events: Held today" in said
    whole = doorstep(database, "verify", "--provider", "hearth")
    assert whole.returncode == 0 and "all as they were." in whole.stdout
    assert (
        "not proved  hearth: What was recorded since 2026-11-17 00:00 UTC is in no seal yet." in whole.stdout
    )
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE event SET outcome = 'quarantined'")
    await superuser.execute("DELETE FROM seal")
    changed = doorstep(database, "verify", str(anchor))
    assert changed.returncode == 1 and "seal" in changed.stdout and ": it is gone" in changed.stdout
    assert (
        "it is not held as it was received" in changed.stdout
        and "RECORDS ARE NOT AS THEY WERE" in changed.stdout
    )
    told = json.loads(doorstep(database, "verify", "--json").stdout)
    assert told["holds"] is False
    await superuser.execute("DELETE FROM seal_rows; DELETE FROM checkpoint_event; DELETE FROM checkpoint")
    assert "not proved  hearth: Nothing is sealed yet." in doorstep(database, "verify").stdout
    one.write_text('["nothing"]')
    assert "no digest, checkpoint or receipt" in doorstep(database, "verify", str(one)).stdout


async def test_no_job_is_run_as_of_a_day_that_is_sealed(busy: Desk, database: Database) -> None:
    await busy.office.run(instant("2026-11-17T06:10"), "seals")
    refused = doorstep(database, "jobs", "run", "--as-of", "2026-11-16T23:00:00Z")
    assert refused.returncode == 2 and "sealed up to 2026-11-17T00:00:00Z" in refused.stderr
