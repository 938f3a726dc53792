"""Time that a manager entered with a place: its journeys are asked about, frozen, proved, and judged anew like any."""

from datetime import UTC, datetime

import asyncpg

from backend.use_cases.estimate_journeys import estimate_recent_journeys
from backend.use_cases.export_evidence import export_evidence
from tests.evidence.reported import failures
from tests.jobs.office import PROVIDER, Office, instant
from tests.jobs.test_gap_ledger import faults, gaps_of
from tests.jobs.test_journeys import DAY, Engine, engine
from tests.jobs.test_late_facts import estimate_journeys, one_after, travelled
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK
from tests.use_cases.loading.samples import load_rows

__all__ = ["engine"]
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


async def a_training(office: Office) -> None:
    """A visit, and half an hour later a training at the office, which a manager enters two days afterwards."""
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(NOON)
    row = {"provider": "hearth", "reference": "T1", "carer": "C1", "kind": "training", "reason": "Register"}
    times = {"start": "2026-11-02 10:00", "end": "2026-11-02 11:00"}
    await load_rows("activities", [{**row, **times, "lat": "52.09", "lon": "-2.6"}])


async def test_the_way_to_the_office_is_asked_of_the_engine_and_frozen_with_what_it_said(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await a_training(office)
    assert await estimate_recent_journeys(PROVIDER, NOON) == "1 asked about, 0 without an answer"
    await office.pay("E1", "1", 90, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    [gap] = await gaps_of(superuser)
    assert (gap["to"], gap["source"]) == ("training@2026-11-02T10:00:00Z", "osrm")
    assert [(part["kind"], part["seconds"]) for part in gap["parts"]] == [("travel", 420), ("waiting", 1380)]
    report = str(await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'"))
    for worker in (None, "E1"):
        assert failures((await export_evidence(PROVIDER, report, worker)).content) == {}
    assert await faults() == []


async def test_a_way_to_the_office_judged_anew_is_said_in_the_next_report(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await a_training(office)
    await estimate_recent_journeys(PROVIDER, NOON)
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 90, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")

    async def longer(office: Office) -> None:
        engine.map_date = "2026-12-01"
        engine.says = {**(engine.says or {}), "routes": [{"duration": 900, "distance": 9_000}]}
        assert (await estimate_journeys(PROVIDER, DAY, DAY)).asked == 1

    [change] = await one_after(office, superuser, longer)
    [gap] = change["gaps"]
    assert (travelled(gap["before"]), travelled(gap["after"])) == (420, 1020)
    assert instant("2026-11-02T10:00") == datetime.fromisoformat(gap["after"]["end"])
