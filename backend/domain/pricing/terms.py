"""Contracts as frames: the terms of many contract versions side by side, keyed by `contract`.

Pounds are held as whole millionths, percentages and multipliers as millionths too, and durations as whole
seconds, so that every price is exact until it is rounded once, at the end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from backend.domain.money import micropounds, millionths
from backend.domain.pricing.annual import dated_rates
from schemas.contract import Contract, Uplift
from schemas.scalars import WEEKDAYS

MILLION: Final = 1_000_000
BANK_HOLIDAY: Final = 1 << 7
EVERY_DAY: Final = (1 << 7) - 1

TERMS: Final = pl.Schema(
    {
        "contract": pl.Int64,
        "pay_basis": pl.String,
        "tolerance": pl.Int64,
        "cap_at_planned": pl.Boolean,
        "rounding_mode": pl.String,
        "rounding_step": pl.Int64,
        "rounding_rule": pl.String,
        "minimum": pl.Int64,
        "notice_hours": pl.Int64,
        "missed_percent": pl.Int64,
        "refused_percent": pl.Int64,
        "late_percent": pl.Int64,
        "suspended_percent": pl.Int64,
        "suspended_days": pl.Int64,
        "per_mile": pl.Int128,
    }
)
RATES: Final = pl.Schema(
    {
        "contract": pl.Int64,
        "rate": pl.Int64,
        "service": pl.String,
        "zone": pl.String,
        "rate_from": pl.Date,
        "rate_until": pl.Date,
        "hourly": pl.Int128,
        "rate_rule": pl.String,
    }
)
BANDS: Final = pl.Schema(
    {"contract": pl.Int64, "rate": pl.Int64, "payable_seconds": pl.Int64, "visit_price": pl.Int128}
)
UPLIFTS: Final = pl.Schema(
    {
        "contract": pl.Int64,
        "uplift_order": pl.Int64,
        "uplift": pl.String,
        "days": pl.Int64,
        "opens": pl.Int64,
        "closes": pl.Int64,
        "multiplier": pl.Int128,
        "per_hour": pl.Int128,
    }
)
HOLIDAYS: Final = pl.Schema({"contract": pl.Int64, "date": pl.Date, "bank_holiday": pl.Boolean})


@dataclass(frozen=True)
class Terms:
    """The terms of many contract versions; `contract` is the place of each in the list they came from."""

    terms: pl.DataFrame
    rates: pl.DataFrame
    bands: pl.DataFrame
    uplifts: pl.DataFrame
    holidays: pl.DataFrame


def terms_of(contracts: Sequence[tuple[Contract, Collection[date]]]) -> Terms:
    """Lay out contract versions, each with the bank holidays that hold for it, as frames keyed 0, 1, 2 and so
    on.
    """
    numbered = list(enumerate(contracts))
    return Terms(
        terms=_frame([_term(key, contract) for key, (contract, _) in numbered], TERMS),
        rates=_frame([row for key, (contract, _) in numbered for row in _rates(key, contract)], RATES),
        bands=_frame([row for key, (contract, _) in numbered for row in _bands(key, contract)], BANDS),
        uplifts=uplifts_of([contract.uplifts for contract, _ in contracts]),
        holidays=holidays_of([days for _, days in contracts]),
    )


def minutes_text(seconds: int) -> str:
    """Whole seconds as exact minutes for a rule id, such as 15 or 1.5."""
    return f"{(Decimal(seconds) / 60).normalize():f}"


def _frame(rows: list[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def _term(key: int, contract: Contract) -> tuple[Any, ...]:
    rounding = contract.rounding
    return (
        key,
        contract.pay_basis,
        contract.tolerance,
        contract.cap_at_planned,
        rounding.mode,
        rounding.step,
        f"round-{rounding.mode}-{minutes_text(rounding.step)}" if rounding.step else None,
        contract.minimum,
        contract.cancelled.notice_hours,
        millionths(contract.missed.percent, "per cent"),
        millionths(contract.refused.percent, "per cent"),
        millionths(contract.cancelled.percent_if_late, "per cent"),
        millionths(contract.suspended.percent, "per cent") if contract.suspended else 0,
        contract.suspended.days if contract.suspended else 0,
        micropounds(contract.mileage.per_mile) if contract.mileage else None,
    )


def _rates(key: int, contract: Contract) -> list[tuple[Any, ...]]:
    return [
        (
            key,
            order,
            dated.rate.service,
            dated.rate.zone,
            dated.rate.from_,
            dated.rate.until or date.max,
            micropounds(dated.rate.hourly),
            "annual-uplift" if dated.raised else None,
        )
        for order, dated in enumerate(dated_rates(contract))
    ]


def _bands(key: int, contract: Contract) -> list[tuple[Any, ...]]:
    return [
        (key, order, int(minutes * 60), micropounds(price))
        for order, dated in enumerate(dated_rates(contract))
        for minutes, price in dated.rate.visit_prices.items()
    ]


def uplifts_of(lists: Sequence[Sequence[Uplift]]) -> pl.DataFrame:
    """The uplifts of each contract as a frame UPLIFTS, `contract` being the place of their list."""
    rows = [row for key, uplifts in enumerate(lists) for row in _uplifts(key, uplifts)]
    return _frame(rows, UPLIFTS)


def holidays_of(sets: Sequence[Collection[date]]) -> pl.DataFrame:
    """The bank holidays of each contract as a frame HOLIDAYS, `contract` being the place of their set."""
    return _frame([(key, day, True) for key, days in enumerate(sets) for day in sorted(set(days))], HOLIDAYS)


def _uplifts(key: int, uplifts: Sequence[Uplift]) -> list[tuple[Any, ...]]:
    return [
        (
            key,
            order,
            uplift.name,
            _days(uplift),
            _clock_seconds(uplift.from_ or "00:00"),
            _clock_seconds(uplift.until or "24:00"),
            millionths(Decimal(1) if uplift.multiplier is None else uplift.multiplier, "times"),
            micropounds(uplift.per_hour or Decimal(0)),
        )
        for order, uplift in enumerate(uplifts)
    ]


def _days(uplift: Uplift) -> int:
    """A bit for each weekday from Monday, and one for bank holidays."""
    if uplift.days is None:
        return EVERY_DAY
    return sum(
        BANK_HOLIDAY if day == "bank_holiday" else 1 << WEEKDAYS.index(day) for day in set(uplift.days)
    )


def _clock_seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
