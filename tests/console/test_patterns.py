"""Patterns on pages: the visits that are made of them, and what becomes of those when a pattern changes or ends."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.console.desk import NOW, Desk
from tests.jobs.office import instant, visit_id
from tests.use_cases.loading.samples import load_rows

TUESDAYS = {
    "reference": "T1",
    "package": "P1",
    "on-tue": "yes",
    "every_weeks": "1",
    "start": "14:00",
    "minutes": "30",
    "carer": "E1",
    "from": "2026-11-16",
}
FIRST = date(2026, 11, 17)


async def begin(desk: Desk, **changed: str) -> Any:
    manager = await desk.as_("manager")
    await manager.get("/roster/patterns/new")
    return await manager.post("/roster/patterns/new", **{**TUESDAYS, **changed})


async def address_of(desk: Desk) -> str:
    return f"/roster/patterns/{await desk.superuser.fetchval('SELECT id FROM pattern')}"


async def change(desk: Desk, seen: int, path: str = "", **changed: str) -> Any:
    manager = await desk.as_("manager")
    address = await address_of(desk)
    await manager.get(address)
    fields = changed if path else {**TUESDAYS, **changed}
    return await manager.post(f"{address}{path}", seen=str(seen), **fields)


def tuesday(weeks: int) -> str:
    return f"T1 {FIRST + timedelta(weeks=weeks)}"


async def made(desk: Desk) -> dict[str, tuple[str, str, bool]]:
    """The newest version of each visit of the pattern: start, status, whether the first carer comes."""
    rows = await desk.superuser.fetch(
        "SELECT DISTINCT ON (v.visit_id) t.reference, v.starts_at, v.status, v.carer FROM visit_version v"
        " JOIN visit t ON t.provider_id = v.provider_id AND t.id = v.visit_id WHERE t.reference LIKE 'T1 %'"
        " ORDER BY v.visit_id, v.version DESC"
    )
    said = [
        (row["reference"], (f"{row['starts_at']:%H:%M}", row["status"], bool(row["carer"]))) for row in rows
    ]
    return dict(sorted(said))


async def test_a_pattern_makes_visits_as_far_as_planning_looks_ahead_and_the_phones_see_them(
    busy: Desk,
) -> None:
    assert (await begin(busy)).status_code == 303
    assert list(await made(busy)) == [tuesday(week) for week in range(6)]
    phone = await busy.office.phone()
    await phone.open_session()
    assert visit_id(tuesday(0)) in {one["id"] for one in await phone.rota("2026-11-17", 7)}
    manager = await busy.as_("manager")
    page = (await manager.get("/roster/patterns?done=kept")).text
    assert "tue at 14:00 for 30 min" in page and "Ann Carer" in page
    ran = await busy.office.run(instant("2026-11-24T09:00"), "patterns")
    assert [(one.detail, one.failed) for one in ran] == [("2 visits made, 0 changed", False)]
    assert await busy.office.run(instant("2026-11-24T10:00"), "patterns") == [], "once a day"
    assert list(await made(busy))[-1] == tuesday(7)


async def test_a_visit_changed_by_hand_stays_when_the_pattern_changes_is_extended_or_ends(busy: Desk) -> None:
    await begin(busy)
    manager = await busy.as_("manager")
    moved = f"/roster/visits/{visit_id(tuesday(1))}"
    await manager.get(moved)
    own = {"package": "P1", "start": "2026-11-24 18:00", "minutes": "30", "carer": "E1"}
    assert (await manager.post(moved, version="1", **own)).status_code == 303
    answer = await change(busy, 1, **{"start": "16:00", "from": "2026-11-24"})
    assert answer.status_code == 303, answer.text
    starts = [said[0] for said in (await made(busy)).values()]
    assert starts == ["14:00", "18:00", "16:00", "16:00", "16:00", "16:00"]
    await busy.office.run(instant("2026-11-24T09:00"), "patterns")
    assert (await made(busy))[tuesday(1)][0] == "18:00"
    busy.office.set(NOW)
    seen = await busy.superuser.fetchval("SELECT count(*) FROM pattern_version")
    answer = await change(busy, seen, "/end", last="2026-12-02", by="commissioner")
    assert answer.status_code == 303, answer.text
    states = [said[1] for said in (await made(busy)).values()]
    assert states == ["planned"] * 3 + ["cancelled"] * 5
    by = await busy.superuser.fetch(
        "SELECT DISTINCT cancelled_by FROM visit_version WHERE status = 'cancelled'"
    )
    assert [row["cancelled_by"] for row in by] == ["commissioner"]
    await change(busy, seen + 1, "/end", last="2026-11-16", by="person")
    states = [said[1] for said in (await made(busy)).values()]
    assert states == ["cancelled", "planned"] + ["cancelled"] * 6, "but for what a manager moved"
    [ran] = await busy.office.run(instant("2026-11-25T09:00"), "patterns")
    assert ran.detail == "0 visits made, 0 changed"


async def test_what_cannot_be_is_refused_at_once_and_two_managers_do_not_overwrite_each_other(
    busy: Desk,
) -> None:
    answer = await begin(
        busy, **{"on-tue": "", "every_weeks": "0", "start": "8", "carer": "E9", "minutes": ""}
    )
    assert answer.status_code == 400
    for words in (
        "Days: is required",
        "whole number from 1 to 52",
        "must be a clock time",
        "Minutes: is required",
    ):
        assert words in answer.text, words
    assert 'value="8"' in answer.text
    answer = await begin(busy, carer="E9", second_carer="E8", **{"from": "2026-01-01"})
    for words in ("reference E9", "reference E8", "P1 does not hold on 2026-01-01"):
        assert words in answer.text, words
    await begin(busy)
    assert (await begin(busy)).status_code == 409, "a form sent twice begins one pattern"
    assert (await change(busy, 0)).status_code == 409
    assert (await change(busy, 0, "/end", last="2026-12-01", by="person")).status_code == 409
    assert "Choose who ends it." in (await change(busy, 1, "/end", last="soon")).text
    assert "must be a date" in (await change(busy, 1, "/end", last="soon", by="person")).text
    rival = await busy.as_("rival")
    assert (await rival.get(await address_of(busy))).status_code == 404
    assert "Mr One" not in (await rival.get("/roster/patterns")).text
    assert (await rival.post(await address_of(busy), seen="1", **TUESDAYS)).status_code == 404


async def test_what_speaks_against_the_visits_is_told_first_and_the_reason_kept_with_each(busy: Desk) -> None:
    await busy.office.plan("CLASH", "2026-11-24T14:15")
    answer = await begin(busy)
    assert answer.status_code == 409 and f"{tuesday(1)}: Ann Carer is planned for CLASH" in answer.text
    assert await made(busy) == {}
    assert (await begin(busy, anyway="yes", why="CLASH goes to Bea")).status_code == 303
    kept = await busy.superuser.fetch(
        "SELECT DISTINCT reason, planned_by IS NOT NULL AS known FROM visit_planning"
    )
    assert [tuple(row) for row in kept] == [("CLASH goes to Bea", True)]


async def test_days_without_the_carer_are_nobodys_and_days_without_the_package_are_none(busy: Desk) -> None:
    package = {"provider": "hearth", "reference": "P3", "service_user": "S1", "contract": "HC-01"}
    held = {"service": "home_care", "zone": "rural", "from": "2026-10-01", "until": "2026-12-09"}
    await load_rows("packages", [{**package, **held}])
    leaver = {"provider": "hearth", "reference": "C1", "employment": "E1", "name": "Ann Carer"}
    rest = {"date_of_birth": "1990-05-03", "home_postcode": "ZX1 1AA", "employment_start": "2026-01-01"}
    ends = {"employment_end": "2026-11-30", "pay_cycle": "weekly:mon"}
    await load_rows("carers", [{**leaver, **rest, **ends}])
    pattern = {"provider": "hearth", "reference": "T1", "package": "P3", "days": "tue", "carer": "E1"}
    more = {"start": "14:00", "minutes": "30", "from": "2026-11-16"}
    counts = await load_rows("patterns", [{**pattern, **more}])
    assert (counts.new, counts.changed) == (1, 0)
    assert [said[2] for said in (await made(busy)).values()] == [True, True, False, False]
    assert (await load_rows("patterns", [{**pattern, **more}])).unchanged == 1
    versions = await busy.superuser.fetchval(
        "SELECT max(version) FROM visit_version WHERE visit_id = $1", UUID(visit_id(tuesday(0)))
    )
    assert versions == 1, "the same again changes nothing"
