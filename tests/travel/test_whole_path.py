"""From a phone to a proved page with a real engine: asked by the job, kept, frozen in the gap ledger, gone half-way."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from backend import settings
from backend.jobs.runner import run_due
from backend.travel.straight_line import packaged_paces
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.verify_bundle import verify_bundle
from tests.evidence.reported import failures, member
from tests.jobs.office import PROVIDER, Office, instant
from tests.jobs.test_gap_ledger import gaps_of
from tests.jobs.test_journeys import faults
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK, reports
from tests.travel import made_up_map
from tests.travel.conftest import osrm_served, valhalla_served
from tests.travel.made_up_map import CORNERS, DATE, corner
from tests.use_cases.loading.samples import SERVICE_USERS, load_rows

pytestmark = pytest.mark.engines
HOMES = {"S1": corner(0, 0), "S2": corner(0, CORNERS - 1), "S3": corner(2, 3)}
"""The quickest way from the first to the second is by the faster road, which is longer."""


@dataclass
class Running:
    """An engine that serves the made-up town until it is stopped."""

    name: str
    _served: ExitStack

    def stop(self) -> None:
        self._served.close()


@pytest.fixture(params=["osrm", "valhalla"])
def engine(request: pytest.FixtureRequest, database: Any, tmp_path: Path) -> Iterator[Running]:
    """The settings of the process name it for the length of the test."""
    made_up_map.write(tmp_path / "town.osm.pbf")
    with ExitStack() as served:
        if request.param == "osrm":
            urls = {"car": served.enter_context(osrm_served(tmp_path, "car"))}
        else:
            urls = dict.fromkeys(("car", "bicycle", "walk"), served.enter_context(valhalla_served(tmp_path)))
        version = "26.10.0" if request.param == "osrm" else None
        settings.use(
            replace(settings.current(), travel=request.param, travel_urls=urls, travel_version=version)
        )
        yield Running(request.param, served)


@pytest.fixture
async def office(engine: Running, http: httpx.AsyncClient, at: Any) -> AsyncIterator[Office]:
    """A provider whose three people live in the made-up town."""
    made = await Office(http, at).open()
    people = [
        {**SERVICE_USERS[0], "reference": person, "lat": str(lat), "lon": str(lon)}
        for person, (lat, lon) in HOMES.items()
    ]
    await load_rows("service-users", people)
    package = {"provider": "hearth", "contract": "HC-01", "service": "home_care", "zone": "rural"}
    await load_rows("packages", [{**package, "reference": "P3", "service_user": "S3", "from": "2026-10-01"}])
    yield made


async def between(office: Office, day: str, *packages: str) -> None:
    """A visit of half an hour under each package, half an hour apart."""
    for number, package in enumerate(packages):
        reference, hour = package + day, 9 + number
        await office.plan(reference, f"{day}T{hour:02}:00", package=package)
        await office.attend(reference, f"{day}T{hour:02}:00", f"{day}T{hour:02}:30")


@pytest.mark.variants
async def test_a_gap_is_frozen_with_the_engine_that_judged_it_and_the_next_without_one_with_the_reason(
    office: Office, engine: Running, superuser: asyncpg.Connection
) -> None:
    await between(office, "2026-11-02", "P1", "P2")
    asked = await estimated(office, "2026-11-02T12:00")
    engine.stop()
    await between(office, "2026-11-03", "P1", "P3")
    silent = await estimated(office, "2026-11-03T12:00")
    assert (asked, silent) == ("1 asked about, 0 without an answer", "1 asked about, 1 without an answer")
    await office.pay("E1", "1", 120, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    judged, guessed = await gaps_of(superuser)
    about = (await reports(superuser))["provisional"]["travel_engines"]
    assert_judged(judged, about, await kept(superuser), engine.name)
    assert (guessed["source"], guessed["fallback"]) == ("straight_line", "engine_unreachable")
    assert "engine" not in guessed and guessed["pace"].startswith("line car")
    assert await faults() == []
    await assert_proved(superuser, judged, guessed)


async def estimated(office: Office, moment: str) -> str:
    """What the job says that asks about journeys."""
    office.set(instant(moment))
    told = {ran.scope: ran.detail for ran in await run_due(office.clock, "journeys")}
    return told[str(PROVIDER)]


def assert_judged(gap: dict[str, Any], engines: list[dict[str, Any]], row: asyncpg.Record, name: str) -> None:
    """The row of the ledger holds the engine's own figures, made door to door, and says what they rest on."""
    upon = packaged_paces()[-1].by_engine["car"]
    assert (gap["source"], gap["metres"]) == (name, row["metres"])
    assert gap["estimate_seconds"] == round(row["seconds"] * float(upon.factor) + float(upon.minutes) * 60)
    [about] = engines
    assert about["id"] == gap["engine"]
    assert (about["engine"], about["mode"], about["parameters"]) == (name, "car", {"snap_metres": "300"})
    if name == "osrm":
        assert (about["version"], about["profile"], about["map_date"]) == ("26.10.0", "driving", DATE)
    else:
        assert (about["version"], about["profile"]) == ("3.9.1", "auto")
        assert about["map_date"].startswith("20")
    assert gap["metres"] > 1.1 * made_up_map.along(HOMES["S1"], HOMES["S2"])  # by the faster road


async def kept(superuser: asyncpg.Connection) -> asyncpg.Record:
    """The one answer that the engine gave."""
    [row] = await superuser.fetch("SELECT seconds, metres FROM journey_estimate WHERE seconds IS NOT NULL")
    return row


async def assert_proved(superuser: asyncpg.Connection, *gaps: dict[str, Any]) -> None:
    """The bundles prove, without the engine and for one carer alone too, and hold the very rows of the ledger."""
    report = str(await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'"))
    for worker in (None, "E1"):
        bundle = (await export_evidence(PROVIDER, report, worker)).content
        assert failures(bundle) == {}
        findings = verify_bundle(bundle).findings
        assert any(one.about == "result" and one.state == "proved" for one in findings)
        [only] = member(bundle, "result.json")["workers"]
        assert [gap for day in only["days"] for gap in day["gaps"]] == list(gaps)
