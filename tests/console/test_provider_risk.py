"""Providers by signs of risk: each sign with a figure that adds up, its weight, its points, and where it is shown."""

import re

from backend.console.provider_risk import SIGNS
from tests.console.desk import Desk
from tests.jobs.office import instant

PAGE = "/providers?from=2026-11&until=2026-11"


def row(page: str, sign: str) -> list[str]:
    """The cells of a sign's row."""
    found = re.search(rf'<th scope="row">{re.escape(sign)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, sign
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).replace("&nbsp;", " ").split()) for cell in cells]


async def test_an_auditor_sees_every_sign_with_its_figure_weight_points_and_link(busy: Desk) -> None:
    page = (await (await busy.as_("auditor")).get(PAGE)).text
    report = await busy.id_of("wage_report")
    # One worker was tested and short: 100 %, far beyond 20 %. Of the 7 days due since the first work, on the 2nd, up to
    # the 8th, the one week has its report.
    assert row(page, "Workers short of the minimum wage")[:4] == [
        "100.00 % 1 of 1 tests",
        "25",
        "20 %",
        "25.00",
    ]
    assert f"/wage-reports/{report}" in page
    assert row(page, "Flags upheld")[0] == "not measured" and row(page, "Flags upheld")[3] == "–"
    assert row(page, "Days that are due, without a wage report")[0] == "0.00 % 0 of 7 days"
    assert row(page, "Days that are due, without a wage report")[3] == "0.00"
    assert row(page, "Carers without a phone")[0].startswith("0.00 %")
    points = [row(page, words)[3] for words, _ in SIGNS.values()]
    total = sum(float(each) for each in points if each != "–")
    assert f"1. Hearth Care: {total:.2f} of 100 points" in page
    assert "Ann Carer" not in page and 'id="risk-short"' in page
    assert ">1</text>" in page and "Hearth Care</text>" not in page


async def test_an_audit_counts_with_what_was_upheld_and_what_waits(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    await auditor.get("/audits")
    provider = await busy.superuser.fetchval("SELECT id FROM organisation WHERE reference = 'hearth'")
    ran = await auditor.post("/audits/run", provider=str(provider), first="2026-11-02", last="2026-11-15")
    assert ran.status_code == 303
    page = (await auditor.get(PAGE)).text
    assert "0.00 %" in row(page, "Flags upheld")[0] and "the newest audit" in row(page, "Flags upheld")[4]


async def test_months_that_are_none_are_refused_and_who_has_no_provider_sees_none(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    for asked in ("from=soon", "from=2026-01&until=2026-11", "from=2014-01&until=2014-01"):
        assert (await auditor.get(f"/providers?{asked}")).status_code == 400, asked
    other = (await (await busy.as_("other_auditor")).get(PAGE)).text
    assert "You have no contract with a provider" in other and "Hearth" not in other


async def test_days_since_the_first_work_that_no_report_covers_are_late(busy: Desk) -> None:
    later = "/providers?from=2026-11&until=2026-12"
    busy.office.set(instant("2026-12-20T12:00"))
    page = (await (await busy.as_("auditor")).get(later)).text
    told = row(page, "Days that are due, without a wage report")[0]
    # Of 2 November to 12 December, for which reports are due by then, one week has its report.
    assert told == "82.93 % 34 of 41 days"
