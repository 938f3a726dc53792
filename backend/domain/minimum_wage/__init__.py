"""The minimum wage test: pay that counts against hours that count, for many workers and periods at once."""

import polars as pl

from backend.domain.minimum_wage import verdict
from backend.domain.minimum_wage.bands import with_rates
from backend.domain.minimum_wage.frames import WageAnswers, WageFrames
from backend.domain.minimum_wage.hours import judged_work, totals
from backend.domain.minimum_wage.law import Law
from backend.domain.minimum_wage.reductions import accommodation, judged_adjustments
from backend.domain.minimum_wage.remuneration import judged_pay
from backend.domain.minimum_wage.units import TICKS_A_MICROSECOND, exact, hundredths_of_minute, pennies
from backend.domain.money import whole

__all__ = ["Law", "WageAnswers", "WageFrames", "test_wages"]


def test_wages(frames: WageFrames, law: Law) -> WageAnswers:
    """Test every case (SI 2015/621, reg 7): the remuneration of the period over its hours, against the rate.

    Each case must have a rate: given, or known to `law` on its first day. Frames out as described on WageAnswers.
    """
    cases = with_rates(frames.cases, law)
    cases = cases.join(accommodation(cases), on="case")
    work = judged_work(frames, law)
    pay = judged_pay(frames, law)
    adjustments = judged_adjustments(frames.adjustments, law)
    verdicts = verdict.judged(verdict.sums(cases, totals(work, frames.cases), pay, adjustments))
    return WageAnswers(
        cases=verdict.printable(verdicts),
        work=_printable_work(work),
        pay=_printable_pay(pay),
        adjustments=adjustments.with_columns(pennies(pl.col("change")).alias("amount")),
        standards=verdict.judged_standards(frames.standards, frames.standard_kinds, work, verdicts),
        warnings=_warnings(pay, verdicts),
    )


def _printable_work(work: pl.DataFrame) -> pl.DataFrame:
    minutes = hundredths_of_minute(exact("micros") * whole(TICKS_A_MICROSECOND)).alias("minutes")
    return work.sort("case", "line").select("case", "kind", minutes, "counted", "rule")


def _printable_pay(pay: pl.DataFrame) -> pl.DataFrame:
    names = {"amount": "worth", "placed": "placed", "counted": "counting", "premium": "premium"}
    money = [pennies(pl.col(column)).alias(name) for name, column in names.items()]
    return pay.select("case", "kind", *money, "rule")


def _warnings(pay: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    of_pay = pay.filter(pl.col("warning").is_not_null() & (pl.col("here") > 0)).select(
        "case", pl.col("warning").alias("code")
    )
    unknown = verdicts.filter(pl.col("due").is_null()).select(
        "case", pl.lit("rate_now_unknown").alias("code")
    )
    absent = verdicts.filter("over_absent").select("case", pl.lit("absence_exceeds_hours").alias("code"))
    return pl.concat([of_pay, unknown, absent]).unique().sort("case", "code")
