"""Bank holidays that are added, withdrawn and moved: what was loaded last of a day counts, from when it was loaded."""

from datetime import date, datetime, timedelta
from typing import Any

import asyncpg

from backend import clock
from backend.use_cases.known_bank_holidays import known_bank_holidays
from schemas.contract import Division
from tests.use_cases.loading.samples import Row, load_rows

USUAL, MOVED, JUBILEE = date(2027, 5, 3), date(2027, 5, 7), date(2027, 6, 1)


def row(day: date, withdrawn: bool = False, division: str = "england-and-wales") -> Row:
    return {"division": division, "date": day.isoformat(), "title": "Early May", "withdrawn": withdrawn}


async def loaded(*rows: Row) -> tuple[int, int, int]:
    counts = await load_rows("bank-holidays", list(rows))
    return counts.new, counts.changed, counts.unchanged


async def known(
    superuser: asyncpg.Connection, as_of: datetime | None = None, division: Division = "england"
) -> set[date]:
    found = await known_bank_holidays(superuser, as_of or clock.now() + timedelta(seconds=1), division)
    return found & {USUAL, MOVED, JUBILEE}


async def test_a_day_that_the_government_moved_is_withdrawn_and_the_other_added(
    db: Any, superuser: asyncpg.Connection
) -> None:
    before = clock.now()
    assert await loaded(row(USUAL, withdrawn=True), row(MOVED)) == (4, 0, 0)
    for division in ("england", "wales"):
        assert await known(superuser, division=division) == {MOVED}
    assert await known(superuser, division="scotland") == {USUAL}
    assert await known(superuser, as_of=before) == {USUAL}
    assert await loaded(row(USUAL, withdrawn=True), row(MOVED)) == (0, 0, 4)


async def test_what_was_loaded_last_of_a_day_counts_and_what_was_known_before_stays(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await loaded(row(JUBILEE))
    proclaimed = clock.now()
    assert await loaded(row(JUBILEE, withdrawn=True, division="wales")) == (0, 1, 0)
    assert await known(superuser, division="wales") == {USUAL}
    assert await known(superuser, division="england") == {USUAL, JUBILEE}
    assert await known(superuser, proclaimed, "wales") == {USUAL, JUBILEE}
    assert await loaded(row(JUBILEE, division="wales")) == (0, 1, 0)
    assert await known(superuser, division="wales") == {USUAL, JUBILEE}


async def test_one_file_may_name_a_day_for_both_countries_and_for_one_of_them(
    db: Any, superuser: asyncpg.Connection
) -> None:
    assert await loaded(row(JUBILEE), row(JUBILEE, withdrawn=True, division="wales")) == (2, 1, 0)
    assert await known(superuser, division="wales") == {USUAL}
    assert await known(superuser, division="england") == {USUAL, JUBILEE}
