"""What a report says of earlier periods, in its bundle: stated as it was frozen, and about nobody to an auditor."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from backend.use_cases.export_evidence import export_evidence, read_evidence
from backend.use_cases.verify_bundle import verify_bundle
from backend.use_cases.viewer import Viewer
from tests.evidence.reported import member, opened, told
from tests.jobs.office import PROVIDER, Office
from tests.jobs.test_gap_ledger import late_visit, two_weeks
from tests.jobs.test_wage_reports import NEXT_REPORT_DUE, REPORT_DUE


async def the_next_report(office: Office, superuser: asyncpg.Connection) -> str:
    """The report of the second week, which says that the first had another visit."""
    await two_weeks(office)
    await office.run(REPORT_DUE)
    await late_visit(office)
    await office.run(NEXT_REPORT_DUE, "checkpoints")
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    return str(
        await superuser.fetchval(
            "SELECT id FROM document WHERE kind = 'wage_report' AND period_start = '2026-11-09'"
        )
    )


def changes_in(bundle: bytes) -> Any:
    return member(bundle, "result.json")["changes"]


async def test_a_bundle_with_changes_of_an_earlier_period_holds_for_each_reader(
    office: Office, superuser: asyncpg.Connection
) -> None:
    report = await the_next_report(office, superuser)
    for worker in (None, "E1"):
        bundle = (await export_evidence(PROVIDER, report, worker)).content
        [change] = changes_in(bundle)
        assert (change["employment"], change["gaps"][0]["left"]) == ("E1", "A")
        assert told(verify_bundle(bundle)) == {}
    council = await superuser.fetchval("SELECT id FROM organisation WHERE reference = 'wyeshire'")
    auditor = Viewer(uuid4(), council, provider=False, role="auditor")
    bundle = (await read_evidence(auditor, UUID(report))).content
    assert told(verify_bundle(bundle)) == {}
    [change] = changes_in(bundle)
    assert change["name"] is None and "E1" not in (change["employment"], change["person"])
    ends = {gap[end] for gap in change["gaps"] for end in ("from", "to", "left", "reached")}
    assert ends == {None} and change["gaps"][0]["after"]["parts"][0]["rule"] == "nmw-2015-32"
    assert b"Ann Carer" not in b"".join(opened(bundle).values())
