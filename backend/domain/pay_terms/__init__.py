"""Pay under an employer's terms: what is paid of working days. Pure; one rule for one day or a county's
month.

What the law counts is decided elsewhere (`working_day`); nothing here can change it.
Source: the terms agreed between employer and carer; docs/pay.md says in words what is computed here.
"""

from dataclasses import dataclass

import polars as pl

from backend.domain.pay_terms.items import items_of
from backend.domain.pay_terms.lines import hourly_lines, premium_lines, sleep_in_lines
from backend.domain.pay_terms.mileage import mileage_lines
from backend.domain.pay_terms.span import Span, placed
from backend.domain.pay_terms.terms import PaySheet, pay_sheet
from backend.domain.pay_terms.unpaid import unpaid_of

__all__ = ["PaidDays", "PaySheet", "Span", "mileage_lines", "pay", "pay_sheet", "placed"]


@dataclass(frozen=True, slots=True)
class PaidDays:
    """`lines`: `case kind work enhancement seconds rounding_seconds units rate amount rule`, pounds in
    millionths (`rate`) and whole pence (`amount`). `unpaid`: `case work rule seconds`.
    """

    lines: pl.DataFrame
    unpaid: pl.DataFrame


def pay(
    segments: pl.DataFrame,
    visits: pl.DataFrame,
    nights: pl.DataFrame,
    days: pl.DataFrame,
    sheet: PaySheet,
    span: Span = None,
) -> PaidDays:
    """Pay many working days under the terms of their case, or what of them lies in a span.

    `segments` (as `placed` in the span) and `visits` are frames of `working_day`; `nights` the sleep-ins as `day start
    end`; `days` says `day case`, so that one case may pay a month of days.
    """
    items = items_of(segments, visits, days, sheet, span)
    nightly = sleep_in_lines(segments, nights, days, sheet, span)
    lines = [hourly_lines(items), premium_lines(items, sheet), nightly]
    return PaidDays(pl.concat(lines, how="diagonal_relaxed"), unpaid_of(items, segments, days, sheet))
