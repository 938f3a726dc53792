"""What the payroll is taken for: the provider sees what nobody has mapped, an auditor the mapping."""

import re

import pytest

from backend.use_cases import read_payroll
from backend.use_cases.loading import SourceFile, load_payroll
from tests.console.desk import Desk
from tests.jobs.test_wage_reports import EXPORT, element
from tests.use_cases.loading.samples import load_rows


async def test_finance_sees_what_nobody_has_mapped_and_an_auditor_the_mapping(desk: Desk) -> None:
    await load_payroll([SourceFile("run.csv", EXPORT.encode())], provider="hearth", template="generic")
    await load_rows("pay-mapping", [element("BASIC", note="From the handbook", takes_back_overpayment=True)])
    finance = await desk.as_("finance")
    assert (await finance.get("/payroll")).status_code == 200
    assert "WAIT" in finance.page and "£4.25" in finance.page and "From the handbook" in finance.page
    auditor = await desk.as_("auditor")
    await auditor.get("/payroll")
    assert "From the handbook" in auditor.page
    assert "Pay: hourly rate; below zero, an overpayment taken back" in auditor.page
    assert "WAIT" not in auditor.page
    stranger = await desk.as_("other_auditor")
    await stranger.get("/payroll")
    assert "From the handbook" not in stranger.page


async def test_finance_tries_an_export_and_then_loads_what_was_shown(desk: Desk) -> None:
    await load_rows("pay-mapping", [element("BASIC")])
    finance = await desk.as_("finance")
    await finance.get("/payroll/load")
    tried = await finance.upload("/payroll/load", "run.csv", EXPORT.encode(), template="generic")
    assert tried.status_code == 200 and "Tried, and not kept yet: run.csv" in tried.text
    assert "Pay: hourly" in tried.text and "Not classified" in tried.text and "WAIT" in tried.text
    count = "SELECT count(*) FROM payroll_line"
    assert await desk.superuser.fetchval(count) == 0, "only tried"
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', tried.text))
    del fields["csrf_token"]
    done = await finance.upload("/payroll/load", "", b"", **fields)
    assert "Loaded: run.csv" in done.text
    assert await desk.superuser.fetchval(count) == len(EXPORT.strip().splitlines()) - 1
    again = await finance.upload("/payroll/load", "run.csv", EXPORT.encode(), template="generic")
    assert " 0 new, 0 changed" in again.text


async def test_what_nobody_has_mapped_is_added_up_however_many_lines_are_read_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_payroll, "_AT_ONCE", 2)
    heading, _, waiting = EXPORT.strip().splitlines()
    run = "\n".join([heading, *[waiting] * 5])
    await load_payroll([SourceFile("run.csv", run.encode())], provider="hearth", template="generic")
    finance = await desk.as_("finance")
    row = re.search(r"<tr>(?:(?!</tr>).)*WAIT.*?</tr>", (await finance.get("/payroll")).text, re.S)
    assert row is not None and ">5<" in row[0] and "£21.25" in row[0]


async def test_time_that_nobody_has_mapped_is_shown_at_its_hourly_rate(desk: Desk) -> None:
    finance = await desk.as_("finance")
    await finance.get("/payroll/load")
    by_the_clock = EXPORT.replace(",4.25,", ",,")
    tried = await finance.upload("/payroll/load", "run.csv", by_the_clock.encode(), template="generic")
    assert "WAIT" in tried.text and "£4.25" in tried.text, "twenty minutes at £12.75 an hour"


async def test_every_fault_of_an_export_is_named_with_its_row_and_nothing_is_kept(desk: Desk) -> None:
    finance = await desk.as_("finance")
    await finance.get("/payroll/load")
    bad = EXPORT.replace("E1", "E9")
    answer = await finance.upload("/payroll/load", "run.csv", bad.encode(), template="generic")
    assert answer.status_code == 400
    assert "Nothing was loaded" in answer.text and "row 2" in answer.text and "no employment" in answer.text
    for name, content, fields in (
        ("", b"", {"template": "generic"}),
        ("run.csv", EXPORT.encode(), {"template": "nobodys"}),
        ("run.csv", EXPORT.encode(), {"template": "generic", "paid_on": "soon"}),
        ("", b"", {"template": "generic", "held": "%%%", "confirmed": "yes"}),
    ):
        assert (await finance.upload("/payroll/load", name, content, **fields)).status_code == 400
    assert await desk.superuser.fetchval("SELECT count(*) FROM payroll_line") == 0


async def test_a_file_is_not_taken_from_a_page_that_is_not_ours(desk: Desk) -> None:
    finance = await desk.as_("finance")
    finance.page = ""
    forged = await finance.upload("/payroll/load", "run.csv", EXPORT.encode(), template="generic")
    assert forged.status_code == 403
    assert (await finance.post("/payroll/load", template="generic")).status_code == 403
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (
        b"--x\r\nnothing",
        b'--x\r\nContent-Disposition: form-data; name="run"\r\n\r\n\xff\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="run"\r\n\r\na\x00b\r\n--x--\r\n',
    ):
        answer = await finance._send("POST", "/payroll/load", headers=kind, content=body)
        assert answer.status_code in (400, 403), body
