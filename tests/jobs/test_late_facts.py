"""Facts without a day of their own that come when a report is frozen: its figures stay, the next says what changed."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from backend.use_cases.adopt_paces import adopt_paces
from backend.use_cases.estimate_journeys import estimate_journeys
from backend.use_cases.export_evidence import export_evidence
from tests.evidence.reported import failures, member
from tests.jobs.office import PROVIDER, Office, instant
from tests.jobs.test_gap_ledger import faults, seen, stated
from tests.jobs.test_journeys import Engine, engine
from tests.jobs.test_wage_reports import NEXT_REPORT_DUE, REPORT_DUE, WEEK
from tests.use_cases.loading.samples import CARERS, SERVICE_USERS, load_rows

__all__ = ["engine"]
DAY = date(2026, 11, 2)
PACE = {"mode": "car", "setting": "rural", "detour": "1", "kmh": "90", "minutes": "0"}
LateFact = Callable[[Office], Awaitable[object]]


async def a_round(office: Office) -> None:
    """Two homes half an hour apart in the first week, which is what the journey takes; in the second one visit."""
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T10:00", package="P2")
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T10:00", "2026-11-02T10:30")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")


async def moved_home(office: Office) -> None:
    await load_rows("service-users", [{**SERVICE_USERS[1], "lat": "52.07", "lon": "-2.70"}])


async def other_paces(office: Office) -> None:
    await adopt_paces(PROVIDER, DAY, {"paces": [PACE]})


async def other_way_of_travelling(office: Office) -> None:
    row = {name: cell for name, cell in CARERS[0].items() if name != "employment_end"}
    await load_rows("carers", [{**row, "pay_cycle": "weekly:mon", "mode": "bicycle"}])


async def told(superuser: asyncpg.Connection) -> list[dict[str, Any]]:
    """What the next report says of the first week."""
    found = (await stated(superuser))["2026-11-09", "provisional"]["changes"]
    assert all(change["period"]["start"] == "2026-11-02" for change in found)
    return list(found)


def travelled(state: Any) -> int:
    return sum(part["seconds"] for part in state["parts"] if part["kind"] == "travel")


async def one_after(office: Office, superuser: asyncpg.Connection, late: LateFact) -> list[dict[str, Any]]:
    """The first week's report is frozen, the fact comes, and the next report is made; what that says of the first."""
    await office.run(REPORT_DUE, "wage_reports")
    frozen = (await stated(superuser))["2026-11-02", "provisional"]
    office.set(instant("2026-11-16T12:00"))
    await late(office)
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    assert (await stated(superuser))["2026-11-02", "provisional"] == frozen
    assert await faults() == []
    return await told(superuser)


@pytest.mark.variants
@pytest.mark.parametrize("late", [moved_home, other_paces])
async def test_a_shorter_way_is_said_in_the_next_report_and_changes_no_frozen_gap(
    office: Office, superuser: asyncpg.Connection, late: LateFact
) -> None:
    await a_round(office)
    [change] = await one_after(office, superuser, late)
    [gap] = change["gaps"]
    assert travelled(gap["before"]) > travelled(gap["after"]) > 0
    assert gap["before"]["observed_seconds"] == gap["after"]["observed_seconds"] == 1800
    # What is no journey of a short gap is waiting, which counts as well.
    assert gap["difference"] == 0 and change["before"] == change["after"]


async def test_a_late_fact_is_told_once(office: Office, superuser: asyncpg.Connection) -> None:
    await a_round(office)
    assert len(await one_after(office, superuser, moved_home)) == 1
    await office.plan("F", "2026-11-23T09:00")
    await office.attend("F", "2026-11-23T09:00", "2026-11-23T09:30")
    await office.pay("E1", "3", 30, "12.71", ("2026-11-16", "2026-11-22"), "2026-11-27")
    await office.run(NEXT_REPORT_DUE + timedelta(days=7))
    found = await stated(superuser)
    assert [key for key, report in found.items() if report["changes"]] == [("2026-11-09", "provisional")]
    assert await faults() == []


@pytest.mark.thorough
async def test_a_slower_way_of_travelling_takes_from_the_rest_of_a_gap_that_nobody_explained(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T12:00", package="P2")
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T12:00", "2026-11-02T12:30")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 90, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")
    [change] = await one_after(office, superuser, other_way_of_travelling)
    [gap] = change["gaps"]
    longer = travelled(gap["after"]) - travelled(gap["before"])
    assert longer > 0 and gap["difference"] == longer
    assert change["after"]["counted_seconds"] - change["before"]["counted_seconds"] == longer
    assert change["before"]["unresolved_seconds"] - change["after"]["unresolved_seconds"] == longer


