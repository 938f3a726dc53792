"""Journeys asked about once, kept as facts, and read whenever a day is worked out again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from backend import db, settings
from backend.faults import DomainError
from backend.travel.straight_line import straight_metres
from backend.use_cases import configured_engine
from backend.use_cases.adopt_paces import adopt_paces
from backend.use_cases.calibrate_travel import calibrate_travel, observed_journeys
from backend.use_cases.estimate_journeys import Asked, estimate_journeys, spans
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.verify_documents import verify_documents
from backend.use_cases.worked_days import worked_days
from tests.jobs.office import PROVIDER, Office

DAY = date(2026, 11, 2)
REPORT_DUE = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
WEEK = ("2026-11-02", "2026-11-08")


class Engine:
    """Stands in for an OSRM on the wire: what it says of every journey, and what it was asked."""

    def __init__(self) -> None:
        self.says: dict[str, Any] | None = {
            "code": "Ok",
            "routes": [{"duration": 300.4, "distance": 4_321.0}],
            "waypoints": [{"distance": 3.0}, {"distance": 4.0}],
        }
        self.map_date = "2026-10-01"
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.says is None:
            raise httpx.ConnectError("nobody listens")
        if "/route/" in request.url.path:
            self.asked.append(request.url.path)
            return httpx.Response(200, json=self.says)
        return httpx.Response(200, json={"code": "Ok", "data_version": self.map_date})


@pytest.fixture
def engine(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An office whose journeys by car are asked of OSRM."""
    made, client = Engine(), httpx.AsyncClient
    monkeypatch.setattr(
        configured_engine.httpx,
        "AsyncClient",
        lambda **more: client(transport=httpx.MockTransport(made.answer), **more),
    )
    before = settings.current()
    settings.use(replace(before, travel="osrm", travel_urls={"car": "http://osrm"}, travel_version="26.10"))
    yield made
    settings.use(before)


async def a_morning(office: Office, day: str = "2026-11-02") -> None:
    """A visit at each of two homes, half an hour apart."""
    await office.plan("A" + day, f"{day}T09:00")
    await office.plan("B" + day, f"{day}T10:00", package="P2")
    await office.attend("A" + day, f"{day}T09:00", f"{day}T09:30")
    await office.attend("B" + day, f"{day}T10:00", f"{day}T10:30")


