"""How far carers drove to visits, for contracts that pay mileage, and to which visits it is known otherwise by now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.pay_terms.mileage import hundredths
from backend.domain.time import london_midnight, runs_of_days
from backend.sql import query
from backend.use_cases.late_facts import late_facts
from backend.use_cases.worked_days import worked_days

_DAY: Final = timedelta(days=1)


async def driven_miles(
    connection: asyncpg.Connection, provider_id: UUID, days: Sequence[date], as_of: datetime
) -> pl.DataFrame:
    """How far carers went by car to visits that start on these London dates, in order, for any of their employments:
    `carer_id visit_id miles`, in hundredths of a mile.
    """
    there = [
        # A way that begins before midnight belongs to the day before.
        await _between(connection, provider_id, first - _DAY, last, as_of)
        for first, last in runs_of_days(days)
    ]
    return pl.concat(there).unique(["visit_id", "carer_id"], keep="first", maintain_order=True)


async def _between(
    connection: asyncpg.Connection, provider_id: UUID, first: date, last: date, as_of: datetime
) -> pl.DataFrame:
    days = await worked_days(connection, provider_id, first, last, as_of=as_of)
    drivers = [row["carer_id"] for row in days.employments.values() if row["mode"] == "car"]
    there = ~pl.col("at_home") & (pl.col("metres") > 0) & pl.col("carer").is_in(drivers)
    return days.gaps.filter(there).select(carer_id="carer", visit_id="to_visit", miles=hundredths())


async def driven_otherwise(
    connection: asyncpg.Connection,
    provider_id: UUID,
    contract_id: UUID,
    opens: date,
    since: datetime,
    as_of: datetime,
) -> list[UUID]:
    """Planned visits of a contract before the London date `opens` to which facts recorded after `since` and up to
    `as_of` give other miles: another stop before, a place approved or moved, a journey that an engine judges otherwise.
    """
    days = await _touched(connection, provider_id, opens, since, as_of)
    if not days:
        return []
    then, now = [await driven_miles(connection, provider_id, days, at) for at in (since, as_of)]
    both = then.join(now, on=["visit_id", "carer_id"], how="full", coalesce=True, suffix="_now")
    moved = both.filter(pl.col("miles").ne_missing(pl.col("miles_now")))["visit_id"].drop_nulls().unique()
    rows = await connection.fetch(
        query("invoices.planned_before"), provider_id, contract_id, moved.to_list(), london_midnight(opens)
    )
    return [row["visit_id"] for row in rows]


async def _touched(
    connection: asyncpg.Connection, provider_id: UUID, opens: date, since: datetime, as_of: datetime
) -> list[date]:
    """The London dates before `opens` on which ways may be others by now, in order."""
    dated = await connection.fetch(query("changes.touched"), provider_id, since, as_of)
    late = await late_facts(connection, provider_id, since, as_of)
    days = {row["day"] for row in dated} | late.days
    # A way over midnight leads to a visit of the next day.
    days |= {day + _DAY for day in days}
    if late.policy_from is not None:
        days |= {late.policy_from + number * _DAY for number in range((opens - late.policy_from).days)}
    return sorted(day for day in days if day < opens)
