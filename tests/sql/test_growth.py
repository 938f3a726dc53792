"""No page reads more as history grows, but for what was argued: a longer history takes nobody longer to look at."""

import pytest

from bench.history import ARGUED, argued, grown
from tests.console.desk import Desk


@pytest.mark.slow
@pytest.mark.thorough
async def test_no_page_reads_more_after_twice_the_time(busy: Desk) -> None:
    found = await grown(busy, 3, 6)
    more = {
        page: {table: rows for table, rows in tables.items() if argued(page, table) is None}
        for page, tables in found.items()
    }
    assert {page: tables for page, tables in more.items() if tables} == {}
    used = {
        (page.split(" ", 1)[1].partition("?")[0], table) for page, tables in found.items() for table in tables
    }
    assert set(ARGUED) <= used
