"""Whether a worker's pay meets the contractual standards in force on the first day of a period, shown both ways."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any, Final

import msgspec

from schemas.beside import StandardVerdict
from schemas.wage import PayLine, Standard, WageCase, WageResult

UNSAID: Final = (
    "The payroll does not say which pay is for contact: give its lines the duties contact and travel."
)
RULE: Final = "contract-travel-rate"
_PENNY: Final = Decimal("0.01")


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
    for_travel = sum((row.placed for line, row in paid if _pays(line, "travel")), Decimal(0))
    short = max(Decimal(0), min(contact) * seconds / 3600 - for_travel)
    owed = short.quantize(_PENNY, ROUND_UP)
    return StandardVerdict(**named, met=owed < _PENNY, shortfall=owed, rule=RULE)


def _pays(line: PayLine, work: str) -> bool:
    return line.kind == "hourly" and line.duties == work


def _rate(line: PayLine) -> Decimal:
    if line.rate is not None:
        return line.rate
    return (line.amount or Decimal(0)) * 60 / (line.minutes or Decimal(1))
