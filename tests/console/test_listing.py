"""Any table of any page as a file, and lists kept under a name."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from litestar import Response

from backend.console import listing
from backend.console.asking import Ask
from backend.console.listing import PageReader, cell_of
from backend.documents.words import MINUS, pounds, short_day
from tests.console.desk import Desk

TEMPLATES = Path(listing.__file__).parent / "templates"
WITHOUT_FILE = {"performance.html": "its own file leaves out figures about very few people"}

PAGE = """<main><div class="ds-scroll"><table><caption>One</caption>
<thead><tr><th>Name</th><th data-besides="Reference">Carer</th><th class="ds-number">Visits</th></tr></thead>
<tbody><tr><th rowspan="2"><a href="/x">Ann &amp; Bea</a><span class="govuk-visually-hidden">, unseen</span></th>
<td>Cy<br><span class="ds-quiet">C1</span></td><td class="ds-number">1,204</td></tr>
<tr><td>Di<form><label>Reason</label><input name="r"><button>Go</button></form></td><td class="ds-number">–</td></tr>
</tbody></table></div><table><tr><td>layout</td></tr></table>
<div class="ds-scroll"><table><tr><td>=1+1<br>two</td></tr></table></div>
<a rel="next" href="/list?after=7">Next</a></main>"""


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_tables_are_read_as_a_reader_sees_them() -> None:
    reader = PageReader()
    reader.feed(PAGE)
    assert [table.rows for table in reader.tables] == [
        [
            ["Name", "Carer", "Reference", "Visits"],
            ["Ann & Bea", "Cy", "C1", Decimal(1204)],
            ["Ann & Bea", "Di", None, None],
        ],
        [["=1+1; two"]],
    ]
    assert reader.following == "/list?after=7"


def test_every_table_of_the_pages_can_be_had_as_a_file_or_says_that_it_cannot() -> None:
    for template in sorted(TEMPLATES.glob("*.html")):
        text = template.read_text(encoding="utf-8")
        for before in text.split("<table")[:-1]:
            assert "{% call scroll(" in before.rpartition("</table>")[2] or template.name in WITHOUT_FILE, (
                template.name
            )


def test_money_days_and_moments_are_cells_that_a_spreadsheet_reckons_with() -> None:
    for amount in (Decimal("1234.50"), Decimal("-0.07")):
        assert cell_of(pounds(amount), False) == amount
    assert cell_of(short_day(date(2026, 11, 2)), False) == date(2026, 11, 2)
    assert cell_of("Mon 2 Nov 2026, 07:04 GMT", False) == datetime(2026, 11, 2, 7, 4, tzinfo=UTC)
    assert cell_of("Mon 1 Jun 2026, 07:04:09 BST", False) == datetime(2026, 6, 1, 6, 4, 9, tzinfo=UTC)
    assert cell_of(f"{MINUS}1,200.5", True) == Decimal("-1200.5")
    assert cell_of("0012", False) == "0012" and cell_of("12 of 13", True) == "12 of 13"
    assert cell_of("–", True) is None
    for typed in ("Tue 31 Nov 2026", "Mon 2 Nov 2026, 25:04 GMT", "Ref 12 Abc 2026"):
        assert cell_of(typed, False) == typed, "somebody's words, and no date that there is"


async def test_a_file_holds_the_rows_of_all_pages_of_a_list_and_what_the_page_was_narrowed_down_to(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await busy.as_("manager")
    monkeypatch.setattr("backend.use_cases.read_people.PAGE", 1)
    page = (await browser.get("/people")).text
    assert page.count("/people/0") + page.count('rel="next"') >= 1
    answer = await browser.get("/people?format=csv&table=1")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''people.csv"
    assert [row[0] for row in rows(answer.text)] == ["Person", "Mr One", "Ms Two"]
    narrowed = (await browser.get("/exceptions?kind=quarantine")).text
    assert 'href="/exceptions?kind=quarantine&amp;format=csv&amp;table=1"' in narrowed
    told = rows((await browser.get("/exceptions?kind=quarantine&format=csv&table=1")).text)
    assert told[0][:6] == ["Tick", "What", "Why", "Details", "Carer", "Carer’s reference"]
    assert len(told) == 3 and told[1][4:6] == ["Ann Carer", "C1"]


async def test_a_file_shows_no_more_than_the_page_and_a_formula_in_it_does_not_run(busy: Desk) -> None:
    await busy.superuser.execute("UPDATE user_account SET email = '=cmd()' WHERE email = 'rival@example.org'")
    administrator = await busy.as_("administrator")
    users = (await administrator.get("/users?format=csv")).text
    assert "'=cmd()" in users and ",=cmd()" not in users
    auditor = await busy.as_("auditor")
    report = await busy.id_of("wage_report")
    masked = (await auditor.get(f"/wage-reports/{report}?format=csv")).text
    assert "Ann Carer" not in masked and len(rows(masked)) >= 2
    looks = "SELECT count(*) FROM access_log WHERE what = 'wage report'"
    assert await busy.superuser.fetchval(looks) == 1, "a file is a look at the record, as the page is"
    for path, status in (
        ("/exceptions?format=csv&table=9", 404),
        ("/exceptions?format=csv&table=x", 404),
        ("/exceptions?format=csv&kind=nonsense", 400),
        ("/invoices?format=csv", 200),
    ):
        assert (await (await busy.as_("manager")).get(path)).status_code == status, path
    assert (await (await busy.as_("finance")).get("/exceptions?format=csv")).status_code == 403


def test_a_table_that_is_for_the_page_alone_is_not_told() -> None:
    reader = PageReader()
    reader.feed(PAGE.replace('"ds-scroll"', '"ds-scroll ds-no-file"', 1))
    assert [table.closed for table in reader.tables] == [True, False]


async def test_a_file_whose_later_page_is_refused_breaks_off_and_is_no_shorter_file() -> None:
    request = SimpleNamespace(scope={"path": "/list"}, query_params={"format": "csv"})
    ask = Ask(cast(Any, request), cast(Any, None), {})

    async def view(asked: Ask) -> Response[Any]:
        later = asked.asked("after") is not None
        return Response(PAGE.encode(), status_code=400 if later else 200, media_type="text/html")

    file = cast(Any, await listing.table_file(ask, view)).iterator
    assert b"1204" in await anext(file)
    with pytest.raises(LookupError, match="refused"):
        await anext(file)


async def kept(desk: Desk, who: str, **fields: str) -> Any:
    browser = await desk.as_(who)
    await browser.get("/sessions")
    return await browser.post("/views/keep", **fields)


async def test_a_narrowed_list_is_kept_under_a_name_in_its_users_own_menu_until_it_is_removed(
    busy: Desk,
) -> None:
    browser = await busy.as_("manager")
    assert "Keep this list under a name" not in (await browser.get("/exceptions")).text
    address = "/exceptions?kind=missed&from=2026-11-01"
    assert (
        "Keep this list under a name" in (await browser.get(f"{address}&after=4~2026-11-01T00:00:00Z~x")).text
    )
    answer = await browser.post(
        "/views/keep", name=" Mornings  missed ", address=f"{address}&after=1~2~3&done=x"
    )
    assert answer.status_code == 303
    link = '<a class="govuk-link" href="/exceptions?kind=missed&amp;from=2026-11-01">Mornings missed</a>'
    assert link in (await browser.get("/today")).text
    assert "Mornings missed" not in (await (await busy.as_("second")).get("/today")).text
    assert (await kept(busy, "manager", name="mornings MISSED", address="/people")).status_code == 303
    page = (await browser.get("/views")).text
    assert page.count('action="/views/') == 1 and "Mornings missed" not in page and "mornings MISSED" in page
    view = page.partition('action="/views/')[2].partition("/remove")[0]
    other = await busy.as_("second")
    await other.get("/sessions")
    assert (await other.post(f"/views/{view}/remove")).status_code == 404
    await browser.get("/views")
    assert (await browser.post(f"/views/{view}/remove")).status_code == 303
    assert "mornings MISSED" not in (await browser.get("/today")).text


async def test_only_lists_of_ones_own_menu_are_kept_and_a_refused_name_is_not_lost(busy: Desk) -> None:
    for address in (
        "https://example.org/",
        "//example.org",
        "/users",
        "/people/positions",
        "",
        "/people?" + "a=b&" * 500,
    ):
        refused = await kept(busy, "manager", name="Mine", address=address)
        assert refused.status_code == 400 and "Only a list of your own menu" in refused.text, address
    named = await kept(busy, "manager", name="n" * 61, address="/people?carer=C1")
    assert named.status_code == 400 and "n" * 61 in named.text and 'value="/people?carer=C1"' in named.text
    for number in range(20):
        assert (
            await kept(busy, "finance", name=f"List {number}", address="/disputes?show=all")
        ).status_code == 303
    full = await kept(busy, "finance", name="One more", address="/disputes?show=all")
    assert full.status_code == 400 and "Remove one first" in full.text
    assert (await kept(busy, "finance", name="list 3", address="/arrears")).status_code == 303


async def test_lists_of_the_office_are_narrowed_down_by_their_addresses(busy: Desk) -> None:
    browser = await busy.as_("manager")
    for path, here, elsewhere in (
        ("/corrections", "carer=C1", "carer=C2"),
        ("/quarantine", "carer=C1", "carer=C2"),
        ("/people", "name=mr+O", "name=nobody"),
        ("/people", "name=S1", "name=S%25"),
        ("/devices", "of=C1&state=active", "of=C1&state=revoked"),
    ):
        words = "Mr One" if path == "/people" else "Ann Carer"
        found, missed = (
            (await browser.get(f"{path}?{here}")).text,
            (await browser.get(f"{path}?{elsewhere}")).text,
        )
        told, untold = (
            text.partition("ds-filter")[2].partition("Enrol a phone")[0] for text in (found, missed)
        )
        assert words in told and words not in untold, path
    assert "Ms Two" not in (await browser.get("/people?name=mr")).text
    assert 'value="all"' in (await browser.get("/corrections?show=all&carer=C1")).text
