"""An auditor's bundle: pseudonyms, no positions, no words, and of others' work only time, kind and rule."""

from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.verify_bundle import verify_bundle
from tests.console.desk import Desk
from tests.evidence.reported import member, opened, told
from tests.jobs.office import PROVIDER, visit_id

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
