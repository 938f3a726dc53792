"""The bank holidays a document goes by: the packaged calendar, and the days that were added to it since."""

from datetime import date, datetime

import asyncpg

from backend.sql import query
from backend.use_cases.bank_holidays import bank_holidays
from schemas.contract import Division


async def known_bank_holidays(
    connection: asyncpg.Connection, as_of: datetime, division: Division = "england"
) -> frozenset[date]:
    """Bank holidays as known at `as_of`."""
    rows = await connection.fetch(query("policy.bank_holidays"), division, as_of)
    return bank_holidays(division, added=[row["day"] for row in rows])
