"""What the payroll is taken for: the provider sees what nobody has mapped, an auditor the mapping."""

from backend.use_cases.loading import SourceFile, load_payroll
from tests.console.desk import Desk
from tests.jobs.test_wage_reports import EXPORT, element
from tests.use_cases.loading.samples import load_rows


async def test_finance_sees_what_nobody_has_mapped_and_an_auditor_the_mapping(desk: Desk) -> None:
    await load_payroll([SourceFile("run.csv", EXPORT.encode())], provider="hearth", template="generic")
    await load_rows("pay-mapping", [element("BASIC", note="From the handbook")])
    finance = await desk.as_("finance")
    assert (await finance.get("/payroll")).status_code == 200
    assert "WAIT" in finance.page and "£4.25" in finance.page and "From the handbook" in finance.page
    auditor = await desk.as_("auditor")
    await auditor.get("/payroll")
    assert "From the handbook" in auditor.page
    assert "WAIT" not in auditor.page
    stranger = await desk.as_("other_auditor")
    await stranger.get("/payroll")
    assert "From the handbook" not in stranger.page
