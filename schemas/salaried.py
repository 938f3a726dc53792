"""Salaried hours work on the wire: the hours of a year that a salary is for."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.scalars import Day, Number, Quantity
from schemas.strict import Fault

PayPeriods = Annotated[int, Meta(ge=1, le=366)]
EmployedDays = Annotated[int, Meta(ge=1, le=31)]


class Salaried(Struct, frozen=True, kw_only=True):
    """Salaried hours work (regs 21 to 29): yearly basic hours in equal instalments.

    `employed_days` are the days of the period that the employment covers, where it begins or ends inside: the hours are
    then the basic hours by those days of 365 (HMRC NMWM08050, NMWM08060).
    """

    basic_hours_per_year: Quantity
    pay_periods_per_year: PayPeriods
    employed_days: EmployedDays | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        hours = valid.get("basic_hours_per_year")
        if hours is not None and hours <= 0:
            yield Fault("/basic_hours_per_year", "must be more than zero")
        elif hours is not None and hours > 8784:
            yield Fault("/basic_hours_per_year", "is more than the hours of a year")


class Leave(Struct, frozen=True, kw_only=True):
    """Leave of salaried work on London dates `first` to `last` (null: it lasts). `hours` of the basic hours over all of
    those dates, and what was paid for them; null where nobody said. Why it was taken is nobody's business here.
    """

    first: Day
    last: Day | None
    hours: Number | None
    pay: Literal["full", "reduced", "none"] | None


class YearBefore(Struct, frozen=True, kw_only=True):
    """What is recorded of a calculation year (reg 24) up to a pay reference period: the year's first and last day, and
    counted seconds of work before the period. `since` null: nobody said when the year begins. `leave` that touches the
    year or the period.
    """

    since: Day | None
    until: Day | None
    worked_seconds: int
    leave: list[Leave]
