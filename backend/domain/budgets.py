"""Spending against budgets: what documents ask, what is not billed yet, and what is commissioned until the year ends.

Pure and columnar. A month is that of a London date. Amounts are before tax. Forecasts are fractions of pennies until
they are rounded once, in each budget's month: so the months add up to the year.
"""

from datetime import date
from typing import Final

import polars as pl

from backend.domain.funding import WHOLE
from backend.domain.money import half_up_column, whole
from backend.domain.pricing import ATTENDANCES, VISITS, Terms, price
from backend.domain.time import LONDON_NAME

SPENT: Final = "spent"
UNBILLED: Final = "unbilled"
FORECAST: Final = "forecast"
KINDS: Final = (SPENT, UNBILLED, FORECAST)
MILLION: Final = 1_000_000
A_PENNY: Final = 7 * MILLION * WHOLE
"""Units of an amount in a penny: days of a week, millionths of a visit, millionths of a per cent."""
NOON: Final = 12

BUDGETS: Final = pl.Schema(
    {
        "budget": pl.Int64(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "provider": pl.String(),
        "contract": pl.String(),
        "service": pl.String(),
    }
)
"""What each budget is for; null: any."""
AMOUNTS: Final = pl.Schema(
    {
        "kind": pl.String(),
        "provider": pl.String(),
        "contract": pl.String(),
        "service": pl.String(),
        "day": pl.Date(),
        "units": pl.Int128(),
    }
)
"""An amount of one of KINDS on a London date, in units of which a penny has A_PENNY. `service` null: of several."""
COMMISSIONED: Final = pl.Schema(
    {
        "package": pl.Int64(),
        "contract": pl.String(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "service": pl.String(),
        "zone": pl.String(),
        "carers": pl.Int64(),
        "visit_seconds": pl.Int64(),
        "weekly": pl.Int64(),
        "percent": pl.Int64(),
    }
)
"""A version of a package: `weekly` millionths of visits of `visit_seconds` in a week; `percent`, in millionths, is the
reader's share, null where the contract says it.
"""
VERSIONS: Final = pl.Schema(
    {
        "version": pl.Int64(),
        "contract": pl.String(),
        "provider": pl.String(),
        "first": pl.Date(),
        "last": pl.Date(),
        "share": pl.Int64(),
    }
)
"""A version of a contract, numbered as its terms are, on London dates, which no other of it has; `share` as `percent`
above.
"""


def against(budgets: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """Rows `budget month kind pence`: what counts against each budget. An amount can count against several."""
    pairs = budgets.join(amounts, how="cross", suffix="_of")
    fits = [
        (pl.col(name).is_null() | (pl.col(name) == pl.col(f"{name}_of")))
        for name in ("provider", "contract", "service")
    ]
    inside = pl.col("day").is_between("starts_on", "ends_on")
    return (
        pairs.filter(*fits, inside)
        .group_by("budget", "kind", month=pl.col("day").dt.month_start())
        .agg(pl.col("units").sum())
        .select(
            "budget", "month", "kind", pence=half_up_column(pl.col("units"), whole(A_PENNY)).cast(pl.Int64)
        )
        .sort("budget", "month", "kind")
    )


def forecast(
    packages: pl.DataFrame, versions: pl.DataFrame, terms: Terms, first: date, last: date
) -> tuple[pl.DataFrame, int]:
    """AMOUNTS of what is commissioned on London dates `first` to `last`, a seventh of a week a day, and how many days
    of packages have no price.

    Each day is priced as a visit at noon, of the length that the package makes usual, delivered as planned: a
    contract's prices by visit, its annual uplifts and those of whole days count, those of hours do not.
    """
    days = _days(packages, versions, first, last)
    priced = price(_visits(days), pl.DataFrame(schema=ATTENDANCES), terms).lines.select("visit", "amount")
    known = days.join(priced, on="visit", how="left")
    share = pl.coalesce("percent", "share")
    amounts = known.filter(pl.col("amount").is_not_null()).select(
        "provider", "contract", "service", "day",
        kind=pl.lit(FORECAST),
        units=pl.col("amount").cast(pl.Int128) * pl.col("weekly") * share,
    )  # fmt: skip
    return amounts.select(AMOUNTS.keys()).cast(AMOUNTS), known["amount"].null_count()


def _days(packages: pl.DataFrame, versions: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Every day of every package on which it is in force, with the version of its contract: null where none holds."""
    opens = pl.max_horizontal("starts_on", pl.lit(first))
    closes = pl.min_horizontal(pl.coalesce("ends_on", pl.lit(last)), pl.lit(last))
    dated = (
        packages.with_columns(opens=opens, closes=closes)
        .with_columns(day=pl.date_ranges("opens", "closes"))
        .explode("day", empty_as_null=False)
        .with_row_index("row")
    )
    held = (
        dated.select("row", "contract", "day")
        .join(versions, on="contract")
        .filter(pl.col("first") <= pl.col("day"), pl.col("day") <= pl.coalesce("last", pl.date(9999, 12, 31)))
        .select("row", "version", "provider", "share")
    )
    return dated.join(held, on="row", how="left", maintain_order="left").with_columns(
        visit=pl.col("row").cast(pl.String)
    )


def _visits(days: pl.DataFrame) -> pl.DataFrame:
    noon = pl.col("day").cast(pl.Datetime("us")).dt.offset_by(f"{NOON}h").dt.replace_time_zone(LONDON_NAME)
    start = noon.dt.convert_time_zone("UTC")
    end = start + pl.duration(seconds=pl.col("visit_seconds"))
    rows = days.filter(pl.col("version").is_not_null()).with_columns(
        contract=pl.col("version"), status=pl.lit("completed"), by_attendance=pl.lit(False), planned_start=start,
        planned_end=end, actual_start=start, actual_end=end,
    )  # fmt: skip
    nothing = [pl.lit(None).alias(name) for name in VISITS if name not in rows.columns]
    return rows.with_columns(nothing).select(VISITS.keys()).cast(VISITS)
