"""What holds for every kind: versions, nothing twice, dry runs, all or nothing, three forms of one file."""

import datetime
import io
import random
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.use_cases.loading import Days, LoadRefused, SourceFile, load
from backend.use_cases.loading.files import Sheet
from backend.use_cases.loading.report import Report
from backend.use_cases.loading.rows import decode_rows
from schemas.loading import CarerRow, LoadKind, RotaRow
from tests.use_cases.loading.samples import (
    CARERS,
    CONTRACT,
    FILES,
    PACKAGES,
    ROTA,
    SERVICE_USERS,
    Row,
    as_csv,
    load_county,
    load_csv,
    load_rows,
    with_row,
)

FLAT = [(kind, rows) for kind, rows in FILES if kind not in ("contracts", "pay-terms")]


async def contents(superuser: asyncpg.Connection) -> dict[str, list[str]]:
    """Every row of every table."""
    tables = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        row["relname"]: sorted(map(repr, await superuser.fetch(f'SELECT * FROM "{row["relname"]}"')))
        for row in tables
    }


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """The rows as a workbook, dates, times and numbers as typed cells where the text is one."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    clock, day, moment = (
        book.add_format({"num_format": "hh:mm"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    sheet = book.add_worksheet()
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet.write_row(0, 0, names)
    for number, row in enumerate(rows, start=1):
        for place, name in enumerate(names):
            text = str(row.get(name, ""))
            if len(text) == 5 and text[2] == ":":
                sheet.write_datetime(number, place, datetime.time.fromisoformat(text), clock)
            elif name in ("start", "end", "cancelled_at") and text and "+" not in text:
                sheet.write_datetime(number, place, datetime.datetime.fromisoformat(text), moment)
            elif len(text) == 10 and text[4] == text[7] == "-":
                sheet.write_datetime(number, place, datetime.datetime.fromisoformat(text), day)
            elif text.replace(".", "", 1).isdigit():
                sheet.write_number(number, place, float(text))
            else:
                sheet.write_string(number, place, text)
    book.close()
    return made.getvalue()


async def test_every_kind_loads_and_the_same_content_again_changes_nothing(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    before = await contents(superuser)
    for kind, rows in FILES:
        again = await load_rows(kind, rows)
        assert (again.new, again.changed, again.rows) == (0, 0, len(rows)), kind
        assert again.unchanged >= len(rows)
    assert await contents(superuser) == before


async def test_csv_and_xlsx_say_the_same_as_json(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    before = await contents(superuser)
    for kind, rows in FLAT:
        for name, made in (("file.csv", as_csv(rows)), ("file.xlsx", as_xlsx(rows)), ("file", as_csv(rows))):
            loaded = await load(kind, [SourceFile(name, made)])
            assert (loaded.new, loaded.changed) == (0, 0), (kind, name)
    assert await contents(superuser) == before


async def test_a_dry_run_checks_everything_and_changes_nothing(
    db: Any, superuser: asyncpg.Connection
) -> None:
    for kind, rows in FILES:
        await load_county(until=kind)
        before = await contents(superuser)
        loaded = await load_rows(kind, rows, dry_run=True)
        assert loaded.dry_run
        assert loaded.new >= len(rows), kind
        assert await contents(superuser) == before, kind
        with pytest.raises(LoadRefused):
            await load_rows(kind, [*rows, *rows], dry_run=True)


async def test_one_fault_keeps_every_row_of_every_file_out(db: Any, superuser: asyncpg.Connection) -> None:
    await load_county(until="service-users")
    before = await contents(superuser)
    good = SourceFile("good.csv", as_csv(SERVICE_USERS[:1]))
    bad = SourceFile("bad.csv", as_csv(with_row(SERVICE_USERS[1:], 0, radius_m="wide")))
    with pytest.raises(LoadRefused) as refused:
        await load("service-users", [good, bad])
    assert [(fault.file, fault.row, fault.column) for fault in refused.value.faults] == [
        ("bad.csv", 2, "radius_m")
    ]
    assert await contents(superuser) == before


async def test_every_fault_is_named_at_once_in_the_order_of_the_rows(db: Any) -> None:
    await load_county(until="carers")
    rows = with_row(
        with_row(CARERS, 0, mode="tram", pay_cycle="daily"), 1, provider="nobody", date_of_birth="31/12/1990"
    )
    rows = [*rows, {**CARERS[0], "employment": "E3", "provider": "nobody"}]
    with pytest.raises(LoadRefused) as refused:
        await load_csv("carers", rows)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (2, "mode"),
        (2, "pay_cycle"),
        (3, "date_of_birth"),
        (3, "provider"),
        (4, "provider"),
    ]


async def test_other_content_makes_a_version_and_other_rows_stay(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    loaded = await load_csv("carers", [{**CARERS[0], "name": "Ann Married"}])
    assert (loaded.new, loaded.changed, loaded.unchanged) == (0, 1, 0)
    found = await superuser.fetch(
        "SELECT e.reference, v.version, v.name FROM employment e JOIN employment_version v ON v.employment_id = e.id"
        " ORDER BY 1, 2"
    )
    assert [tuple(row) for row in found] == [
        ("E1", 1, "Ann Carer"),
        ("E1", 2, "Ann Married"),
        ("E2", 1, "Bea Carer"),
    ]
    back = await load_csv("carers", [CARERS[0]])
    assert back.changed == 1
    assert await superuser.fetchval("SELECT max(version) FROM employment_version") == 3


async def test_a_contract_keeps_the_terms_that_the_calculator_takes(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    from schemas.contract import Contract
    from schemas.strict import decode, parse_json

    terms = parse_json(await superuser.fetchval("SELECT terms FROM contract_version")).value
    kept = decode(Contract, terms)
    assert kept.faults == ()
    given = {name: CONTRACT[name] for name in Contract.__struct_fields__ if name in CONTRACT}
    assert kept.value == decode(Contract, given).value


async def test_a_national_insurance_number_is_kept_as_a_keyed_hash_alone(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await load_county(until="service-users")
    lantern = {
        **CARERS[0],
        "provider": "lantern",
        "reference": "X9",
        "national_insurance_number": "qq123456c",
    }
    await load_rows("carers", [lantern])
    everything = repr(await contents(superuser))
    assert "123456" not in everything.replace(" ", "")
    hashes = await superuser.fetch("SELECT identity_hash FROM employment_version WHERE name = 'Ann Carer'")
    assert len(hashes) == 2
    assert len(set(hashes)) == 1


async def test_complete_belongs_to_a_rota_alone(db: Any) -> None:
    day = datetime.date(2026, 11, 2)
    with pytest.raises(LoadRefused, match="1 fault"):
        await load_rows("organisations", [], complete=Days(day, day))


async def test_columns_and_rows_in_any_order_give_the_same_state(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    before = await contents(superuser)
    chance = random.Random(20261102)
    for kind, rows in FLAT:
        names = list(dict.fromkeys(name for row in rows for name in row))
        mixed = [*rows]
        chance.shuffle(mixed)
        chance.shuffle(names)
        loaded = await load(kind, [SourceFile("mixed.csv", as_csv(mixed, names))])
        assert (loaded.new, loaded.changed) == (0, 0), kind
    assert await contents(superuser) == before


@pytest.mark.parametrize(("kind", "rows"), [(CarerRow, CARERS), (RotaRow, ROTA)])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_order_of_columns_and_rows_means_nothing(kind: Any, rows: Sequence[Row], data: Any) -> None:
    names = data.draw(st.permutations(sorted({name for row in rows for name in row})))
    mixed = data.draw(st.permutations(rows))
    cells = [
        (number, [str(row.get(name, "")) for name in names]) for number, row in enumerate(mixed, start=2)
    ]
    report = Report()
    lines = decode_rows(kind, Sheet("mixed.csv", False, names, cells), report)
    assert report.faults == []
    plain = [(2 + index, [str(row.get(name, "")) for name in names]) for index, row in enumerate(rows)]
    expected = decode_rows(kind, Sheet("plain.csv", False, names, plain), Report())
    assert sorted(map(repr, (line.row for line in lines))) == sorted(
        map(repr, (line.row for line in expected))
    )


@pytest.mark.parametrize("kind", ["contracts", "pay-terms"])
async def test_nested_kinds_come_as_json_alone(db: Any, kind: LoadKind) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_csv(kind, [{"provider": "hearth"}])
    assert "this kind is nested" in refused.value.faults[0].detail


async def test_two_loads_of_one_provider_at_once_make_one_version_each(
    db: Any, superuser: asyncpg.Connection
) -> None:
    import asyncio

    await load_county(until="carers")
    both = await asyncio.gather(*(load_csv("carers", CARERS) for _ in range(3)))
    assert sorted(loaded.new for loaded in both) == [0, 0, 2]
    assert await superuser.fetchval("SELECT count(*) FROM employment_version") == 2


async def test_packages_that_their_contract_does_not_price_are_told(db: Any) -> None:
    await load_county("packages")
    rates = [{**CONTRACT["rates"][0], "until": "2026-12-31"}, {**CONTRACT["rates"][0], "zone": "rural"}]
    await load_rows("contracts", [{**CONTRACT, "rates": rates}])
    first, second = PACKAGES
    outlives = "1 without an end while the contract has one: P2"
    assert (await load_rows("packages", PACKAGES)).notes == [outlives]
    unpriced = [{**first, "service": "cleaning"}, {**second, "zone": "moon"}]
    assert (await load_rows("packages", unpriced)).notes == [
        outlives,
        "2 that the contract does not price, so their visits are not billed: "
        "P1 (no rates for cleaning in zone urban from 2026-10-01 to 2027-01-31), "
        "P2 (no rates for home_care in zone moon from 2026-10-01 to 2027-03-31)",
    ]


async def test_days_that_no_version_holds_are_told(db: Any) -> None:
    await load_county("contracts")
    versions = [
        {**CONTRACT, "until": "2026-11-03"},
        {**CONTRACT, "from": "2026-11-05", "until": "2026-11-30"},
        {**CONTRACT, "from": "2026-12-01"},
    ]
    gap = (
        "1 with no version in force between two others, so that what is of those days waits: "
        "HC-01 2026-11-04 to 2026-11-04"
    )
    assert (await load_rows("contracts", versions)).notes == [gap]
    assert (await load_rows("contracts", versions[2:])).notes == [gap]
    closed = [{**CONTRACT, "from": "2026-11-04", "until": "2026-11-04"}]
    assert (await load_rows("contracts", closed)).notes == []
