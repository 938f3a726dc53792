"""The gap ledger through the database: what phones signed, what was planned, and what a report freezes of the gaps."""

from typing import Any

import asyncpg

from tests.jobs.office import Office, instant, visit_id
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK, reports

ONE, TWO = (52.0607, -2.71), (52.1, -2.5)
"""Where the two people live."""


async def seen(office: Office, kind: str, reference: str, moment: str, place: tuple[float, float]) -> None:
    """An event with a position 200 metres good."""
    phone = await office.phone()
    office.set(instant(moment))
    fix = {
        "lat": place[0],
        "lon": place[1],
        "accuracy_m": 200.0,
        "taken_at": f"{moment}:00Z",
        "mocked": False,
    }
    phone.record(kind, visit_id(reference), fix=fix)


async def gaps_of(superuser: asyncpg.Connection, edition: str = "provisional") -> list[dict[str, Any]]:
    [worker] = (await reports(superuser))[edition]["workers"]
    return [gap for day in worker["days"] for gap in day["gaps"]]


async def test_the_order_of_the_rota_and_of_the_day_are_both_kept(
    office: Office, superuser: asyncpg.Connection
) -> None:
    for reference, planned in (("A", "09:00"), ("B", "10:00"), ("C", "11:00")):
        await office.plan(reference, f"2026-11-02T{planned}")
    for reference, start, end in (("A", "09:00", "09:30"), ("C", "09:40", "10:10"), ("B", "10:20", "10:50")):
        await office.attend(reference, f"2026-11-02T{start}", f"2026-11-02T{end}")
    await office.pay("E1", "1", 110, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    shown = [
        (
            gap["from_planned"],
            gap["to_planned"],
            gap["from_actual"],
            gap["to_actual"],
            gap["in_planned_order"],
        )
        for gap in await gaps_of(superuser)
    ]
    assert shown == [(1, 3, 1, 2, False), (3, 2, 2, 3, False)]
    assert [gap["planned_seconds"] for gap in await gaps_of(superuser)] == [5400, -5400]


async def test_the_way_between_two_homes_has_its_estimate_its_pace_and_the_speed_of_the_positions(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T10:00", package="P2")
    await seen(office, "check_in", "A", "2026-11-02T09:00", ONE)
    await seen(office, "check_out", "A", "2026-11-02T09:30", ONE)
    await seen(office, "check_in", "B", "2026-11-02T10:00", TWO)
    await seen(office, "check_out", "B", "2026-11-02T10:30", TWO)
    assert set(await office.hand_in()) == {"accepted"}
    await office.pay("E1", "1", 90, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    [gap] = await gaps_of(superuser)
    report = (await reports(superuser))["provisional"]
    [pace] = report["paces"]
    assert (gap["pace"], gap["mode"], gap["source"]) == (pace["id"], "car", "straight_line")
    # What was frozen is enough to make the estimate again.
    again = gap["metres"] * 3.6 / float(pace["kmh"]) + float(pace["minutes"]) * 60
    assert abs(gap["estimate_seconds"] - again) < 1
    speed = {name: float(kmh) for name, kmh in gap["speed"].items()}
    straight = gap["metres"] / float(pace["detour"])
    assert abs(speed["measured"] - straight * 3.6 / 1800) < 0.1
    assert speed["least"] < speed["measured"] < speed["most"]
    assert sum(part["seconds"] for part in gap["parts"]) == gap["observed_seconds"] == 1800
    assert [part["kind"] for part in gap["parts"]] == ["travel"]


async def test_every_second_of_a_long_gap_is_credited_or_names_the_rule_by_which_it_is_not(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T12:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T12:00", "2026-11-02T12:30")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    [gap] = await gaps_of(superuser)
    assert gap["parts"] == [
        {"kind": "unresolved", "rule": "day-long-gap", "seconds": 9000, "credited": False}
    ]
    assert gap["no_speed"] == "no_position"
    texts = {rule["id"]: rule["says"] for rule in (await reports(superuser))["provisional"]["rules"]}
    assert "neither counted nor refused" in texts["day-long-gap"]
