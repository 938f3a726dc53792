"""Payroll exports by template: long and wide, dates, signs, who is in them, and what is wrong named at once."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
import xlsxwriter

from backend.tables.ids import organisation_id
from backend.use_cases.loading import Given, LoadRefused, Scope, SourceFile, load_payroll
from backend.use_cases.loading.payroll_export import parse_number
from backend.use_cases.loading.templates import PAY, packaged_templates
from tests.use_cases.loading.samples import load_county, load_rows

GENERIC = """employee,code,description,units,rate,amount,paid_on,earned_start,earned_end,run,reference
E1,BASIC,Basic pay,10,12.71,127.10,2026-11-13,2026-11-02,2026-11-08,,
E1,TRAVEL,Travel,1:30,12.71,19.07,2026-11-13,2026-11-02,2026-11-08,,
E2,BASIC,Basic pay,4,12.71,50.84,2026-11-13,,,,
"""
TEMPLATE: dict[str, Any] = {
    "provider": "hearth",
    "reference": "ours",
    "title": "Our payroll",
    "source": "An export of 1 November 2026",
    "employee": "Payroll No",
    "line": {"description": "Element", "amount": "Amount", "units": "Units"},
}
MAPPING: dict[str, Any] = {
    "provider": "hearth", "element": "Basic", "section": "pay", "kind": "hourly", "from": "2026-04-01",
}  # fmt: skip


async def take(
    text: str | bytes, template: str = "generic", provider: str | None = "hearth", **more: Any
) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return await load_payroll([SourceFile("run.csv", content)], provider=provider, template=template, **more)


async def stored(superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await superuser.fetch(
        "SELECT e.reference, p.element, p.quantity, p.time_unit, p.amount, p.paid_on FROM payroll_line p"
        " JOIN employment e ON e.id = p.employment_id ORDER BY e.reference, p.element, p.version"
    )
    return [tuple(row) for row in rows]


async def faults(text: str | bytes, template: str = "generic", **more: Any) -> list[str]:
    with pytest.raises(LoadRefused) as refused:
        await take(text, template, **more)
    return [str(fault) for fault in refused.value.faults]


async def test_a_long_export_loads_without_any_mapping(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    loaded = await take(GENERIC)
    assert (loaded.kind, loaded.rows, loaded.new) == ("pay", 3, 3)
    paid = date(2026, 11, 13)
    assert await stored(superuser) == [
        ("E1", "BASIC", Decimal(10), "hours", Decimal("127.10"), paid),
        ("E1", "TRAVEL", Decimal(90), "minutes", Decimal("19.07"), paid),
        ("E2", "BASIC", Decimal(4), "hours", Decimal("50.84"), paid),
    ]


async def test_the_same_export_again_changes_nothing_and_a_corrected_one_makes_versions(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await take(GENERIC)
    again = await take(GENERIC)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    corrected = await take(GENERIC.replace("50.84", "55.00"))
    assert (corrected.new, corrected.changed, corrected.unchanged) == (0, 1, 2)
    dry = await take(GENERIC.replace("127.10", "1.00"), dry_run=True)
    assert (dry.dry_run, dry.changed, len(await stored(superuser))) == (True, 2, 4)


async def test_a_second_run_of_the_day_stands_beside_the_first(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await load_rows("pay-templates", [TEMPLATE])
    text = "Payroll No,Element,Units,Amount\nE1,Basic,10,127.10\n"
    day = date(2026, 11, 13)
    await take(text, "ours", given=Given(day))
    second = await take(text, "ours", given=Given(day, "bonus run"))
    assert (second.new, len(await stored(superuser))) == (1, 2)


async def test_a_wide_export_gives_a_line_for_each_element(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    text = (
        "Works Number,Surname,Basic Hours,Basic Rate,Basic Pay,Weekend Bonus,PAYE Tax\n"
        'E1,Carer,10,12.71,"£1,127.10",(5.00),12.00\nBOSS,Office,40,20.00,800.00,,100.00\n'
    )
    loaded = await take(text, "brightpay", given=Given(date(2026, 11, 13)))
    assert [row[1:5] for row in await stored(superuser)] == [
        ("Basic Hours", Decimal(10), "hours", Decimal("1127.10")),
        ("PAYE Tax", None, "hours", Decimal("12.00")),
        ("Weekend Bonus", None, "hours", Decimal("-5.00")),
    ]
    assert loaded.notes == ["1 of the payroll but no employment here, and left out: BOSS"]


async def test_a_workbook_reads_like_text_below_a_title(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await load_rows("pay-templates", [{**TEMPLATE, "header_row": 3, "paid_on": "Date"}])
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Hearth Care payroll"])
    sheet.write_row(2, 0, ["Payroll No", "Element", "Units", "Amount", "Date"])
    sheet.write_row(3, 0, ["E1", "Basic", 10.5, 133.45])
    sheet.write_datetime(3, 4, date(2026, 11, 13), book.add_format({"num_format": "d/m/y"}))
    book.close()
    loaded = await load_payroll([SourceFile("run.xlsx", made.getvalue())], provider="hearth", template="ours")
    assert loaded.new == 1
    assert (await stored(superuser))[0][2:] == (
        Decimal("10.5"),
        "hours",
        Decimal("133.45"),
        date(2026, 11, 13),
    )


async def test_every_fault_is_named_and_nothing_is_kept(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    wrong = (
        GENERIC.replace("2026-11-13", "13/11/2026", 1)
        .replace("50.84", "fifty")
        .replace("E1,TRAVEL", "E9,TRAVEL")
    )
    assert await faults(wrong) == [
        "run.csv, row 2, paid_on: must be a date written yyyy-mm-dd",
        "run.csv, row 3, employee: no employment has the reference E9",
        "run.csv, row 4, amount: must be a number such as 12.71, without signs for money, commas or spaces",
    ]
    assert await stored(superuser) == []


async def test_a_payment_date_that_is_a_spreadsheet_s_number_is_told_as_one(db: Any, county: None) -> None:
    [fault] = await faults(GENERIC.replace("2026-11-13", "46339", 1))
    assert fault.startswith(
        "run.csv, row 2, paid_on: 46339 looks like a spreadsheet's number for 2026-11-13: "
    )


async def test_headings_are_never_guessed_at(db: Any, county: None) -> None:
    found = await faults("Employee Reference,Hours,Hours,Amount\nE1,1,1,1\n", "sage-50")
    assert [fault.partition(" the header")[0] for fault in found[:4]] == [
        "run.csv, row 1, Payment Reference: is not in",
        "run.csv, row 1, Payment Name: is not in",
        "run.csv, row 1, Hours: stands twice in",
        "run.csv, row 1, Rate: is not in",
    ]
    assert found[4].startswith("run.csv, row 1: the template sage-50 has no column for the payment date")


async def test_a_template_or_provider_that_is_not_there_is_a_fault(db: Any, county: None) -> None:
    assert (await faults(GENERIC, "nobodys"))[0].startswith(
        "template: no template has the name nobodys; there are"
    )
    assert await faults(GENERIC, provider=None) == ["provider: is required: say whose payroll it is"]
    elsewhere = Scope(provider=organisation_id("lantern"))
    assert await faults(GENERIC, scope=elsewhere) == ["provider: hearth is no provider of yours"]


async def test_a_providers_template_stands_in_place_of_a_packaged_one_and_has_versions(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await load_rows("pay-templates", [{**TEMPLATE, "reference": "generic"}])
    changed = await load_rows("pay-templates", [{**TEMPLATE, "reference": "generic", "title": "Ours again"}])
    assert (changed.changed, await superuser.fetchval("SELECT count(*) FROM template_version")) == (1, 2)
    loaded = await take(
        "Payroll No,Element,Units,Amount\nE1,Basic,10,127.10\n", given=Given(date(2026, 11, 13))
    )
    assert loaded.new == 1


async def test_a_template_or_mapping_that_contradicts_itself_is_refused_with_every_reason(
    db: Any, county: None
) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_rows(
            "pay-templates", [{**TEMPLATE, "other_columns": "elements", "header_row": 0, "colour": "red"}]
        )
    assert {fault.pointer for fault in refused.value.faults} == {"/0/line", "/0/header_row", "/0/colour"}
    with pytest.raises(LoadRefused) as refused:
        await load_rows("pay-mapping", [{**MAPPING, "kind": "uniform"}, {**MAPPING, "until": "2026-01-01"}])
    assert [fault.pointer for fault in refused.value.faults] == ["/0/kind", "/1/until"]


@pytest.mark.parametrize(
    "what", [{"section": "deduction", "kind": "uniform"}, {"kind": "mileage"}, {"kind": "advance"}]
)
async def test_only_wages_can_be_said_to_take_back_an_overpayment(
    db: Any, what: dict[str, str], county: None
) -> None:
    row = {**MAPPING, **what}
    assert (await load_rows("pay-mapping", [{**row, "takes_back_overpayment": False}])).new == 1
    with pytest.raises(LoadRefused) as refused:
        await load_rows("pay-mapping", [{**row, "takes_back_overpayment": True}])
    assert [fault.pointer for fault in refused.value.faults] == ["/0/takes_back_overpayment"]


async def test_an_element_is_one_thing_on_each_day(db: Any, county: None) -> None:
    await load_rows("pay-mapping", [MAPPING])
    with pytest.raises(LoadRefused) as refused:
        await load_rows("pay-mapping", [{**MAPPING, "element": "BASIC ", "from": "2026-06-01"}])
    assert "overlaps" in refused.value.faults[0].detail
    ended = await load_rows(
        "pay-mapping", [{**MAPPING, "until": "2026-05-31"}, {**MAPPING, "from": "2026-06-01"}]
    )
    assert (ended.new, ended.changed) == (1, 1)


def test_the_packaged_templates_say_where_their_headings_come_from() -> None:
    templates = packaged_templates(PAY)
    assert set(templates) == {"generic", "sage-50", "brightpay"}
    for template in templates.values():
        assert len(template.source) > 40
        assert template.checked_on is not None or "compare" in template.source


@pytest.mark.parametrize(
    ("text", "value"),
    [("£1,234.50", "1234.50"), ("(12.00)", "-12.00"), ("12.00-", "-12.00"), ("-3", "-3"), ("-", "0")],
)
def test_numbers_read_as_payrolls_write_them(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


TWICE = "E1, hourly paid on 2026-11-13: 1 (loaded line by line) and {} (generic)"
LINE: dict[str, Any] = {
    "provider": "hearth", "employment": "E1", "section": "pay", "kind": "hourly", "minutes": "600", "rate": "12.71",
    "paid_on": "2026-11-13", "earned_start": "2026-11-02", "earned_end": "2026-11-08", "reference": "1",
}  # fmt: skip


async def twice(superuser: asyncpg.Connection) -> list[str]:
    """The notes that name the payment of the sample export which is also loaded line by line."""
    reference = await superuser.fetchval(
        "SELECT reference FROM payroll_line WHERE element = 'BASIC' AND quantity = 10"
    )
    head = "1 payment perhaps loaded twice, and both lines count."
    return [f"{head} If it is one payment, take one back (docs/payroll.md).", TWICE.format(reference)]


async def test_a_load_says_at_once_what_is_perhaps_held_twice(db: Any, superuser: asyncpg.Connection) -> None:
    await load_county("pay")
    assert (await load_rows("pay", [LINE])).notes == []
    assert (await take(GENERIC)).notes == [], "nobody has said yet what its elements are"
    tried = await load_rows("pay-mapping", [MAPPING], dry_run=True)
    mapped = await load_rows("pay-mapping", [MAPPING])
    assert tried.notes == mapped.notes == await twice(superuser)
    assert (await take(GENERIC)).notes == await twice(superuser), "and again while both stand"
    other = {**LINE, "reference": "2", "minutes": "30"}
    assert (await load_rows("pay", [other])).notes == [], "of other lines"
    assert (await load_rows("pay", [LINE, other])).notes == await twice(superuser)
    gone = {**LINE, "minutes": None, "rate": None, "kind": "salary", "amount": "0.00"}
    taken_back = {name: cell for name, cell in gone.items() if cell is not None}
    assert (await load_rows("pay", [taken_back])).notes == [], "a line taken back counts no more"


async def test_no_more_than_fifty_payments_are_named(db: Any) -> None:
    await load_county("pay")
    await load_rows("pay-mapping", [MAPPING])
    hours = range(1, 61)
    await load_rows(
        "pay", [{**LINE, "reference": str(number), "minutes": str(60 * number)} for number in hours]
    )
    rows = [f"E1,BASIC,Basic,{n},12.71,,2026-11-13,2026-11-02,2026-11-08,,{n}" for n in hours]
    notes = (await take("\n".join([GENERIC.splitlines()[0], *rows]))).notes
    assert (len(notes), notes[0].split()[0], notes[-1]) == (52, "60", "and 10 more")
