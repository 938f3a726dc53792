"""Miles of a tax year before a period, of the carers who may be near the distance beyond which less is approved."""

from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.mileage_risk import hundredths_of_a_mile, tax_year_start
from backend.domain.policy import Policy
from backend.domain.time import london_midnight
from backend.sql import query
from backend.use_cases.worked_days import CarersDays, worked_days


async def miles_before(
    connection: asyncpg.Connection, provider_id: UUID, start: date, as_of: datetime, policy: Policy
) -> dict[str, int]:
    """Hundredths of a mile by employment, from 6 April to the day before `start`.

    Only of carers with at least as many earlier visits as the policy says: to work out a year of everybody's days for a
    figure that fewer visits cannot change would not be worth it.
    """
    year = tax_year_start(start)
    since, until = london_midnight(year), london_midnight(start)
    rows = await connection.fetch(
        query("wages.visits_before"), provider_id, since, until, as_of, policy.mileage_lookback_visits
    )
    found: dict[str, int] = {}
    for row in rows:
        days = await worked_days(
            connection, provider_id, year, start - timedelta(days=1), as_of=as_of, carer_id=row["carer_id"]
        )
        metres = journeys_of(days).group_by("employment_id").agg(pl.col("metres").sum())
        found.update(
            (each["employment_id"], hundredths_of_a_mile(each["metres"])) for each in metres.to_dicts()
        )
    return found


def journeys_of(days: CarersDays) -> pl.DataFrame:
    """The ways between stops that are no commute: rows `employment_id date metres source`."""
    travelled = ~pl.col("at_home") & (pl.col("metres") > 0) & pl.col("employment_id").is_not_null()
    return days.gaps.filter(travelled).select("employment_id", "date", "metres", "source")
