"""The price of a line: its rate, the one uplift that gives the highest price, and one rounding to the penny.

A price before rounding is a whole number of 1 / (10**6 * 3600 * 10**6 * 10**8) pounds: millionths of a pound,
times seconds of an hour, times millionths of a multiplier, times millionths of a per cent. The bounds of
`schemas.price` (a million pounds, a multiplier of a thousand, a hundred carers, 62 days) keep twice that
under 2**127.
"""

from typing import Final

import polars as pl

from backend.domain.money import half_up_column, whole
from backend.domain.pricing.terms import BANK_HOLIDAY, MILLION, Terms
from backend.domain.time import LONDON_NAME

HOUR: Final = 3600
_UNITS_A_PENNY: Final = MILLION * HOUR * MILLION * MILLION
"""The unit above, in a penny: 10**8 / 100 is the last factor."""
_MICROS_A_PENNY: Final = 10_000


def with_rate(lines: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add the rate of the line's service and zone on its London date, and `rates_found`, how many there are.

    `hourly` and `visit_price` are null unless exactly one rate is found. The date is that of the planned
    start; of the actual start where nobody planned the visit.
    """
    dated = with_local_start(lines).with_row_index("line")
    found = (
        dated.select("line", "contract", "service", "zone", "date")
        .join(terms.rates, on=["contract", "service", "zone"])
        .filter(pl.col("date").is_between("rate_from", "rate_until"))
        .group_by("line")
        .agg(
            pl.col("rate", "hourly", "rate_rule").first(),
            rates_found=pl.len().cast(pl.Int64),
        )
    )
    single = found.with_columns(
        pl.when(pl.col("rates_found") == 1).then(pl.col("rate", "hourly", "rate_rule")),
    )
    return (
        dated.join(single, on="line", how="left", maintain_order="left")
        .join(terms.bands, on=["contract", "rate", "payable_seconds"], how="left", maintain_order="left")
        .with_columns(pl.col("rates_found").fill_null(0))
    )


def with_local_start(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the London `date`, `weekday` (1 to 7) and `second_of_day` of the planned start, or of the actual one
    where nobody planned.
    """
    local = pl.coalesce("planned_start", "actual_start").dt.convert_time_zone(LONDON_NAME)
    seconds = local.dt.hour().cast(pl.Int64) * HOUR + local.dt.minute().cast(pl.Int64) * 60
    return lines.with_columns(
        date=local.dt.date(),
        weekday=local.dt.weekday().cast(pl.Int64),
        second_of_day=seconds + local.dt.second(),
    )


def with_amount(lines: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add `unit`, `uplift` and `amount` (whole pence, half up). `amount` is null where there is no single
    rate.
    """
    priced = lines.with_columns(base=_base(), unit=_unit())
    uplifted = priced.join(
        best_uplifts(priced, terms.uplifts, terms.holidays), on="line", how="left", maintain_order="left"
    )
    charged = pl.coalesce("uplifted", pl.col("base") * whole(MILLION)) * pl.col("carers").cast(pl.Int128)
    exact = charged * pl.col("percent").cast(pl.Int128)
    pence = half_up_column(exact, whole(_UNITS_A_PENNY))
    due = pl.when(nothing_due()).then(whole(0)).otherwise(pence)
    return uplifted.with_columns(amount=due.cast(pl.Int64))


def with_mileage(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `mileage` (whole pence, rounded by itself) and its rule, and put it on the `amount`, of visits made under a
    contract that pays it; `miles` are null on other lines.
    """
    paid = pl.col("per_mile").is_not_null() & (pl.col("outcome") == "made")
    miles = pl.when(paid).then(pl.col("miles").fill_null(0))
    exact = pl.col("miles").cast(pl.Int128) * pl.col("per_mile")
    pence = half_up_column(exact, whole(_MICROS_A_PENNY * 100)).cast(pl.Int64)
    return (
        lines.with_columns(miles=miles)
        .with_columns(mileage=pl.when(paid).then(pence))
        .with_columns(
            amount=pl.col("amount") + pl.col("mileage").fill_null(0),
            mileage_rule=pl.when(pl.col("miles") > 0).then(pl.lit("contract-mileage")),
        )
    )


def nothing_due() -> pl.Expr:
    """Lines that are 0.00 whatever the rate: at no per cent, or of a visit nobody planned and nobody made."""
    return (pl.col("percent") == 0) | ((pl.col("outcome") != "made") & (pl.col("payable_seconds") == 0))


def _base() -> pl.Expr:
    by_hour = pl.col("hourly") * pl.col("payable_seconds").cast(pl.Int128)
    return pl.coalesce(pl.col("visit_price") * whole(HOUR), by_hour)


def _unit() -> pl.Expr:
    return (
        pl.when(pl.col("visit_price").is_not_null())
        .then(pl.lit("visit_price"))
        .when(pl.col("hourly").is_not_null())
        .then(pl.lit("hourly"))
    )


def best_uplifts(lines: pl.DataFrame, uplifts: pl.DataFrame, holidays: pl.DataFrame) -> pl.DataFrame:
    """For each line that an uplift fits: `uplift`, the name of the one that gives the highest price (of
    equals, the first listed), and `uplifted`, that price. Takes frames UPLIFTS and HOLIDAYS, and lines with
    `line contract base payable_seconds` and what `with_local_start` adds.
    """
    times = lines.select("line", "contract", "date", "weekday", "second_of_day", "base", "payable_seconds")
    days = times.join(holidays, on=["contract", "date"], how="left").with_columns(
        day=_weekday_bit() + pl.when("bank_holiday").then(BANK_HOLIDAY).otherwise(0)
    )
    offered = days.join(uplifts, on="contract").filter(((pl.col("day") & pl.col("days")) != 0) & _in_window())
    added = pl.col("per_hour") * pl.col("payable_seconds").cast(pl.Int128) * whole(MILLION)
    return (
        offered.with_columns(uplifted=pl.col("base") * pl.col("multiplier") + added)
        .filter(pl.col("uplifted").is_not_null())
        .sort(["line", "uplifted", "uplift_order"], descending=[False, True, False])
        .unique("line", keep="first", maintain_order=True)
        .select("line", "uplift", "uplifted")
    )


def _weekday_bit() -> pl.Expr:
    return pl.lit(2, pl.Int64).pow(pl.col("weekday") - 1)


def _in_window() -> pl.Expr:
    """Half-open; a window that opens later than it closes runs over midnight."""
    now, opens, closes = pl.col("second_of_day"), pl.col("opens"), pl.col("closes")
    after, before = now >= opens, now < closes
    return pl.when(opens < closes).then(after & before).otherwise(after | before)
