"""Arrears, what-ifs and the cost of travel on the pages: for whom, and what they say."""

from tests.console.desk import Desk
from tests.jobs.office import visit_id


async def test_a_manager_sees_what_is_outstanding_and_an_auditor_the_same_without_names(busy: Desk) -> None:
    manager, auditor = await busy.as_("manager"), await busy.as_("auditor")
    page = (await manager.get("/arrears")).text
    assert "£4.24" in page and "Ann Carer (E1)" in page and "Outstanding" in page
    masked = (await auditor.get("/arrears")).text
    assert "£4.24" in masked and "Ann" not in masked and "E1)" not in masked
    file = await auditor.get("/arrears/files/csv")
    assert file.headers["content-disposition"].startswith("attachment;") and b"Ann" not in file.content
    assert (
        b"Ann Carer (E1),2026-11-02,2026-11-08"
        in (await manager.get("/arrears/files/csv?as_of=2026-12-01")).content
    )
    other = await busy.as_("other_auditor")
    assert "£4.24" not in (await other.get("/arrears")).text
    assert (await manager.get("/arrears?as_of=x")).status_code == 400


async def test_a_manager_asks_what_another_policy_would_come_to(busy: Desk) -> None:
    manager = await busy.as_("manager")
    assert "Work it out" in (await manager.get("/what-if")).text
    page = (await manager.get("/what-if?period=2026-11-02&waiting_limit_minutes=10&long_gap=break")).text
    assert "What if: Hearth Care" in page and "Ann Carer (E1)" in page and "£4.24" in page and "£0.00" in page
    assert 'value="10"' in page and '<option value="break" selected>' in page


async def test_every_fault_of_the_form_is_named_at_once_beside_its_field(busy: Desk) -> None:
    manager = await busy.as_("manager")
    answer = await manager.get(
        "/what-if?period=2026-11-02&waiting_limit_minutes=-1&paid_gap_limit_minutes=x&travel=abc"
        "&pay_rise_percent=-1&time_factor=0&minimum_wage=-1&long_gap=tea&basis=guess"
    )
    assert answer.status_code == 400
    for field, words in {
        "waiting_limit_minutes": "Minutes of a gap up to which its rest is waiting: must be at least 0.",
        "paid_gap_limit_minutes": "Minutes of a gap up to which travel and waiting are paid: must be a whole number.",
        "travel": "Travel, pounds an hour: must be a number such as 12.71",
        "pay_rise_percent": "A rise of all rates, per cent: must lie between 0 and 1000.",
        "time_factor": "Factor of estimated travel: must be more than zero.",
        "minimum_wage": "Minimum wage from 21, pounds an hour: must be",
        "long_gap": "The rest of longer gaps: must be one of",
        "basis": "Travel: must be one of",
    }.items():
        assert f'<a href="#{field}">{words}' in answer.text, field
        assert (
            f'id="{field}-error"><span class="govuk-visually-hidden">Error:</span> {words}' in answer.text
        ), field
    wrong = await manager.get("/what-if?period=2026-11-03")
    assert wrong.status_code == 400 and "begins on 2026-11-02" in wrong.text


async def test_a_commissioner_reads_what_travel_and_waiting_cost_and_nobodys_name(busy: Desk) -> None:
    commissioner, report = await busy.as_("commissioner"), await busy.id_of("wage_report")
    assert f"/care-costs/{report}" in (await commissioner.get("/care-costs")).text
    page = (await commissioner.get(f"/care-costs/{report}")).text
    # Twenty minutes of waiting at 12.71 for an hour of care.
    assert "Rural" in page and "£4.24" in page and "Ann" not in page
    other = await busy.as_("other_commissioner")
    assert (await other.get(f"/care-costs/{report}")).status_code == 404


async def test_the_way_to_another_commissioner_s_visit_is_not_charged_to_this_one(busy: Desk) -> None:
    other = await busy.superuser.fetchval("SELECT id FROM organisation WHERE reference = 'icb'")
    await busy.superuser.execute("ALTER TABLE visit_version DISABLE TRIGGER append_only")
    await busy.superuser.execute(
        "UPDATE visit_version SET commissioner_id = $1 WHERE visit_id = $2", other, visit_id("B")
    )
    commissioner, report = await busy.as_("commissioner"), await busy.id_of("wage_report")
    page = (await commissioner.get(f"/care-costs/{report}")).text
    assert "Rural" in page and "£0.00" in page and "£8.47" not in page and "£4.24" not in page
