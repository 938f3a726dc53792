"""Evidence bundles: what is in them, for whom, and that they hold."""

import asyncpg
import pytest

from backend.faults import DomainError
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.verify_bundle import verify_bundle
from tests.evidence.reported import Bundles, Reported, member, opened, told
from tests.jobs.office import PROVIDER, Office
from tests.jobs.test_wage_report_beside import TERMS, TRAVEL, WAGE, a_drive, under_terms
from tests.jobs.test_wage_reports import EXPORT, REPORT_DUE, WEEK, element, take_export
from tests.use_cases.loading.samples import load_rows


def test_the_bundle_of_a_report_holds_and_says_what_it_proves(bundles: Bundles) -> None:
    found = verify_bundle(bundles.report, {bundles.signer.signing[0].kid: None})
    assert told(found) == {} and found.holds
    assert {finding.about for finding in found.findings if finding.state == "proved"} == {
        *("container", "files", "seal", "key", "signatures", "positions and words", "chain", "receipts"),
        *("checkpoints", "facts", "corrections", "statute", "result"),
    }


def test_without_a_key_from_elsewhere_it_says_that_the_key_came_with_the_bundle(bundles: Bundles) -> None:
    [key] = [finding for finding in verify_bundle(bundles.report).findings if finding.about == "key"]
    assert key.state == "not proved" and "came with the bundle" in key.says


async def test_the_bundle_of_one_worker_holds_and_names_nobody_else(reported: Reported) -> None:
    for worker in ("E1", "C2"):
        bundle = await reported.bundle(worker)
        assert told(verify_bundle(bundle)) == {}
    names = b"".join(opened(bundle).values())
    assert b"Bea Carer" in names and b"Ann Carer" not in names
    employments = member(bundle, "facts.json")["tables"]["employments"]
    assert [row[employments["columns"].index("reference")] for row in employments["rows"]] == ["E2"]
    # Of the visit for two the colleague's taps are there, because the first of them fixes the plan; no more than that.
    others = [event for event in member(bundle, "events.json") if event["withheld"]]
    assert len(others) == 2 and {event["payload"] for event in others} == {None}


async def test_the_same_bundle_comes_out_byte_for_byte_each_time(reported: Reported) -> None:
    assert await reported.bundle() == await reported.bundle()
    assert await reported.bundle("E1") == await reported.bundle("E1")


async def test_a_position_that_was_thinned_is_said_and_breaks_nothing(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    before = verify_bundle(await reported.bundle())
    await superuser.execute(
        "SET session_replication_role = replica; DELETE FROM event_attachment WHERE kind = 'payload'"
    )
    after = verify_bundle(await reported.bundle())
    assert told(before) == told(after) == {}
    gone = [finding.says for finding in after.findings if finding.state == "not proved"]
    assert any("no longer held" in says for says in gone)
    assert not any("no longer held" in finding.says for finding in before.findings)


async def test_events_that_no_checkpoint_holds_yet_are_named(
    reported: Reported, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("ALTER TABLE checkpoint_event DISABLE TRIGGER append_only")
    await superuser.execute("DELETE FROM checkpoint_event WHERE number = 2")
    found = verify_bundle(await reported.bundle())
    [bare] = [one for one in found.findings if one.about == "checkpoints" and one.state == "not proved"]
    assert told(found) == {} and "In no checkpoint yet: 8 events" in bare.says and len(bare.details) == 8


async def test_a_report_is_named_by_its_id_or_the_first_day_of_its_period(reported: Reported) -> None:
    by_day = await export_evidence(PROVIDER, "2026-11-02")
    assert by_day.content == await reported.bundle()
    assert by_day.name == "evidence_hearth_weekly-mon_2026-11-02_provisional.zip"
    for wanted, worker in (("2026-11-09", None), ("yesterday", None), (reported.report, "E9")):
        with pytest.raises(DomainError):
            await export_evidence(PROVIDER, wanted, worker)


async def test_what_stands_beside_the_test_can_be_worked_out_from_the_bundle_too(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under_terms(TERMS)
    await a_drive(office)
    await load_rows("standards", [WAGE, TRAVEL])
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await take_export(EXPORT)
    await load_rows("pay-mapping", [element("BASIC")])
    await office.run(REPORT_DUE, "wage_reports")
    report = await superuser.fetchval("SELECT id::text FROM document WHERE kind = 'wage_report'")
    for worker in (None, "E1"):
        bundle = (await export_evidence(PROVIDER, report, worker)).content
        beside = [worker["beside"] for worker in member(bundle, "result.json")["workers"]]
        assert all(found["mileage"] and found["standards"] and found["unclassified"] for found in beside[:1])
        assert told(verify_bundle(bundle)) == {}
