"""What kind of work an employment is for the minimum wage, as its dated versions say: time work unless they do."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from backend.domain.pay_period import PayCycle
from schemas.salaried import Salaried
from schemas.wage import Period


class KindOfWork(Struct, frozen=True, kw_only=True):
    """The kind of work from a London date on. `basic_hours_per_year` stands with salaried hours work alone."""

    from_: date = field(name="from")
    work_type: Literal["time", "salaried"]
    basic_hours_per_year: Decimal | None
    calculation_year_start: date | None


def kind_of_work(employment: Mapping[str, Any], day: date) -> KindOfWork | None:
    """The kind in force on a day, for a row of wages.employments; None where nothing is said, which is time work."""
    return next((version for version in reversed(_versions(employment)) if version.from_ <= day), None)


def salaried_since(employment: Mapping[str, Any], day: date) -> date:
    """From when the work has been salaried without a break, given that it is on a day."""
    since = day
    for version in reversed([version for version in _versions(employment) if version.from_ <= day]):
        if version.work_type != "salaried":
            break
        since = version.from_
    return since


def _versions(employment: Mapping[str, Any]) -> list[KindOfWork]:
    said = employment["kinds_of_work"]
    return [] if said is None else msgspec.json.decode(said, type=list[KindOfWork])


def salaried_hours(
    kind: KindOfWork | None, cycle: PayCycle, period: Period, employment: Mapping[str, Any]
) -> Salaried | None:
    """The basic hours to test a period by; None for time work.

    Of a period that the employment covers in part, or that is not over yet, only those days count.
    """
    if kind is None or kind.basic_hours_per_year is None:
        return None
    first, last = (
        max(period.start, employment["starts_on"]),
        min(period.end, employment["ends_on"] or period.end),
    )
    days, whole = (last - first).days + 1, cycle.containing(period.start)
    return Salaried(
        basic_hours_per_year=kind.basic_hours_per_year,
        pay_periods_per_year=cycle.periods_a_year,
        employed_days=None if days == (whole.end - whole.start).days + 1 else days,
    )
