"""Pay terms as frames: those of many cases side by side, keyed by `case`. Pounds are whole millionths."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from backend.domain.money import micropounds
from backend.domain.pricing.terms import holidays_of, uplifts_of
from schemas.pay import HOURLY_WORK, PayTerms

TERMS: Final = pl.Schema(
    {
        "case": pl.Int64(),
        "contact_basis": pl.String(),
        "gap_limit": pl.Int64(),
        "rounding_mode": pl.String(),
        "rounding_step": pl.Int64(),
        "sleep_in_flat": pl.Int128(),
    }
)
RATES: Final = pl.Schema({"case": pl.Int64(), "work": pl.String(), "hourly": pl.Int128()})
MILEAGE: Final = pl.Schema({"case": pl.Int64(), "mode": pl.String(), "per_mile": pl.Int128()})


@dataclass(frozen=True, slots=True)
class PaySheet:
    """The terms of many cases: frames TERMS, RATES and MILEAGE, and the enhancements and bank holidays of
    each.
    """

    terms: pl.DataFrame
    rates: pl.DataFrame
    mileage: pl.DataFrame
    uplifts: pl.DataFrame
    holidays: pl.DataFrame


def pay_sheet(agreed: Sequence[tuple[PayTerms, Collection[date]]]) -> PaySheet:
    """Lay out terms, each with the bank holidays that hold for it, as frames keyed 0, 1, 2 and so on."""
    numbered = [(case, terms) for case, (terms, _) in enumerate(agreed)]
    return PaySheet(
        terms=pl.DataFrame([_term(case, terms) for case, terms in numbered], TERMS, orient="row"),
        rates=pl.DataFrame(
            [row for case, terms in numbered for row in _rates(case, terms)], RATES, orient="row"
        ),
        mileage=pl.DataFrame(
            [row for case, terms in numbered for row in _mileage(case, terms)], MILEAGE, orient="row"
        ),
        uplifts=uplifts_of([terms.enhancements for terms, _ in agreed]),
        holidays=holidays_of([days for _, days in agreed]),
    )


def _term(case: int, terms: PayTerms) -> tuple[Any, ...]:
    limit, flat = terms.paid_gap_limit_minutes, terms.rates.sleep_in_flat
    return (
        case,
        terms.contact_basis,
        None if limit is None else int(limit * 60),
        terms.rounding.mode,
        terms.rounding.step,
        None if flat is None else micropounds(flat),
    )


def _rates(case: int, terms: PayTerms) -> list[tuple[Any, ...]]:
    hourly = [(work, terms.rates.hourly(work)) for work in HOURLY_WORK]
    return [(case, work, micropounds(rate)) for work, rate in hourly if rate is not None]


def _mileage(case: int, terms: PayTerms) -> list[tuple[Any, ...]]:
    return [(case, mode, micropounds(rate)) for mode, rate in terms.mileage_per_mile.paid().items()]
