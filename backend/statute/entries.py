"""The shapes of statute entries, and the checks every dated list must pass."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol, TypeVar

from msgspec import Meta, Struct, field

from backend.statute.citation import Cited
from backend.statute.strict_yaml import StatuteError
from schemas.scalars import Day, Money, PositiveMoney, Text
from schemas.strict import Fault, decode

Id = Annotated[str, Meta(min_length=3, max_length=60)]
T = TypeVar("T")
D = TypeVar("D", bound="Dated")


class Dated(Protocol):
    """An entry in force on London dates `since` to `until`, both included; until None for the last of an open list."""

    @property
    def id(self) -> str: ...
    @property
    def since(self) -> Any: ...
    @property
    def until(self) -> Any: ...


class Band(Struct, frozen=True, kw_only=True):
    """A rate by age: pounds an hour for `from_age` <= age < `below_age`."""

    band: Text
    from_age: int
    below_age: int | None
    hourly: PositiveMoney


class RateInterval(Cited, frozen=True, kw_only=True):
    id: Id
    since: Day = field(name="from")
    until: Day
    apprentice: PositiveMoney
    bands: list[Band]


class OffsetInterval(Cited, frozen=True, kw_only=True):
    id: Id
    since: Day = field(name="from")
    until: Day
    daily: Money


class MileageInterval(Cited, frozen=True, kw_only=True):
    """Approved pounds a mile; the car rate falls to `car_after` beyond `car_first_miles` in a tax year."""

    id: Id
    since: Day = field(name="from")
    until: Day
    car_first_miles: int
    car: PositiveMoney
    car_after: PositiveMoney
    motorcycle: PositiveMoney
    bicycle: PositiveMoney
    passenger: PositiveMoney


class PenaltyInterval(Cited, frozen=True, kw_only=True):
    """The penalty for underpayment in periods that begin in the interval: per cent of it, within two bounds."""

    id: Id
    since: Day = field(name="from")
    until: Day
    percent: int
    most_a_worker: Money
    least_a_notice: Money


class WorkTreatment(Struct, frozen=True, kw_only=True):
    """`output_rule` is the rule for output work, where Chapter 4 of Part 5 says it elsewhere."""

    counted: bool
    rule: Id
    output_rule: Id


class SalariedRules(Struct, frozen=True, kw_only=True):
    excess: Id
    reduced_absence: Id
    other: Id


class PayTreatment(Struct, frozen=True, kw_only=True):
    """`salaried_rule` is the rule for salaried hours work, where it is another one."""

    counted: bool
    rule: Id
    salaried_rule: Id | None = None
    counts_if: Literal["consolidated", "absence_not_taken"] | None = None
    warning: Text | None = None


class AdjustmentTreatment(Struct, frozen=True, kw_only=True):
    effect: Literal["reduces", "restores", "none"]
    rule: Id


class Treatments(Struct, frozen=True, kw_only=True):
    """How each kind is treated on the London dates `since` to `until`; each rule named carries its own citation."""

    since: Day = field(name="from")
    until: Day
    work: dict[str, WorkTreatment]
    salaried: SalariedRules
    pay: dict[str, PayTreatment]
    deduction: dict[str, AdjustmentTreatment]
    payment_to_employer: dict[str, AdjustmentTreatment]
    expenditure: dict[str, AdjustmentTreatment]


class Rule(Cited, frozen=True, kw_only=True):
    """A rule that results name: what it says in plain words, and where it comes from."""

    id: Id
    title: Text
    says: Annotated[str, Meta(min_length=1, max_length=2_000)]


def build(kind: type[T], data: Any, name: str) -> T:
    """Decode statute data. Raises StatuteError naming the file and every fault."""
    decoded = decode(kind, data)
    if decoded.value is None:
        raise StatuteError(f"{name}: {_listed(decoded.faults)}")
    return decoded.value


def _listed(faults: Iterable[Fault]) -> str:
    return "; ".join(f"{fault.pointer} {fault.detail}" for fault in faults)


def intervals(kind: type[D], data: Any, name: str) -> list[D]:
    """Decode a dated list, oldest first. Raises StatuteError for a fault, a gap or an overlap."""
    entries = build(list[kind], data, name)  # type: ignore[valid-type]
    unbroken(entries, name)
    return entries


def in_force(entries: Iterable[D], day: date) -> D | None:
    """The entry in force on a London date; None when no interval holds the day."""
    return next(
        (entry for entry in entries if entry.since <= day and (entry.until is None or day <= entry.until)),
        None,
    )


def unbroken(entries: Sequence[Dated], name: str) -> None:
    """Refuse intervals that overlap, leave a gap, end before they start or stand out of order."""
    for entry in entries:
        if entry.until is not None and entry.until < entry.since:
            raise StatuteError(f"{name}: {entry.id} ends before it starts")
    for before, after in pairwise(entries):
        if before.until is None or after.since <= before.until:
            raise StatuteError(f"{name}: {after.id} overlaps {before.id}")
        if after.since != before.until + timedelta(days=1):
            raise StatuteError(f"{name}: a gap between {before.id} and {after.id}")


def complete_bands(interval: RateInterval, name: str) -> None:
    """Refuse bands that leave an age without a rate, or give one two."""
    edges = [0, *(band.below_age for band in interval.bands)]
    starts = [band.from_age for band in interval.bands]
    if starts != edges[:-1] or edges[-1] is not None:
        raise StatuteError(f"{name}: the bands of {interval.id} do not cover every age once")
