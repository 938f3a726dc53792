"""A report whose journeys a routing engine judged: its answers are facts of the bundle, and of every rendering."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import asyncpg
import msgspec
from python_calamine import CalamineWorkbook

from backend import keys
from backend.documents.canonical import canonical_json
from backend.domain.canonical import sha256
from backend.use_cases.evidence.facts_file import recorded_of
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.verification.contents import contents_of, manifest_of
from backend.use_cases.verification.recomputed import work_again
from backend.use_cases.verify_bundle import verify_bundle
from tests.documents import pdf
from tests.evidence.reported import Members, changed, failures, member, resealed, told
from tests.evidence.test_tampering import stranger
from tests.jobs.office import PROVIDER, Office
from tests.jobs.test_journeys import REPORT_DUE, WEEK, Engine, a_morning, engine

__all__ = ["engine"]
ENGINE = "Journeys by osrm 26.10: car, profile driving, map of 2026-10-01 (snap_metres 300)."


async def reported(office: Office, superuser: asyncpg.Connection) -> str:
    """The id of a report on a morning of two homes, 300 seconds apart on the engine's roads."""
    await a_morning(office)
    await office.run(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    return str(await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'"))


async def test_the_answers_of_an_engine_are_in_the_bundle_and_one_that_was_altered_is_named(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    report = await reported(office, superuser)
    for worker in (None, "E1"):
        bundle = (await export_evidence(PROVIDER, report, worker)).content
        found = verify_bundle(bundle)
        assert told(found) == {}
        assert any(one.about == "result" and one.state == "proved" for one in found.findings)
        journeys = member(bundle, "facts.json")["tables"]["journeys"]
        answers = [dict(zip(journeys["columns"], row, strict=True)) for row in journeys["rows"]]
        [there] = [row for row in answers if row["seconds"] is not None]
        assert (there["seconds"], there["metres"], there["engine"]) == (300, 4321, "osrm")

        def lengthen(facts: Any) -> None:
            table = facts["tables"]["journeys"]
            for row in table["rows"]:
                row[table["columns"].index("seconds")] = 900

        forged = resealed(changed(bundle, "facts.json", lengthen), keys.current())
        words = failures(forged)["result"]
        assert "estimate_seconds was 420, comes out as 1020" in words


async def test_facts_and_result_altered_to_match_rest_on_the_seal_and_the_digest_on_paper_tells(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    bundle = (await export_evidence(PROVIDER, await reported(office, superuser))).content
    printed = member(bundle, "result.json")["facts_digest"]

    def lengthen(facts: Any) -> None:
        table = facts["tables"]["journeys"]
        for row in table["rows"]:
            row[table["columns"].index("seconds")] = 900

    members = changed(bundle, "facts.json", lengthen)
    assert "The facts are not those of the report" in failures(resealed(members, keys.current()))["result"]
    made, server = matched(members), keys.current().signing[0].kid
    forger = stranger()
    assert failures(resealed(made, forger), {server: None}).keys() >= {"seal", "key"}
    # Only who holds the server's key could make this one, and it says so itself.
    found = verify_bundle(resealed(made, keys.current()), {server: None})
    digest = msgspec.json.decode(made["result.json"])["facts_digest"]
    assert told(found) == {} and digest != printed
    [rests] = [one.says for one in found.findings if (one.about, one.state) == ("facts", "not proved")]
    assert "On the seal alone rest" in rests and "of routing engines" in rests and digest in rests


def matched(members: Members) -> Members:
    """The members with the result that their facts come to, under a manifest that names it."""
    manifest = msgspec.json.decode(members["manifest.json"])
    contents = contents_of(members, manifest_of(members))
    assert contents.facts is not None
    made = work_again(contents, contents.facts, recorded_of(contents.facts))
    manifest["subject"]["facts_sha256"] = made.facts_digest
    result = canonical_json(made)
    manifest["subject"]["snapshot_sha256"] = sha256(result).hex()
    return {**members, "result.json": result, "manifest.json": msgspec.json.encode(manifest, order="sorted")}


async def test_every_rendering_says_which_engine_and_map_a_journey_rests_on(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await reported(office, superuser)
    rows = await superuser.fetch(
        "SELECT f.format, f.content FROM document_file f JOIN document d ON d.id = f.document_id "
        "WHERE d.kind = 'wage_report'"
    )
    files = {row["format"]: row["content"] for row in rows}
    assert ENGINE in " ".join(pdf.text(files["pdf"]).split())
    book = CalamineWorkbook.from_filelike(BytesIO(files["xlsx"]))
    header, row = book.get_sheet_by_name("Engines").to_python()
    [about] = msgspec.json.decode(files["json"])["travel_engines"]
    assert dict(zip(header, row, strict=True)) == {
        "id": about["id"],
        "engine": "osrm",
        "version": "26.10",
        "travels by": "car",
        "profile": "driving",
        "map": "2026-10-01",
        "parameters": "snap_metres 300",
    }


async def test_where_a_straight_line_stands_in_for_an_engine_paper_says_why(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    engine.says = {"code": "NoRoute"}
    await reported(office, superuser)
    content = await superuser.fetchval(
        "SELECT f.content FROM document_file f JOIN document d ON d.id = f.document_id "
        "WHERE d.kind = 'wage_report' AND f.format = 'pdf'"
    )
    text = " ".join(pdf.text(content).split())
    assert "straight line, because the engine found no way between the homes" in text
