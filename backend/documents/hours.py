"""Hours and miles for payroll: what the terms pay each employment for a pay reference period, as CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backend.documents.cells import Cell, csv_bytes
from schemas.pay import PayLine, UnpaidTime

HEADINGS: Final = (
    "provider", "pay_cycle", "period_start", "period_end", "employment", "person", "terms", "kind", "work",
    "enhancement", "mode", "rate", "minutes", "hours", "units", "miles", "amount", "rules", "note",
)  # fmt: skip
UNPAID: Final = "unpaid"
"""The kind of time that the terms do not pay, and of mileage that nobody can add up."""
_HOURS: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class PaidEmployment:
    """What terms pay one employment in a period. With a `reason` nothing can be said, and there are no lines."""

    employment: str
    person: str
    terms: Sequence[str]
    lines: Sequence[PayLine]
    unpaid: Sequence[UnpaidTime]
    reason: str | None = None


def hours_csv(
    provider: str, pay_cycle: str, period: tuple[date, date], employments: Iterable[PaidEmployment]
) -> bytes:
    """A row for each employment and kind of pay at one rate; amounts in pounds as calc pay rounds them."""
    shared = (provider, pay_cycle, *period)
    rows = ((*shared, *row) for employment in employments for row in _rows(employment))
    return csv_bytes(HEADINGS, rows)


def _rows(employment: PaidEmployment) -> list[tuple[Cell, ...]]:
    who = (employment.employment, employment.person, ", ".join(employment.terms))
    if employment.reason:
        return [(*who, *(None,) * 11, employment.reason)]
    return [(*who, *row, None) for row in (*_paid(employment.lines), *_unpaid(employment.unpaid))]


def _paid(lines: Sequence[PayLine]) -> list[tuple[Cell, ...]]:
    """Lines of one kind at one rate together, in the order in which they first come."""
    groups: dict[tuple[str | None, ...], list[PayLine]] = {}
    for line in lines:
        key = (line.kind, line.work, line.enhancement, line.mode, line.rate)
        groups.setdefault(key, []).append(line)
    return [(*key[:4], Decimal(key[4] or 0), *_sums(group)) for key, group in groups.items()]


def _sums(lines: Sequence[PayLine]) -> tuple[Cell, ...]:
    minutes = _sum(line.minutes for line in lines)
    return (
        minutes,
        _in_hours(minutes),
        sum(line.units or 0 for line in lines) or None,
        _sum(line.miles for line in lines if line.miles) or None,
        _sum(line.amount for line in lines),
        ", ".join(dict.fromkeys(line.rule for line in lines)),
    )


def _unpaid(times: Sequence[UnpaidTime]) -> list[tuple[Cell, ...]]:
    groups: dict[tuple[str, str], list[UnpaidTime]] = {}
    for time in times:
        groups.setdefault((time.work, time.rule), []).append(time)
    return [
        (UNPAID, work, None, None, None, minutes, _in_hours(minutes), None, None, None, rule)
        for (work, rule), group in groups.items()
        for minutes in [_sum(time.minutes for time in group)]
    ]


def _sum(numbers: Iterable[str]) -> Decimal:
    return sum((Decimal(number) for number in numbers), Decimal(0))


def _in_hours(minutes: Decimal) -> Decimal:
    return (minutes / 60).quantize(_HOURS, ROUND_HALF_UP)
