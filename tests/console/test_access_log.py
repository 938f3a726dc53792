"""Who looked at whose records: told to the provider, and to the organisation of whoever looked."""

import re

from tests.console.desk import Desk
from tests.jobs.office import visit_id


def rows_of(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", page, re.S)
    ]


async def test_an_auditor_s_look_is_told_to_both_sides(busy: Desk) -> None:
    report = await busy.id_of("wage_report")
    auditor = await busy.as_("auditor")
    await auditor.get(f"/wage-reports/{report}")
    [own] = rows_of((await auditor.get("/access-log")).text)
    assert "Wage report" in own and "auditor@example.org" in own
    page = (await (await busy.as_("manager")).get("/access-log")).text
    [told] = rows_of(page)
    assert "Wage report" in told and "somebody" in told and "auditor@example.org" not in told
    assert f'href="/wage-reports/{report}"' in page


async def test_a_look_at_an_attendance_leads_each_reader_to_the_visit(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    await auditor.get(f"/attendances/{visit_id('A')}")
    own = (await auditor.get("/access-log")).text
    assert f'href="/attendances/{visit_id("A")}?back=/access-log">Attendance</a>' in own
    told = (await (await busy.as_("manager")).get("/access-log")).text
    assert f'href="/visits/{visit_id("A")}">Attendance</a>' in told


async def test_an_auditor_is_given_no_way_to_an_invoice_that_a_colleague_looked_at(busy: Desk) -> None:
    invoice = await busy.id_of("invoice")
    await (await busy.as_("commissioner")).get(f"/invoices/{invoice}")
    own = (await (await busy.as_("auditor")).get("/access-log")).text
    assert "Invoice" in own and f"/invoices/{invoice}" not in own
    assert f'href="/invoices/{invoice}"' in (await (await busy.as_("manager")).get("/access-log")).text


async def test_another_provider_is_told_nothing_of_it(busy: Desk) -> None:
    await (await busy.as_("commissioner")).get(f"/invoices/{await busy.id_of('invoice')}")
    assert "Nobody has looked yet." in (await (await busy.as_("rival")).get("/access-log")).text
    assert "Invoice" in (await (await busy.as_("manager")).get("/access-log")).text


async def test_the_list_goes_on_behind_the_last_row(busy: Desk) -> None:
    invoice, browser = await busy.id_of("invoice"), await busy.as_("commissioner")
    for _ in range(101):
        await browser.get(f"/invoices/{invoice}")
    manager = await busy.as_("manager")
    first = (await manager.get("/access-log")).text
    [more] = re.findall(r'rel="next" href="([^"]+)"', first)
    rest = (await manager.get(more.replace("&amp;", "&"))).text
    assert (len(rows_of(first)), len(rows_of(rest))) == (100, 1)
