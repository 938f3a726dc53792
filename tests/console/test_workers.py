"""What planning knows of carers and people, kept on pages as files keep it."""

from backend.tables.ids import thing_id
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER

PERSON = f"/people/{thing_id(PROVIDER, 'service_user', 'S1')}"
CARER = "/roster/carer?carer=C1"


async def test_skills_hours_and_leave_of_a_carer_are_kept_with_their_days(desk: Desk) -> None:
    manager = await desk.as_("manager")
    assert "Ann Carer (C1)" in (await manager.get("/roster/carers")).text
    assert "None is recorded." in (await manager.get(CARER)).text
    kept = [
        ("skills", {"skill": "Hoist  training", "from": "2026-11-01", "until": "2027-10-31"}),
        ("skills", {"skill": "hoist training", "from": "2026-11-01", "until": "2027-11-30"}),
        (
            "working-hours",
            {
                "employment": "E1",
                "from": "2026-11-01",
                "hours_per_week": "30",
                "most_hours_per_week": "40",
                "available": "Tue 22:00-07:00;mon 07:00-15:00",
            },
        ),
        ("leave", {"employment": "E1", "kind": "sickness", "from": "2026-11-09", "from_time": "13:00"}),
    ]
    for kind, fields in kept:
        answer = await manager.post(
            f"/roster/carer/{kind}", carer="C1", **{f"{kind}-{name}": text for name, text in fields.items()}
        )
        assert answer.status_code == 303, answer.text
        await manager.get(answer.headers["location"])
    for words in (
        "hoist training</th><td>Sun 1 Nov 2026 to Tue 30 Nov 2027",
        "mon 07:00-15:00; tue 22:00-07:00",
        "Mon 9 Nov 2026, 13:00 onwards",
        "It is kept.",
    ):
        assert words in manager.page, words
    assert "Sun 31 Oct 2027" not in manager.page
    assert await desk.superuser.fetchval("SELECT count(*) FROM carer_skill_version") == 2


async def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(desk: Desk) -> None:
    manager = await desk.as_("manager")
    await manager.get(CARER)
    wrong = {"employment": "E9", "from": "2026-11-05", "until": "2026-11-01", "available": "daily"}
    answer = await manager.post(
        "/roster/carer/working-hours", carer="C1", **{f"working-hours-{n}": t for n, t in wrong.items()}
    )
    assert answer.status_code == 400
    assert (
        "2026-11-01 is before from, 2026-11-05" in answer.text
        and "write each day with its hours" in answer.text
    )
    assert 'value="daily"' in answer.text
    times = {"employment": "E1", "kind": "sick", "from": "2026-11-09", "until": "2026-11-09"}
    times |= {"from_time": "13:00", "until_time": "12:00"}
    answer = await manager.post(
        "/roster/carer/leave", carer="C1", **{f"leave-{n}": t for n, t in times.items()}
    )
    assert "must be after from_time" in answer.text
    assert (await manager.get("/roster/carer?carer=C9")).status_code == 404
    assert (await (await desk.as_("rival")).get(CARER)).status_code == 404


async def test_what_a_person_needs_is_kept_on_the_persons_page(desk: Desk) -> None:
    manager = await desk.as_("manager")
    await manager.get(PERSON)
    answer = await manager.post(f"{PERSON}/needs", **{"need-skill": "", "need-from": "soon"})
    assert answer.status_code == 400 and "is required" in answer.text and 'value="soon"' in answer.text
    answer = await manager.post(f"{PERSON}/needs", **{"need-skill": "PEG", "need-from": "2026-11-01"})
    assert answer.status_code == 303
    assert "peg, Sun 1 Nov 2026 onwards" in (await manager.get(answer.headers["location"])).text
    rival = await desk.as_("rival")
    await rival.get("/today")
    assert (await rival.post(f"{PERSON}/needs", **{"need-skill": "x"})).status_code == 404
