"""Load bank holidays that the packaged calendar does not know, or knows wrongly: the same for every tenant."""

from collections.abc import Sequence
from datetime import date
from typing import Final, cast

from backend.sql import query
from backend.use_cases.bank_holidays import packaged
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import BANK_HOLIDAYS, Session
from backend.use_cases.loading.versions import Counts
from schemas.contract import Division
from schemas.loading import BankHolidayRow

_BOTH: Final[tuple[Division, ...]] = ("england", "wales")
_Held = dict[tuple[str, date], tuple[int, str, bool]]
"""The newest version of each day that was loaded: its number, its title, and whether it is withdrawn."""


async def store(session: Session, lines: Sequence[Line[BankHolidayRow]]) -> Counts:
    """Append a version of each day that is new or says something else. `england-and-wales` stands for both."""
    await session.lock(BANK_HOLIDAYS)
    records = await session.connection.fetch(query("loading.bank_holidays"))
    held: _Held = {(record["division"], record["day"]): tuple(record)[2:] for record in records}
    counts = Counts()
    told = [(line, division) for line in lines for division in _divisions(line.row)]
    for line, division in told:
        _refuse_unknown(session, line, division, held)
        day, said = line.row.date, (line.row.title, line.row.withdrawn)
        version, *before = held.get((division, day), (0,))
        if before == [*said]:
            counts.unchanged += 1
            continue
        counts.new += version == 0
        counts.changed += version > 0
        held[division, day] = (version + 1, *said)
        row = (division, day, version + 1, *said, session.now)
        await session.connection.execute(query("loading.put_bank_holiday"), *row)
    return counts


def _refuse_unknown(session: Session, line: Line[BankHolidayRow], division: Division, held: _Held) -> None:
    """Only a bank holiday can be withdrawn: another day would be a slip that nobody notices."""
    day = line.row.date
    if line.row.withdrawn and (division, day) not in held and day not in packaged(division):
        session.report.fault(line, "withdrawn", f"{day} is no bank holiday in {division}")


def _divisions(row: BankHolidayRow) -> tuple[Division, ...]:
    return _BOTH if row.division == "england-and-wales" else (cast(Division, row.division),)
