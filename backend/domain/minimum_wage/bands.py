"""Which hourly rate applies: the one in force on the first day of the period, for age and apprenticeship on that day.

The first period of a worker begins with the employment (HMRC NMWM09020).

National Minimum Wage Regulations 2015 (SI 2015/621), regs 4, 4A and 5; arrears: National Minimum Wage Act 1998, s.17.
"""

import polars as pl

from backend.domain.minimum_wage.law import Law


def with_rates(cases: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Adds band, statute, hourly, hourly_now and offset to the cases.

    `hourly_now` is the rate on `as_of` for the age and apprenticeship of the period's first day, null where unknown.
    The caller has refused cases whose first day has no rate.
    """
    dated = cases.with_columns(pl.max_horizontal("start", "started_on").alias("first_day"))
    people = dated.with_columns(_age().alias("age"), _is_apprentice().alias("apprentice"))
    then = _statutory(people, "first_day", law).select(
        "case", "band", "statute", pl.col("hourly").alias("table_hourly")
    )
    now = _statutory(people, "as_of", law).select("case", pl.col("hourly").alias("table_now"))
    return (
        people.join(then, on="case", how="left")
        .join(now, on="case", how="left")
        .join(_offsets(dated, law), on="case", how="left")
        .with_columns(_chosen())
    )


def _chosen() -> list[pl.Expr]:
    given = pl.col("given_hourly").is_not_null()
    return [
        pl.when(given).then(pl.lit("override")).otherwise("band").alias("band"),
        pl.when(given).then(None).otherwise("statute").alias("statute"),
        pl.coalesce("given_hourly", "table_hourly").alias("hourly"),
        # a what-if rate with no rate of today is taken to be today's rate as well
        pl.coalesce("given_now", "given_hourly", "table_now").alias("hourly_now"),
        pl.coalesce("given_offset", "table_offset").alias("offset"),
    ]


def _years_between(earlier: str, later: str) -> pl.Expr:
    """Whole years; one who was born on 29 February is a year older on 1 March of a year without that day."""
    first, last = pl.col(earlier), pl.col(later)
    before = (last.dt.month() < first.dt.month()) | (
        (last.dt.month() == first.dt.month()) & (last.dt.day() < first.dt.day())
    )
    return (last.dt.year() - first.dt.year()).cast(pl.Int64) - before.cast(pl.Int64)


def _age() -> pl.Expr:
    return _years_between("born", "first_day")


def _is_apprentice() -> pl.Expr:
    """Reg 5: under 19, or in the first twelve months of the apprenticeship. The last day still belongs to it."""
    started = pl.col("apprentice_from") <= pl.col("first_day")
    ended = pl.col("apprentice_until") < pl.col("first_day")
    young = _age() < 19
    new = _years_between("apprentice_from", "first_day") < 1
    return (started & ~ended.fill_null(False) & (young | new)).fill_null(False)


def _statutory(people: pl.DataFrame, on: str, law: Law) -> pl.DataFrame:
    """The table's row for each case on the date in column `on`; no row where no rate is known."""
    intervals = law.rates.select("statute", "since", "until").unique().sort("since")
    return (
        people.select("case", "age", "apprentice", pl.col(on).alias("day"))
        .sort("day")
        .join_asof(intervals, left_on="day", right_on="since", strategy="backward")
        .filter(pl.col("day") <= pl.col("until"))
        .join(law.rates.drop("since", "until"), on=["statute", "apprentice"])
        .filter(pl.col("apprentice") | pl.col("age").is_between("from_age", "below_age", closed="left"))
    )


def _offsets(cases: pl.DataFrame, law: Law) -> pl.DataFrame:
    return (
        cases.select("case", "first_day")
        .sort("first_day")
        .join_asof(law.offsets.sort("since"), left_on="first_day", right_on="since", strategy="backward")
        .filter(pl.col("first_day") <= pl.col("until"))
        .select("case", pl.col("daily").alias("table_offset"))
    )
