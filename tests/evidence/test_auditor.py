"""An auditor's bundle: pseudonyms, no positions, no words, and of others' work only time, kind and rule."""

from uuid import UUID, uuid4

import asyncpg

from backend.tables.ids import thing_id
from backend.use_cases.export_evidence import read_evidence
from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.read_wage_report import read_worker
from backend.use_cases.verify_bundle import verify_bundle
from backend.use_cases.viewer import Viewer
from tests.console.desk import Desk
from tests.evidence.reported import member, opened, told, work_a_week
from tests.jobs.office import PROVIDER, Office, visit_id
from tests.jobs.test_wage_reports import EXPORT, REPORT_DUE, element, take_export
from tests.use_cases.loading.samples import load_rows

NAMES = (b"Ann Carer", b'"E1"', b'"C1"', b"Mr One")


async def test_it_holds_without_a_name_and_can_be_worked_out_again(busy: Desk) -> None:
    browser, report = await busy.as_("auditor"), await busy.id_of("wage_report")
    for path in (f"/wage-reports/{report}/evidence", f"/wage-reports/{report}/workers/1/evidence"):
        answer = await browser.get(path)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
        members = opened(answer.content)
        assert not [name for name in NAMES if any(name in content for content in members.values())]
        assert "result.pdf" not in members
        events = member(answer.content, "events.json")
        assert len(events) == 4 and {(event["fix"], event["payload"]) for event in events} == {(None, None)}
        found = verify_bundle(answer.content)
        assert told(found) == {}
        assert any(one.about == "result" and one.state == "proved" for one in found.findings)
    looked = await busy.superuser.fetch("SELECT what FROM access_log ORDER BY looked_at")
    assert "evidence bundle" in {row["what"] for row in looked}


async def test_no_id_in_it_can_be_made_from_a_reference(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """A week of two carers with a visit for both and a correction: the facts are in the auditor's bundle too."""
    reported = await work_a_week(office, superuser, training=False)
    council = await superuser.fetchval("SELECT id FROM organisation WHERE reference = 'wyeshire'")
    auditor = Viewer(uuid4(), council, provider=False, role="auditor")
    kinds = {"carer": "C", "employment": "E", "service_user": "S", "package": "P"}
    guesses = {
        str(thing_id(PROVIDER, kind, f"{letter}{number}")).encode(): f"{kind} {number}"
        for kind, letter in kinds.items()
        for number in range(1, 10)
    }

    def guessed(bundle: bytes) -> set[str]:
        return {guesses[guess] for guess in guesses for each in opened(bundle).values() if guess in each}

    assert guessed(await reported.bundle()) >= {f"{kind} {number}" for kind in kinds for number in (1, 2)}
    for place in (None, 1, 2):
        bundle = (await read_evidence(auditor, UUID(reported.report), place)).content
        found = verify_bundle(bundle)
        assert told(found) == {} and guessed(bundle) == set()
        assert any(one.about == "result" and one.state == "proved" for one in found.findings)
        assert bundle == (await read_evidence(auditor, UUID(reported.report), place)).content
        labels = [worker["employment"] for worker in member(bundle, "result.json")["workers"]]
        lines = member(bundle, "facts.json")["tables"]["pay_lines"]
        assert labels == sorted(labels), "their order tells nothing of their references"
        at = lines["columns"].index("reference")
        assert [row[at] for row in lines["rows"]] == [str(one + 1) for one in range(len(lines["rows"]))]


async def test_of_work_for_another_commissioner_only_time_kind_and_rule_are_in_it(busy: Desk) -> None:
    other = await busy.superuser.fetchval("SELECT id FROM organisation WHERE reference = 'icb'")
    await busy.superuser.execute("ALTER TABLE visit_version DISABLE TRIGGER append_only")
    await busy.superuser.execute(
        "UPDATE visit_version SET commissioner_id = $1 WHERE visit_id = $2", other, visit_id("B")
    )
    browser, report = await busy.as_("auditor"), await busy.id_of("wage_report")
    bundle = (await browser.get(f"/wage-reports/{report}/workers/1/evidence")).content
    members = opened(bundle)
    assert not [name for name, content in members.items() if visit_id("B").encode() in content]
    assert "facts.json" not in members and len(member(bundle, "events.json")) == 2
    [worker] = member(bundle, "result.json")["workers"]
    assert worker["employment"] == pseudonym(PROVIDER, "E1")
    assert [segment["kind"] for segment in worker["days"][0]["segments"]] == ["contact", "waiting", "contact"]
    found = verify_bundle(bundle)
    assert told(found) == {}
    assert any("not for the reader" in one.says for one in found.findings if one.about == "result")


async def test_a_provider_takes_the_whole_and_a_rival_or_another_commissioner_nothing(busy: Desk) -> None:
    report = await busy.id_of("wage_report")
    for who in ("manager", "finance"):
        answer = await (await busy.as_(who)).get(f"/wage-reports/{report}/evidence")
        assert told(verify_bundle(answer.content)) == {} and b"Ann Carer" in answer.content
    for who, status in (("rival", 404), ("other_auditor", 404), ("commissioner", 403)):
        assert (await (await busy.as_(who)).get(f"/wage-reports/{report}/evidence")).status_code == status


async def test_the_payroll_s_own_words_are_not_for_an_auditor(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await take_export(EXPORT.replace("Waiting", "Waited: Ann Carer"))
    await load_rows("pay-mapping", [element("BASIC")])
    await morning.run(REPORT_DUE, "wage_reports")
    report = await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'")
    council = await superuser.fetchval("SELECT id FROM organisation WHERE reference = 'wyeshire'")
    auditor = Viewer(uuid4(), council, provider=False, role="auditor")
    bundle = (await read_evidence(auditor, report)).content
    assert "facts.json" in opened(bundle) and told(verify_bundle(bundle)) == {}
    assert not [name for name, content in opened(bundle).items() if b"Ann Carer" in content]
    for reason, said in ((None, None), ("a complaint of hers", "Waited: Ann Carer")):
        beside = (await read_worker(auditor, report, 1, reason)).worker.beside
        assert beside is not None and [line.description for line in beside.unclassified] == [said]
