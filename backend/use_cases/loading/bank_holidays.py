"""Load bank holidays that the packaged calendar does not know: the same for every tenant."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from backend.sql import query
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts
from schemas.loading import BankHolidayRow

_BOTH: Final = "england-and-wales"


async def store(session: Session, lines: Sequence[Line[BankHolidayRow]]) -> Counts:
    """Insert new days and set changed titles. `england-and-wales` stands for both."""
    rows = [row for line in lines for row in _rows(line.row)]
    await session.lock("bank holidays")
    records = await session.connection.fetch(query("loading.bank_holidays"))
    held: dict[tuple[str, date], str] = {
        (record["division"], record["day"]): record["title"] for record in records
    }
    counts = Counts()
    for division, day, title in rows:
        before = held.get((division, day))
        if before == title:
            counts.unchanged += 1
            continue
        counts.new += before is None
        counts.changed += before is not None
        await session.connection.execute(query("loading.put_bank_holiday"), division, day, title, session.now)
    return counts


def _rows(row: BankHolidayRow) -> Iterator[tuple[str, date, str]]:
    for division in ("england", "wales") if row.division == _BOTH else (row.division,):
        yield division, row.date, row.title
