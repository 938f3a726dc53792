"""What goes into the test and what comes out: frames for many cases at once, keyed by `case`, lines by `line`."""

from dataclasses import dataclass
from typing import Final

import polars as pl

_KEY: Final = {"case": pl.Int64, "line": pl.Int64}

CASES: Final = pl.Schema(
    {"case": pl.Int64, "start": pl.Date, "end": pl.Date, "monthly_from": pl.Int64, "work_type": pl.String,
     "born": pl.Date, "apprentice_from": pl.Date, "apprentice_until": pl.Date, "given_hourly": pl.Int64,
     "given_now": pl.Int64, "given_offset": pl.Int64, "as_of": pl.Date, "started_on": pl.Date,
     "ended_on": pl.Date, "basic_hours": pl.Int64, "pay_periods": pl.Int64, "employed_days": pl.Int64,
     "housed_days": pl.Int64, "charge": pl.Int64, "charge_for": pl.String}
)  # fmt: skip
"""Rates and charges in millionths of a pound, `basic_hours` in millionths of an hour a year, days inclusive.

`monthly_from` is as in schemas.wage.Period, `employed_days` as in schemas.salaried.Salaried. `charge_for` is days, day
or month. A `given_` value replaces the statute's.
"""
WORK: Final = pl.Schema({**_KEY, "kind": pl.String, "micros": pl.Int64, "pay": pl.String})
PAY: Final = pl.Schema(
    {**_KEY, "kind": pl.String, "amount": pl.Int64, "micros": pl.Int64, "rate": pl.Int64, "units": pl.Int64,
     "normal_rate": pl.Int64, "duties": pl.String, "consolidated": pl.Boolean, "absence_taken": pl.Boolean,
     "paid_on": pl.Date, "earned_start": pl.Date, "earned_end": pl.Date, "record_on": pl.Date}
)  # fmt: skip
"""`micros` are microseconds; money and units in millionths."""
CONTRACT_RATES: Final = pl.Schema({"case": pl.Int64, "duties": pl.String, "rate": pl.Int64})
ADJUSTMENTS: Final = pl.Schema(
    {**_KEY, "section": pl.String, "kind": pl.String, "amount": pl.Int64, "reimbursed": pl.Int64}
)
STANDARDS: Final = pl.Schema({**_KEY, "hourly": pl.Int64})
STANDARD_KINDS: Final = pl.Schema({**_KEY, "kind": pl.String})
HOLIDAYS: Final = pl.Schema({"case": pl.Int64, "day": pl.Date})


@dataclass(frozen=True, slots=True)
class WageFrames:
    """The cases: one row each in `cases`, and their lines. Schemas as above."""

    cases: pl.DataFrame
    work: pl.DataFrame
    pay: pl.DataFrame
    contract_rates: pl.DataFrame
    adjustments: pl.DataFrame
    standards: pl.DataFrame
    standard_kinds: pl.DataFrame
    holidays: pl.DataFrame


@dataclass(frozen=True, slots=True)
class WageAnswers:
    """The answers. Money in whole pennies, time in hundredths of a minute, rates in millionths of a pound.

    cases: one row a case, in order of `case`; its `exact_` columns in grains. work, pay, adjustments, standards: one
    row a line, in order, each with its `rule`. warnings: `case`, `code`.
    """

    cases: pl.DataFrame
    work: pl.DataFrame
    pay: pl.DataFrame
    adjustments: pl.DataFrame
    standards: pl.DataFrame
    warnings: pl.DataFrame