async def kept(superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await superuser.fetch(
        """SELECT j.version, e.map_date, j.seconds, j.metres, j.refused FROM journey_estimate j
           JOIN travel_engine e ON e.provider_id = j.provider_id AND e.id = j.engine_id ORDER BY j.version"""
    )
    return [tuple(row) for row in rows]


async def travel(superuser: asyncpg.Connection) -> dict[str, Any]:
    """The travel segment of the one report made so far, with what it rests on."""
    content = await superuser.fetchval("SELECT snapshot FROM document WHERE kind = 'wage_report'")
    report = msgspec.json.decode(snapshot_bytes(content))
    [found] = [
        segment
        for worker in report["workers"]
        for day in worker["days"]
        for segment in day["segments"]
        if segment["kind"] == "travel"
    ]
    return {**found, "engines": report["travel_engines"]}


async def faults() -> list[str]:
    return [fault async for found in verify_documents(PROVIDER) for fault in found.faults]


async def test_a_journey_is_asked_about_once_however_often_the_days_are_looked_at(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await a_morning(office)
    await a_morning(office, "2026-11-03")
    assert await estimate_journeys(PROVIDER, DAY, DAY + timedelta(days=1)) == Asked(1, 1, 0)
    assert await estimate_journeys(PROVIDER, DAY, DAY + timedelta(days=1)) == Asked(1, 0, 0)
    assert len(engine.asked) == 1
    assert await kept(superuser) == [(1, "2026-10-01", 300, 4321, None)]


async def test_a_report_shows_the_engines_figure_with_what_it_rests_on_and_stays_as_it_was(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    """300 seconds on the road, and the policy's two minutes at the doors."""
    await a_morning(office)
    await office.run(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    shown = await travel(superuser)
    assert (shown["estimate_seconds"], shown["seconds"], shown["source"]) == (420, 420, "osrm")
    [about] = shown["engines"]
    assert about["id"] == shown["engine"]
    assert (about["engine"], about["version"], about["profile"]) == ("osrm", "26.10", "driving")
    assert (about["map_date"], about["parameters"]) == ("2026-10-01", {"snap_metres": "300"})
    # Another map, asked after the report was frozen, changes nothing in it.
    engine.map_date, engine.says = (
        "2026-12-01",
        {**(engine.says or {}), "routes": [{"duration": 900, "distance": 9}]},
    )
    assert (await estimate_journeys(PROVIDER, DAY, DAY)).asked == 1
    assert [row[:3] for row in await kept(superuser)] == [(1, "2026-10-01", 300), (2, "2026-12-01", 900)]
    assert await faults() == []


async def test_without_the_engine_the_same_documents_come_out_of_what_was_kept(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await a_morning(office)
    await office.run(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    engine.says = None
    settings.use(replace(settings.current(), travel="straight_line", travel_urls=None))
    assert (await travel(superuser))["source"] == "osrm"
    assert await faults() == []


@pytest.mark.parametrize(
    ("says", "why"),
    [({"code": "NoSegment"}, "off_map"), ({"code": "NoRoute"}, "no_route"), (None, "engine_unreachable")],
)
async def test_where_the_engine_cannot_say_the_straight_line_stands_with_the_reason(
    office: Office, engine: Engine, superuser: asyncpg.Connection, says: Any, why: str
) -> None:
    engine.says = says
    await a_morning(office)
    await office.run(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE)
    shown = await travel(superuser)
    assert (shown["source"], shown["fallback"], shown["engines"]) == ("straight_line", why, [])
    assert "engine" not in shown
    assert await faults() == []


async def test_an_engine_that_comes_back_is_asked_again_and_one_that_goes_takes_nothing_away(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    said, engine.says = engine.says, None
    await a_morning(office)
    assert await estimate_journeys(PROVIDER, DAY, DAY) == Asked(1, 1, 1)
    assert await estimate_journeys(PROVIDER, DAY, DAY) == Asked(1, 0, 0)
    engine.says = said
    assert await estimate_journeys(PROVIDER, DAY, DAY) == Asked(1, 1, 0)
    engine.says = None
    assert await estimate_journeys(PROVIDER, DAY, DAY) == Asked(1, 0, 0)
    assert [row[2:] for row in await kept(superuser)] == [
        (None, None, "engine_unreachable"),
        (300, 4321, None),
    ]


async def test_what_carers_are_told_of_their_day_is_the_engines_figure_too(
    office: Office, engine: Engine
) -> None:
    await a_morning(office)
    await estimate_journeys(PROVIDER, DAY, DAY)
    phone = await office.phone()
    await phone.open_session()
    answer = await phone.days("2026-11-02", "2026-11-02")
    [shown] = [row for day in answer["days"] for row in day["segments"] if row["kind"] == "travel"]
    assert (shown["seconds"], shown["source"]) == (420, "osrm")


def test_dates_one_after_the_other_are_one_span() -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 3)]
    assert spans(days) == [(date(2026, 10, 31), date(2026, 11, 1)), (date(2026, 11, 3), date(2026, 11, 3))]


async def test_adopted_paces_judge_the_days_of_the_provider_from_then_on(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """At 90 km/h along the straight line, with nothing at the doors, in place of the packaged pace."""
    await a_morning(office)
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    pace = {"mode": "car", "setting": "rural", "detour": "1", "kmh": "90", "minutes": "0"}
    assert await adopt_paces(PROVIDER, DAY, {"paces": [pace]}) == 1
    office.set(office.clock + timedelta(minutes=5))
    await office.run(REPORT_DUE, "wage_reports")
    shown = await travel(superuser)
    [plan] = await superuser.fetch("SELECT version, policy FROM policy_version")
    assert (plan["version"], msgspec.json.decode(plan["policy"])) == (1, {"paces": [pace]})
    ends = await superuser.fetch("SELECT lat, lon FROM service_user_version ORDER BY service_user_id")
    metres = straight_metres(*ends[0], *ends[1])
    assert shown["estimate_seconds"] == pytest.approx(metres / 25, abs=1)
    assert await faults() == []


async def test_paces_adopted_inside_a_pay_period_judge_no_day_before_theirs(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """The same way on three days of a week; from Tuesday at 90 km/h, from Wednesday at 45."""
    for day in ("2026-11-02", "2026-11-03", "2026-11-04"):
        await a_morning(office, day)
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    async with db.as_provider(PROVIDER) as connection:
        packaged = (await worked_days(connection, PROVIDER, DAY, DAY, as_of=office.clock)).gaps["estimate"]
    pace = {"mode": "car", "setting": "rural", "detour": "1", "minutes": "0"}
    for day, kmh in ((2, "45"), (1, "90")):
        await adopt_paces(PROVIDER, DAY + timedelta(days=day), {"paces": [{**pace, "kmh": kmh}]})
    office.set(office.clock + timedelta(minutes=5))
    async with db.as_provider(PROVIDER) as connection:
        week = await worked_days(connection, PROVIDER, DAY, DAY + timedelta(days=6), as_of=office.clock)
        third = await worked_days(
            connection, PROVIDER, DAY + timedelta(days=2), DAY + timedelta(days=2), as_of=office.clock
        )
    monday, tuesday, wednesday = week.gaps.sort("gap_start")["estimate"]
    assert [monday, wednesday] == [*packaged, *third.gaps["estimate"]]
    assert wednesday == pytest.approx(2 * tuesday, abs=1)
    await office.run(REPORT_DUE, "wage_reports")
    content = await superuser.fetchval("SELECT snapshot FROM document WHERE kind = 'wage_report'")
    report = msgspec.json.decode(snapshot_bytes(content))
    gaps = [gap for worker in report["workers"] for day in worker["days"] for gap in day["gaps"]]
    told = {pace["id"]: pace["kmh"] for pace in report["paces"]}
    assert [told[gap["pace"]] for gap in gaps] == ["37.5", "90", "45"]
    assert await faults() == []


@pytest.mark.parametrize(
    "given", [None, {}, {"paces": [{"mode": "car"}]}, {"paces": [], "waiting_limit_minutes": 1}]
)
async def test_what_are_no_paces_is_refused(given: Any) -> None:
    with pytest.raises(DomainError, match="paces"):
        await adopt_paces(PROVIDER, DAY, given)


async def test_gaps_that_were_journeys_and_nothing_else_are_told_from_the_rest(office: Office) -> None:
    """Of three gaps between two homes one was a journey: in one the carer came early, one was too long."""
    await a_morning(office)
    for day, came in (("2026-11-03", "09:58"), ("2026-11-04", "10:01"), ("2026-11-05", "10:20")):
        await office.plan("A" + day, f"{day}T09:00")
        await office.plan("B" + day, f"{day}T10:00", package="P2")
        await office.attend("A" + day, f"{day}T09:00", f"{day}T09:40")
        await office.attend("B" + day, f"{day}T{came}", f"{day}T10:40")
    office.set(office.clock + timedelta(minutes=5))
    async with db.as_provider(PROVIDER) as connection:
        days = await worked_days(connection, PROVIDER, DAY, DAY + timedelta(days=3), as_of=office.clock)
    found = observed_journeys(days, 25 * 60)
    assert found.select("mode", "setting", "seconds").rows() == [("car", "rural", 21 * 60.0)]
    assert await calibrate_travel(PROVIDER, DAY, DAY + timedelta(days=3)) == []
