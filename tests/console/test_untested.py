"""A worker who could not be tested: a link, the reason, and what is recorded all the same."""

from backend.use_cases.pseudonyms import pseudonym
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER, visit_id


async def test_who_was_not_tested_has_a_page_with_what_is_recorded(desk: Desk) -> None:
    office = desk.office
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30:12")
    await office.run(office.clock.replace(day=16, hour=6, minute=5), "wage_reports")
    report = await desk.id_of("wage_report")
    page = f"/wage-reports/{report}/untested/1"
    auditor = await desk.as_("auditor")
    assert (
        f'href="{page}">{pseudonym(PROVIDER, "E1")}</a>'
        in (await auditor.get(f"/wage-reports/{report}")).text
    )
    shown = (await auditor.get(page)).text
    assert "not tested" in shown and "Ann Carer" not in shown
    assert f'href="/attendances/{visit_id("A")}?back=' in shown and "09:00:00 to 09:30:12" in shown
    manager = (await (await desk.as_("manager")).get(page)).text
    assert "Ann Carer (E1): not tested" in manager and f'href="/visits/{visit_id("A")}"' in manager
    assert (await auditor.get(f"/wage-reports/{report}/untested/2")).status_code == 404
    for who in ("other_auditor", "rival"):
        assert (await (await desk.as_(who)).get(page)).status_code == 404
    looked = "SELECT count(*) FROM access_log WHERE what = 'worker not tested in a wage report'"
    assert await desk.superuser.fetchval(looked) == 1
