"""Wire types of pricing: the visits charged under a contract, and the priced lines."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.contract import LONGEST_VISIT_SECONDS, Contract, Funder, funding_faults
from schemas.scalars import Day, Instant, Text, parse_decimal
from schemas.strict import INVALID, Fault

FURTHEST_MILES: Final = 1_000


class VisitSpan(Struct, frozen=True, kw_only=True):
    """From one instant to another; `end` may equal `start`. At most 31 days."""

    start: Instant
    end: Instant

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"start", "end"} - valid.keys():
            return
        seconds = (valid["end"] - valid["start"]).total_seconds()
        if seconds < 0:
            yield Fault("/end", "ends before it starts")
        elif seconds > LONGEST_VISIT_SECONDS:
            yield Fault("/end", "is more than 31 days after the start")


def parse_visit_miles(data: object) -> Decimal:
    """Miles of a journey, at most two decimals and a thousand miles."""
    value = parse_decimal(data if isinstance(data, str) else str(data) if type(data) is int else data)
    if not 0 <= value <= FURTHEST_MILES:
        raise ValueError(f"must lie between 0 and {FURTHEST_MILES}")
    if value * 100 % 1:
        raise ValueError("has more than two decimals")
    return value


_MILES_SCHEMA: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^[0-9]{1,4}(\.[0-9]{1,2})?$"},
    ]
}
VisitMiles = Annotated[Decimal, Meta(extra={"parse": parse_visit_miles}, extra_json_schema=_MILES_SCHEMA)]


class Attendance(Struct, frozen=True, kw_only=True):
    """One carer's part in a visit; `actual` is null if that carer did not come. `miles` are of the way there."""

    carer: Text | None = None
    actual: VisitSpan | None = None
    miles: VisitMiles | None = None


class PricedVisit(Struct, frozen=True, kw_only=True):
    """One visit to price. `attendances`, if given, replaces `actual`; `funding` replaces the contract's.

    `suspended_day` is the day of the person's absence, 1 being the first, on which a suspended visit was planned.
    `miles` are of the journey that led to the visit; those of `attendances` stand with each.
    """

    id: Text
    service: Text
    zone: Text
    status: Literal["completed", "missed", "refused", "cancelled", "suspended"]
    carers: Annotated[int, Meta(ge=1, le=100)] = 1
    planned: VisitSpan | None = None
    actual: VisitSpan | None = None
    attendances: list[Attendance] | None = None
    cancelled_at: Instant | None = None
    cancelled_by: Literal["person", "commissioner", "provider"] | None = None
    suspended_day: Annotated[int, Meta(ge=1, le=36_600)] | None = None
    funding: list[Funder] | None = None
    miles: VisitMiles | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if valid.get("status", "completed") != "completed" and valid.get("planned", "") is None:
            yield Fault("/planned", f"is required for a visit that was {valid['status']}")
        yield from funding_faults(valid.get("funding"), "/funding")
        yield from _attendance_faults(valid.get("attendances"), valid.get("carers"))


def _attendance_faults(attendances: Sequence[Any] | None, carers: int | None) -> Iterator[Fault]:
    if attendances is None:
        return
    if carers is not None and len(attendances) > carers:
        yield Fault("/attendances", f"holds {len(attendances)}, more than the carers commissioned, {carers}")
    names = [None if attendance is INVALID else attendance.carer for attendance in attendances]
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            yield Fault(f"/attendances/{index}/carer", f"{name} stands twice")


class PriceCase(Struct, frozen=True, kw_only=True):
    """Visits to price under one contract. Without `bank_holidays`, those of England are taken."""

    contract: Contract
    bank_holidays: list[Day] | None = None
    visits: list[PricedVisit]

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        seen: set[str] = set()
        for index, visit in enumerate(valid.get("visits", [])):
            if visit is INVALID:
                continue
            if visit.id in seen:
                yield Fault(f"/visits/{index}/id", f"{visit.id} stands twice")
            seen.add(visit.id)


class PayerShare(Struct, frozen=True, kw_only=True):
    """What one payer pays of a line, in pounds with two decimals."""

    payer: str
    amount: str


class PriceLine(Struct, frozen=True, kw_only=True):
    """One priced line. Minutes and pounds are decimal text; `planned_minutes` is null if nobody planned it.

    `rounding_minutes` is payable less minutes after basis and cap; `difference_minutes` payable less actual.
    `unit` is null where nothing is due and no rate is known. `miles` and `mileage`, what is paid for them, stand only
    under a contract that pays mileage; the `amount` holds it. `block` names the block that pays for the line already.
    """

    visit: str
    carer: str | None
    planned_minutes: str | None
    actual_minutes: str
    payable_minutes: str
    rounding_minutes: str
    difference_minutes: str
    unit: Literal["visit_price", "hourly"] | None
    amount: str
    uplift: str | None
    rules: list[str]
    funding: list[PayerShare]
    miles: str | UnsetType = UNSET
    mileage: str | UnsetType = UNSET
    block: str | UnsetType = UNSET


class BlockUse(Struct, frozen=True, kw_only=True):
    """A block of hours that is paid whether used or not, and how far the visits used it. Minutes are carers' time."""

    name: str
    minutes: str
    used_minutes: str
    unused_minutes: str
    amount: str
    rule: str
    funding: list[PayerShare]


class PriceFinding(Struct, frozen=True, kw_only=True):
    """Why a visit could not be priced, for the person who must mend it."""

    visit: str
    code: Literal["no_rate", "ambiguous_rate", "no_actual", "no_cancelled_at", "too_many_attendances"]
    detail: str


class PriceResult(Struct, frozen=True, kw_only=True):
    """The answer of calc price. `blocks` stand only under a contract that has some; the `total` holds them."""

    lines: list[PriceLine]
    total: str
    by_payer: dict[str, str]
    findings: list[PriceFinding]
    blocks: list[BlockUse] | UnsetType = UNSET
