"""The gap ledger through the database: what phones signed, what was planned, and what a report freezes of the gaps."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.tables.ids import thing_id
from backend.use_cases.export_gaps import export_gaps
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.verify_documents import verify_documents
from tests.jobs.office import PROVIDER, Office, instant, visit_id
from tests.jobs.test_wage_reports import NEXT_REPORT_DUE, REPORT_DUE, WEEK, reports
from tests.use_cases.loading.samples import CARERS, load_rows

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


async def test_a_missed_visit_keeps_its_place_in_the_order_of_the_rota(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await two_weeks(office)
    await office.plan("NIGHT", "2026-11-04T09:00")  # missed on a day without another visit
    called_off = {"status": "cancelled", "cancelled_at": "2026-10-30T09:00", "cancelled_by": "person"}
    await office.plan("OFF", "2026-11-02T10:10", **called_off)
    await office.run(REPORT_DUE, "wage_reports")
    [gap] = await gaps_of(superuser)
    assert (gap["from_planned"], gap["to_planned"], gap["in_planned_order"]) == (1, 3, False)
    assert (gap["from_actual"], gap["to_actual"]) == (1, 2)
    await late_visit(office)
    await office.run(NEXT_REPORT_DUE)
    final = (await stated(superuser))["2026-11-02", "final"]
    order = [
        (gap["from_planned"], gap["to_planned"], gap["in_planned_order"])
        for worker in final["workers"] for day in worker["days"] for gap in day["gaps"]
    ]  # fmt: skip
    assert order == [(1, 2, True), (2, 3, True)]
    assert await faults() == []


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


async def two_weeks(office: Office) -> None:
    """A morning in the first week and one in the second, both paid for; the third visit of the first is missing."""
    for reference, start in (("A", "02T09:00"), ("B", "02T09:50"), ("C", "02T10:40"), ("D", "09T09:00")):
        await office.plan(reference, f"2026-11-{start}")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("C", "2026-11-02T10:40", "2026-11-02T11:10")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.pay("E1", "2", 30, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")


async def late_visit(office: Office) -> None:
    """The phone was off: a visit of the first week comes when its report is frozen."""
    await office.attend("B", "2026-11-02T09:50", "2026-11-02T10:20", flush=False)
    office.set(instant("2026-11-16T12:00"))
    assert set(await office.hand_in()) == {"accepted"}


async def stated(superuser: asyncpg.Connection) -> dict[tuple[str, str], dict[str, Any]]:
    rows = await superuser.fetch(
        "SELECT period_start, edition, snapshot FROM document WHERE kind = 'wage_report' ORDER BY created_at"
    )
    return {
        (row["period_start"].isoformat(), row["edition"]): msgspec.json.decode(
            snapshot_bytes(row["snapshot"])
        )
        for row in rows
    }


async def faults() -> list[tuple[str, ...]]:
    return [found.faults async for found in verify_documents(PROVIDER) if found.faults]


async def test_a_late_event_changes_no_frozen_gap_and_stands_in_the_next_report_once(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await two_weeks(office)
    await office.run(REPORT_DUE, "wage_reports")
    frozen = (await stated(superuser))["2026-11-02", "provisional"]
    await late_visit(office)
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    found = await stated(superuser)
    assert found["2026-11-02", "provisional"] == frozen
    [change] = found["2026-11-09", "provisional"]["changes"]
    assert found["2026-11-09", "provisional"]["changes_since"] == frozen["as_of"]
    gaps = [
        (gap["left"], gap["reached"], gap["before"] and gap["before"]["observed_seconds"],
         gap["after"] and gap["after"]["observed_seconds"], gap["difference"])
        for gap in change["gaps"]
    ]  # fmt: skip
    assert gaps == [("A", "B", None, 1200, 1200), ("A", "C", 4200, None, 0), ("B", "C", None, 1200, 1200)]
    assert (change["before"]["counted_seconds"], change["after"]["counted_seconds"]) == (3600, 7800)
    assert (change["before"]["shortfall"], change["before"]["compliant"]) == ("0.00", True)
    # 130 minutes at 12.71 are 27.538.. pounds; 12.71 was paid.
    assert (change["after"]["shortfall"], change["after"]["compliant"]) == ("14.83", False)
    # The first week's final report knows the event itself, and says nothing of it again; nor does the week after.
    await office.pay("E1", "3", 30, "12.71", ("2026-11-16", "2026-11-22"), "2026-11-27")
    await office.plan("F", "2026-11-16T09:00")
    await office.run(NEXT_REPORT_DUE + timedelta(minutes=10))
    found = await stated(superuser)
    final = found["2026-11-02", "final"]
    assert final["changes"] == [] and final["workers"][0]["result"]["shortfall"] == "14.83"
    assert await faults() == []


async def test_the_report_of_a_pay_cycle_tells_no_changes_of_those_paid_by_another(
    office: Office, superuser: asyncpg.Connection
) -> None:
    sundays = {name: cell for name, cell in CARERS[1].items() if name != "employment_end"}
    await load_rows("carers", [{**sundays, "pay_cycle": "weekly:sun"}])
    for reference, day in (("T1", "2026-11-03"), ("T2", "2026-11-10")):
        await office.plan(reference, f"{day}T15:00", carer="E2")
        await office.attend(reference, f"{day}T15:00", f"{day}T15:30", "C2")
    await two_weeks(office)
    await office.run(REPORT_DUE + timedelta(days=1), "wage_reports")
    await late_visit(office)
    await office.run(NEXT_REPORT_DUE + timedelta(days=1), "wage_reports")
    found = await stated(superuser)
    assert {start for start, _ in found} == {"2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09"}
    told = [(start, change["employment"]) for (start, _), one in found.items() for change in one["changes"]]
    assert told == [("2026-11-09", "E1")]
    assert await faults() == []


async def test_a_correction_after_the_final_report_goes_to_the_next_document_of_another_period(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await two_weeks(office)
    await office.run(REPORT_DUE)
    await office.run(NEXT_REPORT_DUE)
    before = await stated(superuser)
    assert ("2026-11-02", "final") in before
    await office.plan("E", "2026-11-16T09:00")
    await office.attend("E", "2026-11-16T09:00", "2026-11-16T09:30")
    await corrected(superuser, office, "A", "2026-11-02T09:00", "2026-11-02T09:45")
    await office.pay("E1", "3", 30, "12.71", ("2026-11-16", "2026-11-22"), "2026-11-27")
    await office.run(NEXT_REPORT_DUE + timedelta(days=7))
    found = await stated(superuser)
    assert {key: found[key] for key in before} == before
    told = [key for key, report in found.items() if report["changes"]]
    assert len(told) == 1 and told[0] not in before
    [change] = found[told[0]]["changes"]
    assert change["period"] == {"start": "2026-11-02", "end": "2026-11-08"}
    [gap] = change["gaps"]
    assert (gap["before"]["observed_seconds"], gap["after"]["observed_seconds"]) == (4200, 3300)
    # Shorter than the waiting limit, the rest of the gap is now waiting.
    assert [part["kind"] for part in gap["before"]["parts"]] == ["unresolved"]
    assert [part["kind"] for part in gap["after"]["parts"]] == ["waiting"]
    assert gap["difference"] == 3300
    assert await faults() == []


async def corrected(
    superuser: asyncpg.Connection, office: Office, reference: str, start: str, end: str
) -> None:
    """A correction of a visit's times that was accepted on 23 November."""
    office.set(instant("2026-11-23T12:00"))
    carer, correction = thing_id(PROVIDER, "carer", "C1"), uuid4()
    await superuser.execute(
        "INSERT INTO correction (provider_id, id, carer_id, visit_id, proposed_start, proposed_end, reason_code, "
        "proposed_by, received_at) VALUES ($1, $2, $3, $4, $5, $6, 'forgot', 'manager', $7)",
        PROVIDER, correction, carer, UUID(visit_id(reference)), instant(start), instant(end), office.clock,
    )  # fmt: skip
    await superuser.execute(
        "INSERT INTO correction_decision (provider_id, correction_id, number, decision, decided_by, decided_at) "
        "VALUES ($1, $2, 1, 'accepted', $3, $4)",
        PROVIDER, correction, uuid4(), office.clock,
    )  # fmt: skip


