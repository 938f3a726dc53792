"""How much rests on people's word: by carer, by deciding manager, by reason, on a page and as a file."""

import csv
import io
import re

import msgspec

from backend.documents.manual_share import manual_share_file
from backend.tables.ids import organisation_id
from backend.use_cases.read_manual_share import read_manual_share
from schemas.scalars import parse_date
from tests.console.desk import Desk
from tests.console.test_carer_days import enter

FIRST, LAST = parse_date("2026-11-02"), parse_date("2026-11-16")
PAGE = f"/manual-share?from={FIRST}&until={LAST}"


async def accept(desk: Desk) -> None:
    """The second manager accepts what the carer asked for: visit A began five minutes before she checked in."""
    browser = await desk.as_("second")
    correction = await desk.superuser.fetchval("SELECT id FROM correction WHERE proposed_by = 'carer'")
    await browser.get("/corrections")
    assert (await browser.post(f"/corrections/{correction}/decision", decision="accepted")).status_code == 303


async def test_visits_are_counted_by_carer_and_in_all(busy: Desk) -> None:
    before = await read_manual_share(organisation_id("hearth"), FIRST, LAST)
    assert (before.total.worked, before.total.corrected, before.total.unedited_percent) == (3, 0, "100.00")
    await accept(busy)
    await enter(busy)
    share = await read_manual_share(organisation_id("hearth"), FIRST, LAST)
    ann = next(carer for carer in share.carers if carer.carer == "C1")
    assert (ann.worked, ann.corrected, ann.beyond, ann.entered_minutes) == (3, 1, 1, 40)
    assert (ann.unedited_percent, share.total.unedited_percent) == ("66.67", "66.67")
    assert [msgspec.structs.astuple(one) for one in share.managers] == [
        ("manager@example.org", 0, 0, 0, 1, 0, "0.00"),
        ("second@example.org", 0, 1, 0, 0, 0, "100.00"),
    ]
    assert [(one.reason_code, one.own, one.accepted) for one in share.reasons] == [("recorded_late", None, 1)]


async def test_other_days_hold_nothing_of_it(busy: Desk) -> None:
    await accept(busy)
    share = await read_manual_share(
        organisation_id("hearth"), parse_date("2026-10-01"), parse_date("2026-10-31")
    )
    assert (share.total.worked, share.total.unedited_percent) == (0, None)
    assert (share.carers, share.managers, share.reasons) == ([], [], [])


async def test_the_page_and_the_file_say_the_same(busy: Desk) -> None:
    await accept(busy)
    finance = await busy.as_("finance")
    page = (await finance.get(PAGE)).text
    assert "Ann Carer (C1)" in page and "66.67 %" in page and "Recorded late" in page
    [address] = re.findall(r'href="(/manual-share/csv[^"]+)"', page)
    answer = await finance.get(address.replace("&amp;", "&"))
    assert f"manual_share_hearth_{FIRST}_{LAST}.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {(row["about"], row["who"]) for row in rows} >= {
        ("provider", "hearth"),
        ("carer", "C1"),
        ("manager", "second@example.org"),
        ("reason", "recorded_late"),
    }
    [ann] = [row for row in rows if row["who"] == "C1"]
    assert (ann["visits_worked"], ann["corrected"], ann["as_recorded_percent"]) == ("3", "1", "66.67")
    share = await read_manual_share(organisation_id("hearth"), FIRST, LAST)
    assert manual_share_file(share)[1].decode() == answer.text


async def test_dates_that_make_no_sense_are_refused_in_words(busy: Desk) -> None:
    manager = await busy.as_("manager")
    for query, words in (
        ("from=soon", "The date must be"),
        ("from=2026-11-03&until=2026-11-02", "the first before the last"),
        ("from=2020-01-01&until=2026-11-02", "one day to 400 days"),
    ):
        answer = await manager.get(f"/manual-share?{query}")
        assert answer.status_code == 400 and words in answer.text, query
        assert (await manager.get(f"/manual-share/csv?{query}")).status_code == 400


async def test_another_provider_sees_its_own_alone(busy: Desk) -> None:
    page = (await (await busy.as_("rival")).get(PAGE)).text
    assert "Ann Carer" not in page and "Nobody worked a visit on these days." in page
