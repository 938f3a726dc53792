"""Cover for a carer who is away: her visits, who could take them and why, and all of it saved at once."""

import re
from typing import Any
from uuid import UUID

from tests.console.desk import Desk
from tests.jobs.office import visit_id
from tests.use_cases.loading.samples import CARERS, load_rows

SICK = {"carer": "C1", "kind": "sickness", "from": "2026-11-17", "until": "2026-11-17"}
CAT = {**CARERS[0], "reference": "C3", "employment": "E3", "name": "Cat Carer"}


async def ready(desk: Desk) -> None:
    """Two visits of Ann's on the day of the absence and one beside it; Cat has one, and knows the first person."""
    await load_rows("carers", [{**CAT, "national_insurance_number": "QQ 65 43 21 C"}])
    await desk.office.plan("KNOWN", "2026-11-10T07:00", carer="E3")
    await desk.office.plan("EIGHT", "2026-11-17T08:00")
    await desk.office.plan("NOON", "2026-11-17T12:00")
    await desk.office.plan("WEDNESDAY", "2026-11-18T08:00")
    await desk.office.plan("BEAS", "2026-11-17T08:15", package="P2", carer="E2")


async def look(desk: Desk, **changed: str) -> Any:
    return await (await desk.as_("manager")).ask("/roster/cover", **{**SICK, **changed})


async def save(desk: Desk, **changed: str) -> Any:
    await look(desk)
    return await (await desk.as_("manager")).post("/roster/cover", **{**SICK, **changed})


def choices(page: str) -> dict[str, str]:
    """What is chosen when the page is opened."""
    return dict(re.findall(r'name="(visit-[^"]+)" type="radio" value="([^"]*)" checked', page))


async def carer_of(desk: Desk, reference: str) -> str | None:
    found: str | None = await desk.superuser.fetchval(
        "SELECT e.reference FROM visit_version v LEFT JOIN employment e ON e.id = v.carer WHERE v.visit_id = $1"
        " ORDER BY v.version DESC LIMIT 1",
        UUID(visit_id(reference)),
    )
    return found


async def test_her_visits_are_shown_with_who_could_take_them_and_why_and_nothing_is_recorded_yet(
    busy: Desk,
) -> None:
    await ready(busy)
    page = (await look(busy)).text
    assert "Ann Carer: 2 visits to cover" in page and "WEDNESDAY" not in page
    first, second = (re.split(r"<fieldset", page))[1:3]
    assert "(EIGHT)" in first and "Cat Carer (E3)" in first and "Bea Carer" not in first, (
        "Bea has a visit then"
    )
    assert "1 visit to Mr One in the last 4 weeks" in first and "0 min planned in that week" in first
    assert "(NOON)" in second and second.index("Cat Carer") < second.index("Bea Carer"), (
        "both know the person, and it is less travel"
    )
    assert "30 min planned in that week" in second, "the visit before counts, if it is taken as suggested"
    assert await busy.superuser.fetchval("SELECT count(*) FROM leave_version") == 0
    half = (await look(busy, from_time="09:00")).text
    assert "1 visit to cover" in half and "(NOON)" in half
    assert "0 visits to cover" in (await look(busy, **{"from": "2026-11-19", "until": ""})).text


async def test_the_absence_and_who_comes_are_saved_at_once_and_the_phones_see_it(busy: Desk) -> None:
    await ready(busy)
    await look(busy)
    chosen = choices((await busy.as_("manager")).page)
    chosen[f"visit-{visit_id('NOON')}"] = "1 E2"
    answer = await save(busy, **chosen)
    assert answer.status_code == 303, answer.text
    assert [await carer_of(busy, name) for name in ("EIGHT", "NOON", "WEDNESDAY")] == ["E3", "E2", "E1"]
    phone = await busy.office.phone()
    await phone.open_session()
    assert [one["id"] for one in await phone.rota("2026-11-17", 1)] == []
    bea = await busy.office.phone("C2")
    await bea.open_session()
    assert visit_id("NOON") in [one["id"] for one in await bea.rota("2026-11-17", 1)]
    leave = await busy.superuser.fetchrow("SELECT kind, starts_on, ends_on FROM leave_version")
    assert [str(one) for one in leave] == ["sickness", "2026-11-17", "2026-11-17"]
    page = (await (await busy.as_("manager")).get(answer.headers["location"])).text
    assert "0 visits to cover" in page and "The absence is recorded" in page


