"""Everything about one carer or one person, from every table, and nothing of others."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import asyncpg
import pytest

from backend.faults import DomainError
from backend.sql import named
from backend.use_cases.draw_sample import Wanted, draw_sample
from backend.use_cases.run_audit import Asked, run_audit
from backend.use_cases.subject_access import LEFT_OUT, Subject, subject_access
from tests.evidence.reported import Reported, worked_week
from tests.jobs.office import PROVIDER

__all__ = ["worked_week"]
KEYS = {
    "carer": {
        "carer_id",
        "employment_id",
        "carer",
        "second_carer",
        "device_id",
        "event_row",
        "correction_id",
    },
    "person": {
        "service_user_id",
        "person_id",
        "visit_id",
        "package_id",
        "event_row",
        "correction_id",
        "dispute_id",
    },
}
"""Columns by which a row is about somebody."""
PASSED_OVER = {
    "carer": {
        "correction_reason_version": "a list of reasons",
        "parked_visit": "about a visit's bill",
        "dispute": "about a visit's bill: in the export of the person",
        "dispute_answer": "about a visit's bill: in the export of the person",
        "dispute_decision": "about a visit's bill: in the export of the person",
    },
    "person": {
        "event_speed": "of carers",
        "correction_reason_version": "a list of reasons",
    },
}


@pytest.fixture
def reported(worked_week: Reported) -> Reported:
    return worked_week


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def everything(kind: str, reference: str) -> tuple[dict[str, bytes], dict[str, list[dict[str, Any]]]]:
    files = opened((await subject_access(PROVIDER, Subject(kind, reference), None, None)).content)
    return files, json.loads(files["records.json"])


async def test_a_carer_gets_what_is_about_her_and_nothing_of_a_colleague(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    files, held = await everything("carer", "C2")
    counted = {
        "event": "SELECT count(*) FROM event e JOIN carer c ON c.id = e.carer_id WHERE c.reference = 'C2'",
        "pay_line": "SELECT count(*) FROM pay_line p JOIN employment e ON e.id = p.employment_id"
        " WHERE e.reference = 'E2'",
        "visit_version": "SELECT count(*) FROM visit_version v JOIN employment e ON e.id IN (v.carer, v.second_carer)"
        " WHERE e.reference = 'E2'",
        "correction": "SELECT count(*) FROM correction",
    }
    for table, sql in counted.items():
        assert len(held[table]) == await superuser.fetchval(sql) > 0, table
    fixes = [row["content"] for row in held["event_attachment"] if row["kind"] == "fix"]
    assert [fix["lat"] for fix in fixes] == [52.0608, 52.0608]
    assert held["correction_note"][0]["content"]["text"] == "Tea"
    [report] = held["wage_reports"]
    assert report["worker"]["name"] == "Bea Carer"
    text = b"".join(files.values())
    assert b"Bea Carer" in text and b"Ann Carer" not in text and b"pin_hash" not in text
    about = json.loads(files["about.json"])
    assert about["rows"] == {name: len(rows) for name, rows in held.items()}
    assert {f"csv/{name}.csv" for name in held} <= files.keys()
    assert b"Everything about carer C2" in files["records.html"] and files["csv/event.csv"].count(b"\n") > 2
    assert (await everything("carer", "C2"))[0]["records.json"] == files["records.json"]


async def test_a_person_gets_her_care_and_no_positions_of_carers(reported: Reported) -> None:
    files, held = await everything("person", "S1")
    assert held["service_user_version"][0]["name"] == "Mr One" and len(held["visit_version"]) == 3
    assert {row["kind"] for row in held["event_attachment"]} == {"payload"}
    text = b"".join(files.values())
    assert b"Ms Two" not in text and b"Ann Carer" not in text
    for subject in (Subject("person", "S9"), Subject("carer", "S1")):
        with pytest.raises(DomainError):
            await subject_access(PROVIDER, subject, None, None)


async def test_what_audits_say_of_a_person_names_her_carers_by_their_ids_alone(reported: Reported) -> None:
    days = (date(2026, 11, 2), date(2026, 11, 8))
    await run_audit(PROVIDER, *days, Asked())
    await draw_sample(PROVIDER, Wanted(*days, seed="autumn"), Asked())
    _, held = await everything("person", "S1")
    drawn = held["audit_sample_item"]
    assert drawn and all(row["carer_id"] and "employment" not in row for row in drawn)
    assert "E1" not in json.dumps({**held, "document_line": []}).replace('"', " ").split()
    _, hers = await everything("carer", "C1")
    assert {row["employment"] for row in hers["audit_sample_item"]} == {"E1"}


async def test_every_table_with_somebodys_key_is_in_the_export_or_somebody_says_why_not(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT c.relname AS name, array_agg(a.attname::text) AS columns FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " GROUP BY c.relname"
    )
    for kind, keys in KEYS.items():
        exported = {
            name.removeprefix(f"subject_access.{kind}_") for name in named() if f"access.{kind}_" in name
        }
        about = {row["name"] for row in rows if keys & set(row["columns"])}
        missing = about - exported - LEFT_OUT.keys() - PASSED_OVER[kind].keys()
        assert missing == set(), (kind, missing)
