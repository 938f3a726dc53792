"""The bank holidays a document goes by: the packaged calendar, with the days added to it and withdrawn since."""

from datetime import date, datetime

import asyncpg

from backend.sql import query
from backend.use_cases.bank_holidays import bank_holidays
from schemas.contract import Division


async def known_bank_holidays(
    connection: asyncpg.Connection, as_of: datetime, division: Division = "england"
) -> frozenset[date]:
    """Bank holidays as known at `as_of`: what was loaded last of a day counts."""
    rows = await connection.fetch(query("policy.bank_holidays"), division, as_of)
    added, removed = (
        [row["day"] for row in rows if row["withdrawn"] is withdrawn] for withdrawn in (False, True)
    )
    return bank_holidays(division, added, removed)