async def test_the_ledger_of_any_days_is_a_csv_as_it_was_known_at_an_instant(office: Office) -> None:
    await two_weeks(office)
    known = office.clock
    await late_visit(office)
    first, last = date(2026, 11, 2), date(2026, 11, 15)
    now, count = await export_gaps(PROVIDER, "hearth", first, last, office.clock)
    then, before = await export_gaps(PROVIDER, "hearth", first, last, known)
    assert (count, before, now.name) == (2, 1, "gaps_hearth_2026-11-02_2026-11-15.csv")
    rows = list(csv.DictReader(io.StringIO(now.content.decode())))
    assert [(row["employment"], row["from"], row["to"]) for row in rows] == [
        ("E1", "A", "B"),
        ("E1", "B", "C"),
    ]
    assert [row["observed gap seconds"] for row in rows] == ["1200", "1200"]
    [row] = csv.DictReader(io.StringIO(then.content.decode()))
    assert (row["unexplained seconds"], row["why not counted"]) == ("4200", "unresolved 4200 [day-long-gap]")


async def test_a_gap_without_a_second_names_the_visit_of_another_employment_after_it(office: Office) -> None:
    await load_rows("carers", [{**CARERS[0], "employment": "E1-SECOND", "pay_cycle": "weekly:mon"}])
    for reference, start, employment in (("A", "09:00", "E1"), ("B", "09:30", "E1-SECOND")):
        await office.plan(reference, f"2026-11-02T{start}", carer=employment)
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T09:30", "2026-11-02T10:00")
    day = date(2026, 11, 2)
    file, _ = await export_gaps(PROVIDER, "hearth", day, day, office.clock + timedelta(minutes=1))
    [row] = csv.DictReader(io.StringIO(file.content.decode()))
    assert (row["employment"], row["from"], row["to"]) == ("E1", "A", "B")
    assert row["observed gap seconds"] == "0"
