"""Reads the frames of the minimum wage test back as answers, case by case."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl

from backend.domain.minimum_wage import WageAnswers
from backend.domain.minimum_wage.units import exact_pounds
from backend.domain.money import pounds, to_the_penny
from schemas.beside import ExactFigures
from schemas.wage import (
    AdjustmentRow,
    Arrears,
    PayRow,
    Required,
    StandardRow,
    WageCase,
    WageResult,
    Warned,
    WorkRow,
)

_WARNINGS: Final = {
    "rolled_up_holiday_pay": (
        "Rolled-up holiday pay is left out of the test: it is pay for an absence.",
        "nmw-2015-10-h",
    ),
    "sleep_in_allowance": (
        "The sleep-in allowance is left out of the test, and so are the hours asleep. Record the time awake for work.",
        "nmw-2015-10-k",
    ),
    "rate_now_unknown": (
        "No minimum wage rate is known for the day of the answer, so what is due now cannot be worked out.",
        "nmw-act-17",
    ),
    "absence_exceeds_hours": (
        "The absences taken off come to more than the hours of the period, which stand at none.",
        "nmw-2015-23",
    ),
}
_Rows = dict[int, list[dict[str, Any]]]


def wage_results(cases: Sequence[WageCase], answers: WageAnswers) -> list[WageResult]:
    """One result a case, in order; lines in the order they were given."""
    work, pay, adjustments, standards, warnings = (
        _by_case(frame)
        for frame in (answers.work, answers.pay, answers.adjustments, answers.standards, answers.warnings)
    )
    return [
        _result(
            row,
            work=[_work_row(line) for line in work[number]],
            pay=[_pay_row(line) for line in pay[number]],
            adjustments=[_adjustment_row(line) for line in adjustments[number]],
            standards=[
                _standard_row(standard.name, line)
                for standard, line in zip(cases[number].standards, standards[number], strict=True)
            ],
            warnings=[_warned(line["code"]) for line in warnings[number]],
        )
        for number, row in enumerate(answers.cases.iter_rows(named=True))
    ]


def exact_figures(answers: WageAnswers) -> list[ExactFigures]:
    """Of each case, in order, the figures of the verdict before any rounding."""
    names = ("exact_required", "exact_nmw_pay", "exact_shortfall")
    return [
        ExactFigures(
            required=exact_pounds(required), counts=exact_pounds(counts), missing=exact_pounds(missing)
        )
        for required, counts, missing in answers.cases.select(names).iter_rows()
    ]


def _by_case(frame: pl.DataFrame) -> _Rows:
    rows: _Rows = defaultdict(list)
    for row in frame.iter_rows(named=True):
        rows[row["case"]].append(row)
    return rows


def _result(row: dict[str, Any], **lists: Any) -> WageResult:
    hourly = row["hourly_equivalent"]
    return WageResult(
        counted_minutes=_minutes(row["counted"]),
        excluded_minutes=_minutes(row["excluded"]),
        unresolved_minutes=_minutes(row["unresolved"]),
        total_remuneration=pounds(row["total"]),
        premium_excluded=pounds(row["premium"]),
        accommodation_adjustment=pounds(row["accommodation"]),
        nmw_pay=pounds(row["nmw_pay"]),
        hourly_equivalent=None if hourly is None else pounds(hourly),
        required=Required(
            band=row["band"], hourly=_rate(row["hourly"]), pay=pounds(row["required"]), statute=row["statute"]
        ),
        compliant=row["compliant"],
        shortfall=pounds(row["shortfall"]),
        shortfall_with_unresolved=pounds(row["shortfall_with_unresolved"]),
        arrears=_arrears(row),
        **lists,
    )


def _arrears(row: dict[str, Any]) -> Arrears:
    now, due = row["hourly_now"], row["due"]
    return Arrears(
        underpayment=pounds(row["shortfall"]),
        rate_then=_rate(row["hourly"]),
        rate_now=None if now is None else _rate(now),
        due=None if due is None else pounds(due),
        rule="nmw-act-17",
    )


def _work_row(line: dict[str, Any]) -> WorkRow:
    return WorkRow(
        kind=line["kind"], minutes=_minutes(line["minutes"]), counted=line["counted"], rule=line["rule"]
    )


def _pay_row(line: dict[str, Any]) -> PayRow:
    money = {name: pounds(line[name]) for name in ("amount", "placed", "counted", "premium")}
    return PayRow(kind=line["kind"], rule=line["rule"], **money)


def _adjustment_row(line: dict[str, Any]) -> AdjustmentRow:
    return AdjustmentRow(
        section=line["section"], kind=line["kind"], amount=pounds(line["amount"]), rule=line["rule"]
    )


def _standard_row(name: str, line: dict[str, Any]) -> StandardRow:
    return StandardRow(name=name, met=line["met"], shortfall=pounds(line["shortfall"]), rule=line["rule"])


def _warned(code: str) -> Warned:
    detail, rule = _WARNINGS[code]
    return Warned(code=code, detail=detail, rule=rule)


def _rate(micropounds: int) -> Decimal:
    """A rate with two decimals: statutory rates are whole pennies; a given one is rounded for print alone."""
    return to_the_penny(Decimal(micropounds).scaleb(-6))


def _minutes(hundredths: int) -> Decimal:
    """Minutes with no zeros after the last figure that counts."""
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return Decimal(text.rstrip("0").rstrip("."))