async def test_what_nobody_can_take_is_listed_and_may_be_left_to_nobody_or_to_her(busy: Desk) -> None:
    await ready(busy)
    await load_rows(
        "needs", [{"provider": "hearth", "service_user": "S1", "skill": "hoist", "from": "2026-11-01"}]
    )
    page = (await look(busy)).text
    assert "Nobody can take" in page and f"/roster/visits/{visit_id('EIGHT')}" in page
    eight, noon = f"visit-{visit_id('EIGHT')}", f"visit-{visit_id('NOON')}"
    assert choices(page) == {eight: "1", noon: "1"}
    answer = await save(busy, **{eight: "1 E3", noon: ""})
    assert answer.status_code == 409 and "does not have a skill that is needed there (hoist)" in answer.text
    assert await carer_of(busy, "EIGHT") == "E1", "nothing was kept"
    assert (
        await save(busy, **{eight: "1 E3", noon: "1", "anyway": "yes", "why": "Trained today"})
    ).status_code == 303
    assert [await carer_of(busy, name) for name in ("EIGHT", "NOON")] == ["E3", None]
    assert (
        "Trained today" in (await (await busy.as_("manager")).get(f"/roster/visits/{visit_id('EIGHT')}")).text
    )


async def test_a_second_carer_is_covered_too_and_what_has_begun_is_not(busy: Desk) -> None:
    await ready(busy)
    await busy.office.plan("PAIR", "2026-11-17T15:00", package="P2", carer="E2", second_carer="E1")
    page = (await look(busy, **{"from": "2026-11-16"})).text
    assert "(RUNNING)" not in page and "(MISSED)" not in page
    [pair] = [part for part in page.split("<fieldset") if "(PAIR)" in part]
    assert "Cat Carer" in pair and "Bea Carer" not in pair, "she is there already"
    assert (await save(busy, **{f"visit-{visit_id('PAIR')}": "1 E3"})).status_code == 303
    rows = await busy.superuser.fetch(
        "SELECT c.reference AS one, s.reference AS two FROM visit_version v JOIN employment c ON c.id = v.carer"
        " JOIN employment s ON s.id = v.second_carer WHERE v.visit_id = $1 ORDER BY version DESC LIMIT 1",
        UUID(visit_id("PAIR")),
    )
    assert [tuple(row) for row in rows] == [("E2", "E3")]


async def test_what_is_old_wrong_or_somebody_elses_is_refused_in_words(busy: Desk) -> None:
    await ready(busy)
    eight = f"visit-{visit_id('EIGHT')}"
    stale = await save(busy, **{eight: "2 E3"})
    assert stale.status_code == 409 and "Somebody has changed EIGHT in the meantime" in stale.text
    assert (await save(busy, **{eight: "one E3"})).status_code == 400
    unknown = await save(busy, **{eight: "1 E9"})
    assert unknown.status_code == 400 and "no employment has the reference E9" in unknown.text
    wrong = (await look(busy, **{"from": "soon", "until_time": "25:00", "kind": ""})).text
    for words in ("From: ", "Until time: must be a clock time", "Kind: is required"):
        assert words in wrong, words
    assert 'value="soon"' in wrong
    assert (await look(busy, carer="C9")).status_code == 404
    assert (await look(busy, **{"from": "2026-11-20"})).status_code == 400
    rival = await busy.as_("rival")
    assert (await rival.ask("/roster/cover", **SICK)).status_code == 404
    assert "Ann Carer" not in rival.page
    assert (await rival.post("/roster/cover", **{**SICK, eight: "1"})).status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM leave_version") == 0