@pytest.mark.thorough
async def test_a_road_judged_anew_is_said_though_the_report_keeps_what_it_had(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    await a_round(office)
    await estimate_journeys(PROVIDER, DAY, DAY)

    async def another_map(office: Office) -> None:
        engine.map_date = "2026-12-01"
        engine.says = {**(engine.says or {}), "routes": [{"duration": 900, "distance": 9_000}]}
        assert (await estimate_journeys(PROVIDER, DAY, DAY)).asked == 1

    [change] = await one_after(office, superuser, another_map)
    [gap] = change["gaps"]
    # Two minutes at the doors.
    assert (travelled(gap["before"]), travelled(gap["after"])) == (300 + 120, 900 + 120)


@pytest.mark.thorough
async def test_an_engine_that_was_silent_and_says_now_how_long_it_takes_is_said(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    said, engine.says = engine.says, None
    await a_round(office)
    await estimate_journeys(PROVIDER, DAY, DAY)

    async def awake(office: Office) -> None:
        engine.says = said
        await estimate_journeys(PROVIDER, DAY, DAY)

    [change] = await one_after(office, superuser, awake)
    assert travelled(change["gaps"][0]["after"]) == 420


@pytest.mark.thorough
async def test_a_road_to_a_training_judged_anew_is_found_by_the_place_that_the_phone_named(
    office: Office, engine: Engine, superuser: asyncpg.Connection
) -> None:
    phone = await office.phone()
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    for kind, moment in (("activity_start", "2026-11-02T10:00"), ("activity_end", "2026-11-02T11:00")):
        office.set(instant(moment))
        payload = {"activity": "training", "place": {"lat": 52.09, "lon": -2.6}}
        phone.record(kind, None, payload=payload if kind == "activity_start" else {"activity": "training"})
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")
    await estimate_journeys(PROVIDER, DAY, DAY)

    async def longer(office: Office) -> None:
        engine.map_date = "2026-12-01"
        engine.says = {**(engine.says or {}), "routes": [{"duration": 900, "distance": 9_000}]}
        assert (await estimate_journeys(PROVIDER, DAY, DAY)).asked == 1

    [change] = await one_after(office, superuser, longer)
    [gap] = change["gaps"]
    assert (gap["reached"], travelled(gap["after"]) - travelled(gap["before"])) == (
        "training@2026-11-02T10:00:00Z",
        600,
    )


async def test_what_changes_no_figure_is_not_said(office: Office, superuser: asyncpg.Connection) -> None:
    """Nobody's journey to the first visit counts, so a carer's own home has no part in it; nor has a name."""
    await a_round(office)

    async def nothing_that_counts(office: Office) -> None:
        row = {
            name: cell for name, cell in CARERS[0].items() if name not in ("employment_end", "home_postcode")
        }
        moved = {"home_lat": "52.3", "home_lon": "-2.1", "pay_cycle": "weekly:mon"}
        await load_rows("carers", [{**row, **moved}])
        await load_rows("service-users", [{**SERVICE_USERS[1], "name": "Mrs Two", "radius_m": "90"}])

    assert await one_after(office, superuser, nothing_that_counts) == []


@pytest.mark.variants
@pytest.mark.parametrize(("days", "said"), [(14, 1), (13, 0)])
async def test_the_policy_says_how_far_back_figures_are_compared(
    office: Office, superuser: asyncpg.Connection, days: int, said: int
) -> None:
    """The report is of 22 November, 14 days after the last day of the week; a working day chains over two more."""
    await superuser.execute(
        "INSERT INTO policy_version (provider_id, starts_on, version, policy, digest, recorded_at) "
        "VALUES ($1, '2020-01-01', 1, $2, '', '2026-10-31 12:00+00')",
        PROVIDER, msgspec.json.encode({"correction_window_days": days}).decode(),
    )  # fmt: skip
    await a_round(office)

    async def for_the_past(office: Office) -> None:
        own = {"correction_window_days": days, "paces": [PACE]}
        await superuser.execute(
            "INSERT INTO policy_version (provider_id, starts_on, version, policy, digest, recorded_at) "
            "VALUES ($1, '2026-01-01', 1, $2, '', $3)",
            PROVIDER, msgspec.json.encode(own).decode(), office.clock,
        )  # fmt: skip

    assert len(await one_after(office, superuser, for_the_past)) == said


@pytest.mark.thorough
async def test_a_package_in_another_zone_goes_by_the_pace_of_that_zone(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await adopt_paces(PROVIDER, DAY, {"paces": [PACE]})
    await a_round(office)

    async def rezoned(office: Office) -> None:
        package = {
            "provider": "hearth", "reference": "P2", "service_user": "S2", "contract": "HC-01",
            "service": "home_care", "zone": "urban", "carers": "2", "from": "2026-10-01",
        }  # fmt: skip
        await load_rows("packages", [package])

    [change] = await one_after(office, superuser, rezoned)
    assert travelled(change["gaps"][0]["after"]) > travelled(change["gaps"][0]["before"])


async def test_a_place_approved_later_moves_a_visit_of_a_reported_week_and_both_reports_hold(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """The second visit was at a day centre next door to the first home, which nobody had approved."""
    centre = (52.0612, -2.7101)
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T10:00", package="P2")
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await seen(office, "check_in", "B", "2026-11-02T10:00", centre)
    await seen(office, "check_out", "B", "2026-11-02T10:30", centre)
    assert set(await office.hand_in()) == {"accepted"}
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")

    async def approved(office: Office) -> None:
        lat, lon = map(str, centre)
        place = {"name": "Day centre", "lat": lat, "lon": lon, "radius_m": "300", "from": "2026-11-01"}
        await load_rows("places", [{"provider": "hearth", "service_user": "S2", **place}])

    [change] = await one_after(office, superuser, approved)
    [gap] = change["gaps"]
    assert travelled(gap["before"]) > 3 * travelled(gap["after"])
    await office.run(NEXT_REPORT_DUE)
    rows = await superuser.fetch(
        "SELECT id::text, edition FROM document WHERE kind = 'wage_report' AND period_start = '2026-11-02'"
    )
    judged = {}
    for row in rows:
        bundle = (await export_evidence(PROVIDER, row["id"])).content
        assert failures(bundle) == {}
        events = [event["judged"] for event in member(bundle, "events.json")]
        judged[row["edition"]] = [each["fence"] for each in events if each["fence"] != "no_position"]
    # Each report shows what had been judged by then.
    assert judged == {"provisional": ["outside"] * 2, "final": ["inside"] * 2}
