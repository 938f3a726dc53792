"""A million lines at once through the columns, and a sample of them worked out by hand one by one."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest

from backend.domain import minimum_wage
from backend.domain.minimum_wage import WageAnswers, WageFrames, frames
from backend.statute.wage_law import wage_law
from tests.wage_by_hand import result_of

pytestmark = pytest.mark.slow
CASES = 50_000
WORK_LINES, PAY_LINES, TAKEN_LINES = 10, 8, 2
SAMPLE = 300
START = date(2026, 3, 1)
LAST_DAYS = (date(2026, 3, 31), date(2026, 3, 7), date(2026, 3, 14), date(2026, 3, 28))
RATES = (10_000_000, 12_000_000, 12_710_000, 13_333_333, 19_065_000)
WORK_KINDS = ("contact", "travel", "waiting", "sleep_in", "absence", "unresolved", "awake", "training")
TAKEN = {
    "uniform": "deduction",
    "tax": "deduction",
    "deposit_refund": "deduction",
    "phone": "expenditure",
    "personal": "expenditure",
}


def test_a_million_lines_come_out_as_each_case_by_hand() -> None:
    county, answer = worked_out()
    lines = sum(frame.height for frame in (county.work, county.pay, county.adjustments))
    assert lines == 1_000_000
    assert answer.cases["case"].to_list() == list(range(CASES))
    assert (answer.work.height, answer.pay.height) == (county.work.height, county.pay.height)
    verdicts = answer.cases["compliant"].value_counts()
    assert verdicts.height == 2 and verdicts["count"].min() > CASES // 50
    chosen = sorted(Random(20261122).sample(range(CASES), SAMPLE))
    assert told(answer, chosen) == [by_hand(case) for case in read_back(county, chosen)]


def test_the_pay_of_all_lines_is_the_pay_of_all_cases() -> None:
    """Each line is rounded to the penny on its own, so a case may differ from its lines by half a penny a line."""
    _, answer = worked_out()
    by_line = answer.pay.group_by("case").agg(pl.col("placed").sum().alias("lines"))
    apart = answer.cases.join(by_line, on="case").select((pl.col("lines") - pl.col("total")).abs().alias("n"))
    assert apart["n"].max() <= (PAY_LINES + 1) // 2


@cache
def worked_out() -> tuple[WageFrames, WageAnswers]:
    county = made_up()
    return county, minimum_wage.test_wages(county, wage_law())


def made_up() -> WageFrames:
    """Cases of one month, one week, two or four, in pseudo-random columns that are the same each time."""
    cases = keyed(CASES, 1).select(
        "case",
        pl.lit(START).alias("start"),
        pick(pl.Series(LAST_DAYS), 1).alias("end"),
        pl.lit("time").alias("work_type"),
        pick(pl.Series(RATES), 2).alias("given_hourly"),
        pick(pl.Series(RATES), 3).alias("given_now"),
        pl.lit(date(2026, 11, 22)).alias("as_of"),
    )
    return WageFrames(
        cases=fitted(cases, frames.CASES),
        work=fitted(_work(), frames.WORK),
        pay=fitted(_pay(), frames.PAY),
        contract_rates=pl.DataFrame(schema=frames.CONTRACT_RATES),
        adjustments=fitted(_taken(), frames.ADJUSTMENTS),
        standards=pl.DataFrame(schema=frames.STANDARDS),
        standard_kinds=pl.DataFrame(schema=frames.STANDARD_KINDS),
        holidays=pl.DataFrame(schema=frames.HOLIDAYS),
    )


def _work() -> pl.DataFrame:
    return keyed(CASES, WORK_LINES).with_columns(
        pick(pl.Series(WORK_KINDS), 11).alias("kind"), (chance(12, 14_400) * 1_000_000).alias("micros")
    )


def _pay() -> pl.DataFrame:
    """Hourly pay at several rates, piece work and salaries; some paid late or earned over several periods."""
    kind, dated = pick(pl.Series(["hourly", "hourly", "salary", "piece", "tips"]), 21), chance(26, 4)
    first = pl.lit(START) + pl.duration(days=chance(27, 120) - 60)
    return (
        keyed(CASES, PAY_LINES)
        .with_columns(kind.alias("kind"))
        .with_columns(
            pl.when(pl.col("kind").is_in(["salary", "tips"]))
            .then(chance(22, 30_000) * 10_000)
            .alias("amount"),
            pl.when(pl.col("kind") == "hourly").then(chance(23, 20_000) * 1_000_000).alias("micros"),
            pl.when(pl.col("kind").is_in(["hourly", "piece"])).then(pick(pl.Series(RATES), 24)).alias("rate"),
            pl.when(pl.col("kind") == "piece").then(chance(25, 20) * 500_000).alias("units"),
            pl.when(pl.col("kind") == "piece").then(pick(pl.Series(RATES), 29)).alias("normal_rate"),
            pl.when(chance(30, 3) == 0).then(pl.lit("office")).alias("duties"),
            pl.when(dated == 0).then(first + pl.duration(days=chance(28, 80))).alias("paid_on"),
            pl.when(dated == 0).then(first).alias("earned_start"),
            pl.when(dated == 0).then(first + pl.duration(days=chance(31, 50))).alias("earned_end"),
        )
    )


def _taken() -> pl.DataFrame:
    kinds = pl.Series(list(TAKEN))
    return (
        keyed(CASES, TAKEN_LINES)
        .with_columns(pick(kinds, 41).alias("kind"))
        .with_columns(
            pl.col("kind").replace_strict(TAKEN).alias("section"),
            (chance(42, 2_000) * 10_000).alias("amount"),
            pl.when(pl.col("kind").is_in(["phone", "personal"]))
            .then(chance(43, 2_000) * 10_000)
            .otherwise(0)
            .alias("reimbursed"),
        )
    )


def keyed(cases: int, lines: int) -> pl.DataFrame:
    row = pl.int_range(cases * lines, dtype=pl.Int64)
    return pl.select((row // lines).alias("case"), (row % lines).alias("line"), row.alias("row"))


def chance(salt: int, below: int) -> pl.Expr:
    """Whole numbers from 0 that look random and depend on the row alone: two rounds of a multiplicative mix."""
    mixed = ((pl.col("row") + 1) * 2_654_435_761 + salt * 40_503) % 4_294_967_291
    return (mixed * 2_246_822_519 // 65_536) % 1_000_003 % below


def pick(values: pl.Series, salt: int) -> pl.Expr:
    return pl.lit(values).gather(chance(salt, len(values)))


def fitted(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    absent = [pl.lit(None).alias(name) for name in schema if name not in frame.columns]
    return frame.with_columns(absent).select(schema.names()).cast(dict(schema))


def told(answer: WageAnswers, chosen: list[int]) -> list[tuple[Any, ...]]:
    names = ("compliant", "total", "premium", "nmw_pay", "required", "shortfall", "due", "hourly_equivalent")
    found = answer.cases.filter(pl.col("case").is_in(chosen)).select(names)
    return [tuple(row) for row in found.iter_rows()]


def by_hand(case: dict[str, Any]) -> tuple[Any, ...]:
    exact = result_of(case)
    names = ("total_remuneration", "premium_excluded", "nmw_pay", "required")
    owed = tuple(max(pennies(exact[name]), int(exact[name] > 0)) for name in ("shortfall", "due"))
    each_hour = exact["hourly_equivalent"]
    shown = None if each_hour is None else pennies(each_hour)
    return (exact["compliant"], *(pennies(exact[name]) for name in names), *owed, shown)


def pennies(value: Fraction) -> int:
    size = int((abs(value) * 200 + 1) // 2)
    return size if value >= 0 else -size


def read_back(county: WageFrames, chosen: list[int]) -> list[dict[str, Any]]:
    """The chosen cases as calc wage would be given them."""
    parts = {name: rows_of(getattr(county, name), chosen) for name in ("cases", "work", "pay", "adjustments")}
    return [
        {
            "period": {"start": case["start"].isoformat(), "end": case["end"].isoformat()},
            "rates": {"hourly": money(case["given_hourly"]), "hourly_now": money(case["given_now"])},
            "work": [{"kind": row["kind"], "seconds": row["micros"] // 10**6} for row in parts["work"][key]],
            "pay": [_pay_line(row) for row in parts["pay"][key]],
            "deductions": [
                _taken_line(row) for row in parts["adjustments"][key] if row["section"] == "deduction"
            ],
            "expenditure": [
                _taken_line(row) for row in parts["adjustments"][key] if row["section"] == "expenditure"
            ],
        }
        for key in chosen
        for case in parts["cases"][key]
    ]


def rows_of(frame: pl.DataFrame, chosen: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in chosen}
    for row in frame.filter(pl.col("case").is_in(chosen)).iter_rows(named=True):
        found[row["case"]].append(row)
    return found


def _pay_line(row: dict[str, Any]) -> dict[str, Any]:
    line = {name: money(row[name]) for name in ("amount", "rate", "units", "normal_rate")}
    line |= {"kind": row["kind"], "duties": row["duties"]}
    line["seconds"] = None if row["micros"] is None else row["micros"] // 10**6
    if row["paid_on"] is not None:
        ends = {"start": row["earned_start"], "end": row["earned_end"]}
        line |= {
            "paid_on": row["paid_on"].isoformat(),
            "earned": {name: day.isoformat() for name, day in ends.items()},
        }
    return {name: value for name, value in line.items() if value is not None}


def _taken_line(row: dict[str, Any]) -> dict[str, Any]:
    return {"kind": row["kind"], "amount": money(row["amount"]), "reimbursed": money(row["reimbursed"])}


def money(micro: int | None) -> str | None:
    return None if micro is None else f"{Decimal(micro).scaleb(-6):f}"
