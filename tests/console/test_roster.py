"""The roster of a day: planned against worked for each carer and person, and what cannot be kept."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend import db
from backend.sql import query
from backend.use_cases import read_roster
from backend.use_cases.calc_day import segments_of
from backend.use_cases.worked_days import RecordedDays, recorded_days, worked_days
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER, instant, visit_id
from tests.use_cases.loading.samples import load_rows

PAST, COMING = "/roster?date=2026-11-02", "/roster?date=2026-11-17"


async def page_of(desk: Desk, path: str, who: str = "manager") -> str:
    return (await (await desk.as_(who)).get(path)).text


async def test_each_carer_has_a_row_with_what_was_planned_and_worked(busy: Desk) -> None:
    page = await page_of(busy, PAST)
    [row] = re.findall(r'<section class="ds-row".*?</section>', page, re.S)
    assert "Ann Carer" in row and "/carer-day?carer=C1&amp;date=2026-11-02" in row
    assert "ds-bar--planned" in row and "ds-bar--contact" in row
    assert "Worked: 09:00 to 09:30, contact" in row and "Planned: 09:00 to 09:30" in row


async def test_each_person_has_a_row_with_who_came(busy: Desk) -> None:
    page = await page_of(busy, f"{PAST}&by=person")
    assert "by person" in page and "(S1)" in page and "Ann Carer" in page


async def test_what_one_carer_cannot_keep_and_what_nobody_makes_stand_first(busy: Desk) -> None:
    await busy.office.plan("FIRST", "2026-11-17T09:00")
    await busy.office.plan("CLASH", "2026-11-17T09:20")
    await busy.office.plan("NOBODY2", "2026-11-17T12:00", carer="")
    page = await page_of(busy, COMING)
    assert "FIRST and CLASH overlap by 10 min" in page
    assert "Nobody makes" in page and ">NOBODY2</a>" in page


async def test_a_visit_of_a_carer_who_is_away_stands_first_with_the_way_to_cover_it(busy: Desk) -> None:
    await busy.office.plan("BEAS", "2026-11-17T09:00", carer="E2")
    await busy.office.plan("ANNS", "2026-11-17T09:00", package="P2")
    leave = {"provider": "hearth", "employment": "E2", "kind": "sickness", "from": "2026-11-17"}
    await load_rows("leave", [{**leave, "from_time": "09:15", "until": "2026-11-17"}])
    page = await page_of(busy, COMING)
    assert "Bea Carer is away at the time of BEAS (sickness)." in page
    assert page.index("Bea Carer") < page.index("Ann Carer")
    assert "/roster/cover?carer=C2&amp;kind=sickness&amp;from=2026-11-17" in page
    assert "/roster/cover" not in await page_of(busy, COMING, "finance")


async def test_a_day_without_visits_and_a_date_that_is_none_say_so(busy: Desk) -> None:
    assert "Nothing is planned or recorded on this day." in await page_of(busy, "/roster?date=2027-03-01")
    answer = await (await busy.as_("manager")).get("/roster?date=soon&page=0")
    assert answer.status_code == 400 and "The date" in answer.text


async def test_another_provider_sees_its_own_roster_alone(busy: Desk) -> None:
    assert "Ann Carer" not in await page_of(busy, PAST, "rival")


async def test_a_night_that_began_the_day_before_stands_on_both_days(busy: Desk) -> None:
    """Nothing of it is planned on the second day: who is listed is known by what was worked."""
    await busy.office.plan("NIGHT", "2026-11-18T23:30", minutes=60, carer="E2")
    await busy.office.attend("NIGHT", "2026-11-18T23:30", "2026-11-19T00:30", carer="C2")
    first = await page_of(busy, "/roster?date=2026-11-18")
    second = await page_of(busy, "/roster?date=2026-11-19")
    [row] = [one for one in re.findall(r'<section class="ds-row".*?</section>', second, re.S) if "Bea" in one]
    assert "Worked: 00:00 to 00:30, contact" in row and "Planned: " not in row
    assert "Worked: 23:30 to 00:00, contact" in first
    assert "Bea Carer" not in await page_of(busy, "/roster?date=2026-11-20")


async def test_days_are_worked_out_for_the_carers_on_the_page_alone(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy.office.plan("ANNS", "2026-11-18T09:00")
    await busy.office.attend("ANNS", "2026-11-18T09:00", "2026-11-18T09:30")
    await busy.office.plan("BEAS", "2026-11-18T10:00", carer="E2")
    await busy.office.attend("BEAS", "2026-11-18T10:00", "2026-11-18T10:30", carer="C2")
    whole = await page_of(busy, "/roster?date=2026-11-18")
    assert "Worked: 09:00 to 09:30" in whole and "Worked: 10:00 to 10:30" in whole
    asked: list[Sequence[UUID]] = []

    async def noted(*about: Any, carers: Sequence[UUID], **more: Any) -> RecordedDays:
        asked.append(carers)
        return await recorded_days(*about, carers=carers, **more)

    monkeypatch.setattr(read_roster, "PAGE", 1)
    monkeypatch.setattr(read_roster, "recorded_days", noted)
    first = await page_of(busy, "/roster?date=2026-11-18")
    second = await page_of(busy, "/roster?date=2026-11-18&page=2")
    assert "Ann Carer" in first and "Worked: 09:00 to 09:30" in first and "Bea Carer" not in first
    assert "Bea Carer" in second and "Worked: 10:00 to 10:30" in second and "Ann Carer" not in second
    assert [len(carers) for carers in asked] == [1, 1]


async def test_who_is_listed_and_what_was_worked_is_what_days_of_everybody_come_to(busy: Desk) -> None:
    """A night, a visit that was corrected onto another day, one that was another's, an arrival without an end."""
    office = busy.office
    await office.plan("LATE", "2026-11-18T22:00", minutes=300, carer="E2")
    await office.attend("LATE", "2026-11-18T22:00", "2026-11-19T03:00", carer="C2")
    await office.plan("HERS", "2026-11-20T12:00")
    await office.attend("HERS", "2026-11-20T12:00", "2026-11-20T12:30", carer="C2")
    await office.plan("MOVED", "2026-11-20T23:30")
    await office.attend("MOVED", "2026-11-20T23:30", "2026-11-21T00:10")
    await office.plan("OPEN", "2026-11-22T21:30", carer="E2")
    await office.record("check_in", "OPEN", "2026-11-22T21:30", carer="C2")
    await office.hand_in("C2")
    office.set(instant("2026-11-23T09:00"))
    phone = await office.phone()
    await phone.open_session()
    moved = (instant("2026-11-22T00:30"), instant("2026-11-22T01:00"))
    answer = await phone.correct(visit_id("MOVED"), *moved, "recorded_late", "It was the night after")
    assert answer.status_code == 201, answer.text
    await busy.superuser.execute(
        "INSERT INTO correction_decision (provider_id, correction_id, number, decision, decided_by, decided_at) "
        "SELECT provider_id, id, 1, 'accepted', gen_random_uuid(), $1 FROM correction WHERE visit_id = $2",
        office.clock,
        visit_id("MOVED"),
    )
    unplanned = set()
    for day in (date(2026, 11, 15) + timedelta(days=number) for number in range(10)):
        async with db.as_provider(PROVIDER) as connection:
            whole = await worked_days(connection, PROVIDER, day, day, as_of=office.clock)
            known = await connection.fetch(query("console.carers"), PROVIDER)
        names = {str(row["carer_id"]): row["name"] for row in known}
        worked: dict[str, list[Any]] = {}
        ordered = whole.segments.sort("start", "end", maintain_order=True)
        for carer, part in zip(ordered["carer"], segments_of(ordered), strict=True):
            worked.setdefault(names[carer], []).append((part.kind, part.start, part.end))
        roster = await read_roster.read_roster(PROVIDER, day, "carer", 1)
        assert {row.name: row.worked for row in roster.rows if row.worked} == worked, day
        assert all(row.planned for row in roster.rows if not row.worked), day
        unplanned |= {(day.day, row.name) for row in roster.rows if not row.planned}
    assert {(19, "Bea Carer"), (22, "Ann Carer")} <= unplanned
