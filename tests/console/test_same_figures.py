"""One document says the same figures in every rendering: data, workbook or CSV, paper, and the web page."""

import csv
import re
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import msgspec
from python_calamine import CalamineWorkbook

from backend.documents import words
from tests.console.desk import Desk
from tests.documents import pdf

Row = dict[str, Any]


async def files_of(desk: Desk, kind: str) -> dict[str, bytes]:
    rows = await desk.superuser.fetch(
        "SELECT f.format, f.content FROM document_file f JOIN document d ON d.id = f.document_id WHERE d.kind = $1",
        kind,
    )
    return {row["format"]: row["content"] for row in rows}


def cells(page: str) -> list[list[str]]:
    """The rows of all tables of a page, as text."""

    def text(cell: str) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())

    return [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)
    ]


def sheet(book: CalamineWorkbook, name: str) -> list[Row]:
    header, *rows = book.get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def pounds(amount: str) -> str:
    return words.pounds(Decimal(amount))


async def test_a_wage_report_says_the_same_in_data_workbook_paper_and_page(busy: Desk) -> None:
    report = await busy.id_of("wage_report")
    files = await files_of(busy, "wage_report")
    data = msgspec.json.decode(files["json"])
    [worker] = data["workers"]
    result, required = worker["result"], worker["result"]["required"]
    book = CalamineWorkbook.from_filelike(BytesIO(files["xlsx"]))
    paper = " ".join(pdf.text(files["pdf"]).split())
    page = {
        row[0]: row[1]
        for row in cells((await (await busy.as_("manager")).get(f"/wage-reports/{report}/workers/1")).text)
        if len(row) > 1
    }

    [row] = sheet(book, "Workers")
    rate = f"Minimum rate, {words.worded(required['band'])}"
    each_hour = "Pay for each hour that counts"
    for heading, printed, shown, value in (
        ("rate £ an hour", "Minimum rate {} an hour", rate, required["hourly"]),
        ("required £", "Pay required {}", "Pay required", required["pay"]),
        ("counted pay £", "Pay that counts {}", "Pay that counts", result["nmw_pay"]),
        ("£ for each hour", f"{each_hour} {{}}", each_hour, result["hourly_equivalent"]),
        ("shortfall £", "Shortfall {}", "Short by", result["shortfall"]),
        ("arrears due £", "Arrears due {}", "Arrears due", result["arrears"]["due"]),
    ):  # fmt: skip
        assert Decimal(str(row[heading])) == Decimal(value), heading
        assert printed.format(pounds(value)) in paper, printed
        assert page[shown] == pounds(value), shown
    assert result["shortfall"] == "4.24", "and it is a figure worth comparing"
    counted = Decimal(result["counted_minutes"])
    assert Decimal(str(row["counted minutes"])) == counted
    assert f"Time that counts {words.hours(counted)}" in paper and page["Time that counts"] == words.hours(
        counted
    )

    hours = {each["kind"]: Decimal(str(each["minutes"])) for each in sheet(book, "Hours")}
    assert hours == {each["kind"]: Decimal(each["minutes"]) for each in result["work"]}
    for kind, minutes in hours.items():
        assert f"{kind} {words.hours(minutes)}" in paper and page[kind.capitalize()] == words.hours(minutes)
    [paid], [line] = sheet(book, "Pay"), result["pay"]
    assert (Decimal(str(paid["amount £"])), Decimal(str(paid["counted £"]))) == (
        Decimal(line["amount"]),
        Decimal(line["counted"]),
    )
    segments = [
        (day["date"], part["kind"], part["seconds"]) for day in worker["days"] for part in day["segments"]
    ]
    assert [
        (each["day"].isoformat(), each["kind"], int(each["seconds"])) for each in sheet(book, "Days")
    ] == segments
    summary = {each["what"]: each["value"] for each in sheet(book, "Summary")}
    assert summary["pence short"] == data["summary"]["pence_short"] == 424
    assert summary["facts digest"] == data["facts_digest"] and data["facts_digest"] in paper


async def test_an_invoice_says_the_same_in_data_csv_paper_and_page(busy: Desk) -> None:
    invoice = await busy.id_of("invoice")
    files = await files_of(busy, "invoice")
    data = msgspec.json.decode(files["json"])
    table = list(csv.DictReader(files["csv"].decode().splitlines()))
    paper = " ".join(pdf.text(files["pdf"]).split())
    answer = await (await busy.as_("commissioner")).get(f"/invoices/{invoice}")
    page = [row for row in cells(answer.text) if len(row) == 9 and row[0].isdigit()]

    assert len(data["lines"]) == len(table) == len(page) >= 2
    for line, row, shown in zip(data["lines"], table, page, strict=True):
        assert (
            (str(line["line"]), line["visit"])
            == (row["line"], row["visit"])
            == (shown[0], shown[1].split()[0])
        )
        minutes = [line[f"{name}_minutes"] for name in ("planned", "actual", "payable", "difference")]
        assert [row[f"{name}_minutes"] for name in ("planned", "actual", "payable", "difference")] == minutes
        assert [Decimal(cell.replace("\N{MINUS SIGN}", "-")) for cell in shown[3:7]] == list(
            map(Decimal, minutes)
        )
        assert Decimal(row["amount"]) == Decimal(line["amount"])
        assert shown[8].removesuffix(" Dispute") == pounds(line["amount"]) and pounds(line["amount"]) in paper
    total = sum(Decimal(row["amount"]) for row in table)
    assert total == Decimal(data["total"]) > 0
    assert f"Total to pay {pounds(data['to_pay'])}" in paper and pounds(data["to_pay"]) in answer.text
    for payer in data["by_payer"]:
        column = sum(Decimal(row[f"amount: {payer['payer']}"] or 0) for row in table)
        assert column == Decimal(payer["amount"]) and pounds(payer["amount"]) in answer.text
