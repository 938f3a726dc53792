"""Whether a worker's pay meets the contractual standards in force on the first day of a period, shown both ways."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final

import msgspec

from schemas.beside import StandardVerdict
from schemas.wage import PayLine, PayRow, Standard, WageCase, WageResult

UNSAID: Final = (
    "The payroll does not say which pay is for contact: give its lines the duties contact and travel."
)
RULE: Final = "contract-travel-rate"


def in_force(rows: Sequence[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
    """The standards in force on a day, each with what it says."""
    return [
        {**row, **msgspec.json.decode(row["standard"])}
        for row in rows
        if row["starts_on"] <= day and (row["ends_on"] is None or day <= row["ends_on"])
    ]


def hourly_standards(held: Sequence[Mapping[str, Any]]) -> list[Standard]:
    """Those that the wage test itself answers, in order."""
    return [
        Standard(name=row["name"], hourly=Decimal(row["hourly"]), kinds=row["kinds"])
        for row in held
        if row["hourly"] is not None
    ]


def standard_verdicts(
    held: Sequence[Mapping[str, Any]], case: WageCase, result: WageResult, together: WageResult
) -> list[StandardVerdict]:
    """A verdict on each standard held, in order. Answers hold the hourly ones in the same order."""
    return list(_verdicts(held, case, result, together))


def _verdicts(
    held: Sequence[Mapping[str, Any]], case: WageCase, result: WageResult, together: WageResult
) -> Iterator[StandardVerdict]:
    answers = iter(zip(result.standards, together.standards, strict=True))
    for row in held:
        named = {name: row[name] for name in ("reference", "name", "required_by")}
        if row["hourly"] is None:
            yield _travel(named, case, result)
            continue
        apart, as_one = next(answers)
        differs = apart != as_one
        yield StandardVerdict(
            **named,
            met=apart.met,
            shortfall=apart.shortfall,
            met_together=as_one.met if differs else None,
            shortfall_together=as_one.shortfall if differs else None,
            rule=apart.rule,
        )


def _travel(named: Mapping[str, Any], case: WageCase, result: WageResult) -> StandardVerdict:
    """Pay for travel against the travel of the period at the lowest rate that was paid for contact."""
    paid = list(zip(case.pay, result.pay, strict=True))
    contact = [_rate(line) for line, row in paid if _pays(line, "contact") and row.placed]
    if not contact:
        return StandardVerdict(**named, met=None, shortfall=None, rule=RULE, reason=UNSAID)
    seconds = sum(line.seconds or 0 for line in case.work if line.kind == "travel")
    for_travel = sum((_placed(line, row) for line, row in paid if _pays(line, "travel")), Fraction(0))
    short = max(Fraction(0), min(contact) * seconds / 3600 - for_travel)
    owed = Decimal(ceil(short * 100)).scaleb(-2)
    return StandardVerdict(**named, met=not owed, shortfall=owed, rule=RULE)


def _pays(line: PayLine, work: str) -> bool:
    return line.kind == "hourly" and line.duties == work


def _placed(line: PayLine, row: PayRow) -> Fraction:
    """What of the line is placed in the period: exact where all of it is, else to the penny."""
    if line.rate is None or row.placed != row.amount:
        return Fraction(row.placed)
    return Fraction(line.rate) * (Fraction(line.seconds or 0) / 3600 + Fraction(line.minutes or 0) / 60)


def _rate(line: PayLine) -> Fraction:
    """Exact: an amount over its minutes need not come out even, and its rounding must not make a penny missing."""
    if line.rate is not None:
        return Fraction(line.rate)
    return Fraction(line.amount or 0) * 60 / Fraction(line.minutes or 1)
