"""Wire types of what a carer reads on her phone: her rota, her days, and what they pay."""

from typing import Literal

from msgspec import Struct

from schemas.day import DaySegment, DayTotals
from schemas.mobile import Method, Named
from schemas.scalars import Day, Instant


class PlannedSpan(Struct, frozen=True):
    """When a visit is planned."""

    start: Instant
    end: Instant


class RotaPlace(Struct, frozen=True):
    """Where the visit may be, and how near is near enough, in metres."""

    lat: float
    lon: float
    radius_m: int


class RotaTask(Struct, frozen=True):
    """One thing to do on a visit, and the aspect of care it belongs to."""

    id: str
    aspect: str
    text: str
    minutes: int | None = None


class RotaVisit(Struct, frozen=True, omit_defaults=True):
    """A visit of the carer's own. `access_note` stands only when the visit starts within 24 hours."""

    id: str
    person: Named
    address: str
    places: list[RotaPlace]
    planned: PlannedSpan
    status: Literal["planned", "cancelled", "suspended"]
    tasks: list[RotaTask]
    methods: list[Method]
    carers: list[str]
    access_note: str | None = None


class RotaAnswer(Struct, frozen=True):
    """The carer's own visits of the days asked for."""

    visits: list[RotaVisit]


class MobileFlag(Struct, frozen=True):
    """Something a person should look at; `visit` is the visit it is about, if any."""

    flag: str
    visit: str | None


class PayPreviewLine(Struct, frozen=True):
    """A line of pay that the day comes to under the carer's terms. `work`: the kind of segment that it pays, if any."""

    kind: str
    amount: str
    rule: str
    minutes: str | None = None
    rate: str | None = None
    work: str | None = None


class MobileDay(Struct, frozen=True):
    """One working day: what was done, what the law counts, and what the terms pay (null: no terms can tell)."""

    date: Day
    segments: list[DaySegment]
    totals: DayTotals
    flags: list[MobileFlag]
    pay: list[PayPreviewLine] | None
    pay_total: str | None


class PayPeriodSoFar(Struct, frozen=True):
    """The minimum wage test of a pay reference period as it stands. `tested` false: `reason` says what is missing.

    `basis` says what was tested: what payroll paid, or before that what the terms come to.
    """

    employment: str
    start: Day
    end: Day
    tested: bool
    reason: str | None
    basis: Literal["payroll", "terms"] | None
    counted_minutes: str | None
    unresolved_minutes: str | None
    nmw_pay: str | None
    hourly_equivalent: str | None
    required_hourly: str | None
    compliant: bool | None
    shortfall: str | None


class DaysAnswer(Struct, frozen=True):
    """The carer's own days, and the running test of each pay reference period they touch."""

    days: list[MobileDay]
    pay_periods: list[PayPeriodSoFar]
