"""Wire types of pricing: the visits charged under a contract, and the priced lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.contract import LONGEST_VISIT_SECONDS, Contract, Funder, funding_faults
from schemas.scalars import Day, Instant, Text
from schemas.strict import INVALID, Fault


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


class Attendance(Struct, frozen=True, kw_only=True):
    """One carer's part in a visit; `actual` is null if that carer did not come."""

    carer: Text | None = None
    actual: VisitSpan | None = None


class PricedVisit(Struct, frozen=True, kw_only=True):
    """One visit to price. `attendances`, if given, replaces `actual`; `funding` replaces the contract's.

    `suspended_day` is the day of the person's absence, 1 being the first, on which a suspended visit was planned.
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
    `unit` is null where nothing is due and no rate is known.
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


class PriceFinding(Struct, frozen=True, kw_only=True):
    """Why a visit could not be priced, for the person who must mend it."""

    visit: str
    code: Literal["no_rate", "ambiguous_rate", "no_actual", "no_cancelled_at", "too_many_attendances"]
    detail: str


class PriceResult(Struct, frozen=True, kw_only=True):
    """The answer of calc price."""

    lines: list[PriceLine]
    total: str
    by_payer: dict[str, str]
    findings: list[PriceFinding]
