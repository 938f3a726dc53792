"""Wire types of a what-if: a pay reference period by another policy, beside the real one. Money is pounds."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from schemas.documents import Dates, Party
from schemas.pay import PayRate
from schemas.scalars import Day, Number, PositiveMoney, Quantity
from schemas.strict import Fault

AS_IT_IS: Final = "as_it_is"
AsItIs = Literal["as_it_is"]
LongestMinutes = Annotated[int, Meta(ge=0, le=1440)]
TravelBasis = Literal["estimate", "observed", "planned"]
Band = Literal[
    "apprentice", "under_18", "18_to_20", "21_and_over", "21_to_24", "25_and_over", "21_to_22", "23_and_over",
]  # fmt: skip


class TravelChange(Struct, frozen=True, kw_only=True):
    """How long journeys are taken to be. `estimate`: as estimated, times `time_factor`. `observed`: the whole gap
    between two places; `planned`: the gap the plan left. Gaps beyond the waiting limit keep the estimate.
    """

    basis: TravelBasis = "estimate"
    time_factor: PositiveMoney = Decimal(1)

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        if valid.get("time_factor", Decimal(1)) > 10:
            yield Fault("/time_factor", "must be at most 10")
        elif valid.get("basis") in ("observed", "planned") and valid.get("time_factor") != 1:
            yield Fault("/time_factor", "goes with the basis estimate alone")


class PayRatesChange(Struct, frozen=True, kw_only=True):
    """Pounds an hour in place of those of the terms."""

    contact: PayRate | None = None
    travel: PayRate | None = None
    waiting: PayRate | None = None
    training: PayRate | None = None


class WhatIf(Struct, frozen=True, kw_only=True):
    """What to change. What is left out stays as it is. `minimum_wage`: pounds an hour by band. `duties`: which lines of
    pay are for the same duties, of which the lowest rate counts (regulation 10(j)): as recorded, all together, or each
    line apart.
    """

    waiting_limit_minutes: LongestMinutes | AsItIs | None = "as_it_is"
    long_gap: Literal["unresolved", "waiting", "break", "as_it_is"] = "as_it_is"
    travel: TravelChange | None = None
    paid_gap_limit_minutes: LongestMinutes | AsItIs | None = "as_it_is"
    pay_rates: PayRatesChange = PayRatesChange()
    pay_rise_percent: Quantity = Decimal(0)
    minimum_wage: dict[Band, PositiveMoney] = {}
    duties: Literal["as_recorded", "together", "apart"] = "as_recorded"

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        rise = valid.get("pay_rise_percent", Decimal(0))
        if not 0 <= rise <= 1000:
            yield Fault("/pay_rise_percent", "must lie between 0 and 1000")
        for band, hourly in (valid.get("minimum_wage") or {}).items():
            if isinstance(hourly, Decimal) and hourly > 10_000:
                yield Fault(f"/minimum_wage/{band}", "is more than 10000 pounds an hour")


class Side(Struct, frozen=True, kw_only=True):
    """Figures under one policy. Minutes by kind. `required`: the lawful minimum for the time that counts.

    `paid` counts towards it and `shortfall` is what is missing: None where no pay is loaded. `expected` is what the
    terms pay for the same time, without mileage, and `expected_shortfall` what would be missing if exactly that were
    paid: None where no terms are held for a day.
    """

    contact: Number
    travel: Number
    waiting: Number
    other: Number
    unresolved: Number
    counted: Number
    required: Number
    paid: Number | None
    shortfall: Number | None
    expected: Number | None
    expected_shortfall: Number | None


class WhatIfWorker(Struct, frozen=True, kw_only=True):
    """One employment both ways. `extra_pay`: what the terms would pay more or less."""

    worker: str
    real: Side
    what_if: Side
    extra_pay: Number | None


class ZoneCost(Struct, frozen=True, kw_only=True):
    """Travel and waiting on the way to visits of one price level, zone or service, and what an hour of care carries.

    `at_terms`: at the carers' own rates, nothing for the `unpaid` minutes whose kind their terms do not pay.
    `at_minimum`: at each carer's minimum wage. Per contact hour: None without contact.
    """

    name: str
    contact: Number
    travel: Number
    waiting: Number
    unpaid: Number | None
    at_terms: Number | None
    at_minimum: Number
    at_terms_per_contact_hour: Number | None
    at_minimum_per_contact_hour: Number | None


class ZoneCosts(Struct, frozen=True, kw_only=True):
    """The same minutes and pounds added up by price level, by the contract's zone and by service, and altogether."""

    by_level: list[ZoneCost]
    by_zone: list[ZoneCost]
    by_service: list[ZoneCost]
    total: ZoneCost


class WhatIfReport(Struct, frozen=True, kw_only=True):
    """A period both ways; `what_if` false where nothing is changed. Nothing of it is stored: it is no wage report."""

    provider: Party
    pay_cycle: str
    period: Dates
    as_of: Day
    changes: WhatIf
    workers: list[WhatIfWorker]
    real: Side
    what_if_total: Side
    extra_pay: Number
    not_tested: int
    without_terms: int
    costs: ZoneCosts
    what_if_costs: ZoneCosts
    simulated_clock: bool
    what_if: bool
