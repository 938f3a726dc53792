"""Wire types of a commissioner's contract: what is paid for which visits, and who pays it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import prod
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

from schemas.scalars import CLOCK, Day, Text, parse_date, parse_decimal, parse_minutes, parse_money
from schemas.strict import INVALID, Fault

HIGHEST_PRICE: Final = 1_000_000
"""Pounds. Keeps every sum of a price inside 128-bit integers, far above any contract."""
HIGHEST_MULTIPLIER: Final = 1_000
MOST_HOURS: Final = 100_000
LONGEST_VISIT_SECONDS: Final = 31 * 86_400

_BILLING_PERIOD: Final = re.compile(
    r"weekly:(mon|tue|wed|thu|fri|sat|sun)|four_weekly:\d{4}-\d\d-\d\d|monthly:([1-9]|[12]\d|3[01])", re.ASCII
)


def parse_price(data: object) -> Decimal:
    """Pounds as a decimal string, from nothing to a million."""
    value = parse_money(data)
    if value > HIGHEST_PRICE:
        raise ValueError("is more than a million pounds")
    return value


def parse_percent(data: object) -> Decimal:
    """A percentage as a decimal string, 0 to 100."""
    value = parse_decimal(data)
    if not 0 <= value <= 100:
        raise ValueError("must lie between 0 and 100")
    return value


def parse_multiplier(data: object) -> Decimal:
    """A factor on a price as a decimal string, above zero."""
    value = parse_decimal(data)
    if not 0 < value <= HIGHEST_MULTIPLIER:
        raise ValueError(f"must be more than 0 and at most {HIGHEST_MULTIPLIER}")
    return value


def parse_contract_minutes(data: object) -> Decimal:
    """Minutes of a contract term: whole seconds, at most 31 days."""
    value = parse_minutes(data)
    if value * 60 % 1:
        raise ValueError("must come to whole seconds")
    if value * 60 > LONGEST_VISIT_SECONDS:
        raise ValueError("is more than 31 days")
    return value


def parse_band_minutes(data: object) -> Decimal:
    """The length a visit price is for, in minutes: above zero, whole seconds, written one way only."""
    value = parse_contract_minutes(data)
    if value == 0:
        raise ValueError("must be more than 0 minutes")
    if data != f"{value.normalize():f}":
        raise ValueError(f'must be written "{value.normalize():f}"')
    return value


def parse_clock(data: object) -> str:
    """A London clock time, HH:MM."""
    if not isinstance(data, str) or not CLOCK.fullmatch(data):
        raise ValueError("must be a time of day, such as 22:00")
    return data


def parse_closing_clock(data: object) -> str:
    """A London clock time, HH:MM; 24:00 is the end of the day."""
    return data if data == "24:00" and isinstance(data, str) else parse_clock(data)


def parse_billing_period(data: object) -> str:
    """`weekly:mon`, `four_weekly:2026-11-02` (a first day) or `monthly:1` (a day of the month)."""
    if not isinstance(data, str) or not _BILLING_PERIOD.fullmatch(data):
        raise ValueError("must be such as weekly:mon, four_weekly:2026-11-02 or monthly:1")
    if data.startswith("four_weekly:"):
        parse_date(data.removeprefix("four_weekly:"))
    return data


def _meta(parse: Any, **schema: Any) -> Meta:
    return Meta(extra={"parse": parse}, extra_json_schema=schema)


_DECIMAL_TEXT: Final = {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,6})?$"}
_MINUTES: Final = {"anyOf": [{"type": "integer", "minimum": 0}, _DECIMAL_TEXT]}

Price = Annotated[Decimal, _meta(parse_price, **_DECIMAL_TEXT)]
Percent = Annotated[Decimal, _meta(parse_percent, **_DECIMAL_TEXT)]
Multiplier = Annotated[Decimal, _meta(parse_multiplier, **_DECIMAL_TEXT)]
ContractMinutes = Annotated[Decimal, _meta(parse_contract_minutes, **_MINUTES)]
ContractSeconds = Annotated[int, Meta(ge=0, le=LONGEST_VISIT_SECONDS)]
BandMinutes = Annotated[Decimal, _meta(parse_band_minutes, **_DECIMAL_TEXT)]
Clock = Annotated[str, _meta(parse_clock, type="string", pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
ClosingClock = Annotated[str, _meta(parse_closing_clock, type="string", pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
BillingPeriod = Annotated[str, _meta(parse_billing_period, type="string")]
Division = Literal["england", "wales", "scotland", "northern-ireland"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "bank_holiday"]


def _seconds(minutes: Decimal | None, seconds: int | None) -> int:
    return seconds or 0 if minutes is None else int(minutes * 60)


def _one_of(valid: Mapping[str, Any], minutes: str, seconds: str) -> Iterator[Fault]:
    if valid.get(minutes) is not None and valid.get(seconds) is not None:
        yield Fault(f"/{seconds}", f"stands beside {minutes}: give one of them")


class Rounding(Struct, frozen=True, kw_only=True):
    """How a duration is rounded: to a multiple of `minutes` (or `seconds`), half up for `nearest`."""

    minutes: ContractMinutes | None = None
    seconds: ContractSeconds | None = None
    mode: Literal["up", "down", "nearest", "none"]

    @property
    def step(self) -> int:
        """The multiple in seconds; 0 where nothing is rounded."""
        return 0 if self.mode == "none" else _seconds(self.minutes, self.seconds)

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _one_of(valid, "minutes", "seconds")
        if {"minutes", "seconds", "mode"} - valid.keys() or valid["mode"] == "none":
            return
        if valid["minutes"] is None and valid["seconds"] is None:
            yield Fault("/minutes", f"is required to round {valid['mode']}")
        elif not _seconds(valid["minutes"], valid["seconds"]):
            name = "seconds" if valid["minutes"] is None else "minutes"
            yield Fault(f"/{name}", f"must be more than 0 to round {valid['mode']}")


class Rate(Struct, frozen=True, kw_only=True):
    """A price for a service in a zone on London dates `from` to `until`, both included.

    `hourly` is pounds an hour. `visit_prices` is pounds a visit by payable minutes, and goes first.
    """

    service: Text
    zone: Text
    from_: Day = field(name="from")
    until: Day | None = None
    hourly: Price
    visit_prices: dict[BandMinutes, Price] = {}

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from dates_in_order(valid)


def dates_in_order(valid: Mapping[str, Any]) -> Iterator[Fault]:
    """The fault of a `until` before its `from_`, if both could be read."""
    first, last = valid.get("from_"), valid.get("until")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield Fault("/until", f"{last} is before from, {first}")


class Uplift(Struct, frozen=True, kw_only=True):
    """A higher price on some days, in some hours, or in those hours of those days.

    `multiplier` is a factor on the price; `per_hour` adds pounds an hour. Hours are London clock times,
    half-open, and may cross midnight.
    """

    name: Text
    days: Annotated[list[Weekday], Meta(min_length=1)] | None = None
    from_: Clock | None = field(name="from", default=None)
    until: ClosingClock | None = None
    multiplier: Multiplier | None = None
    per_hour: Price | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"multiplier", "per_hour"} <= valid.keys() and (valid["multiplier"] is None) == (
            valid["per_hour"] is None
        ):
            yield Fault("", "needs either multiplier or per_hour, and not both")
        if {"days", "from_", "until"} - valid.keys():
            return
        opens, closes = valid["from_"], valid["until"]
        if valid["days"] is None and opens is None and closes is None:
            yield Fault("", "needs days, or from and until, or both")
        if (opens is None) != (closes is None):
            yield Fault("/from" if opens is None else "/until", "is required: a window needs both ends")
        if opens is not None and opens == closes:
            yield Fault("/until", "is the same time as from: leave both out for the whole day")


class AtPercent(Struct, frozen=True, kw_only=True):
    """The share of the planned price that is due."""

    percent: Percent


class Cancelled(Struct, frozen=True, kw_only=True):
    """What is due of a visit cancelled with less than `notice_hours` before its planned start."""

    notice_hours: Annotated[int, Meta(ge=0, le=8_784)]
    percent_if_late: Percent


class Funder(Struct, frozen=True, kw_only=True):
    """One payer and its share of every line.

    `purchase_order` is the payer's own order number where it shares in another's contract, for its own documents.
    """

    payer: Text
    percent: Percent
    purchase_order: Text | None = None


def funding_faults(funders: Sequence[Any] | None, at: str) -> Iterator[Fault]:
    """Faults of a list of funders: percentages that do not make 100 exactly, and a payer named twice."""
    if funders is None or INVALID in funders:
        return
    total = sum((funder.percent for funder in funders), Decimal(0))
    if total != 100:
        yield Fault(at, f"makes {total.normalize():f} per cent; the percentages must make 100 exactly")
    names = [funder.payer for funder in funders]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault(f"{at}/{index}/payer", f"{name} is named twice")


class AnnualUplift(Struct, frozen=True, kw_only=True):
    """Every rate in force the day before is raised by `percent` from a London date on, to the whole penny."""

    from_: Day = field(name="from")
    percent: Percent


class Lot(Struct, frozen=True, kw_only=True):
    """A lot the provider holds: the price levels it covers, and the provider's tier in it."""

    lot: Text
    zones: Annotated[list[Text], Meta(min_length=1)]
    tier: Literal["prime", "supplementary", "gold", "silver", "bronze"] | None = None


def parse_hours(data: object) -> Decimal:
    """Hours as a decimal string, above zero; they come to whole seconds."""
    value = parse_decimal(data)
    if not 0 < value <= MOST_HOURS:
        raise ValueError(f"must be more than 0 and at most {MOST_HOURS}")
    if value * 3600 % 1:
        raise ValueError("must come to whole seconds")
    return value


Hours = Annotated[Decimal, _meta(parse_hours, **_DECIMAL_TEXT)]


class Block(Struct, frozen=True, kw_only=True):
    """Hours of some services in some zones that are bought for each billing period at `hourly` pounds, used or not."""

    name: Text
    services: Annotated[list[Text], Meta(min_length=1)]
    zones: Annotated[list[Text], Meta(min_length=1)]
    hours: Hours
    hourly: Price

    @property
    def seconds(self) -> int:
        """The hours of carers' time that it holds, in seconds."""
        return int(self.hours * 3600)


class VatTerm(Struct, frozen=True, kw_only=True):
    """How VAT treats some services: category S at a `rate` in per cent, or E, exempt for a `reason`.

    Without `services` it holds for every service that no other term names. Prices are before tax.
    """

    services: Annotated[list[Text], Meta(min_length=1)] | None = None
    category: Literal["E", "S"]
    rate: Percent | None = None
    reason: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"category", "rate", "reason"} - valid.keys():
            return
        if valid["category"] == "S" and not valid["rate"]:
            yield Fault("/rate", "is required above 0 for category S")
        if valid["category"] == "S" and valid["reason"] is not None:
            yield Fault("/reason", "is of an exemption, category E")
        if valid["category"] == "E" and valid["rate"] is not None:
            yield Fault("/rate", "has no place where nothing is taxed: leave it out, or make the category S")


def _vat_faults(terms: Sequence[Any] | None) -> Iterator[Fault]:
    """Faults of a service that two terms name, and of two terms for all others."""
    seen: set[str | None] = set()
    for index, term in enumerate([] if terms is None else terms):
        for service in () if term is INVALID else term.services or (None,):
            if service in seen:
                named = "every other service" if service is None else service
                yield Fault(f"/vat/{index}/services", f"{named} has a term already")
            seen.add(service)


def _block_faults(valid: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of blocks of hours, whose charge is of nobody's visit and is taxed in one way."""
    blocks, terms, funders = (valid.get(name) or [] for name in ("blocks", "vat", "funding"))
    yield from _twice(blocks, "name", "/blocks")
    for index, block in enumerate(blocks):
        if block is INVALID or INVALID in terms:
            continue
        if len({_tax_of(terms, service) for service in block.services}) > 1:
            yield Fault(f"/blocks/{index}/services", "are taxed in different ways: make a block for each")
    for index, funder in enumerate(funders if blocks else []):
        if funder is not INVALID and funder.payer == "person":
            yield Fault(
                f"/funding/{index}/payer",
                "person cannot pay for a block, which is for nobody in particular: people's shares stand in packages",
            )


def _tax_of(terms: Sequence[VatTerm], service: str) -> tuple[str, Decimal | None]:
    named = [term for term in terms if service in (term.services or ())]
    others = [term for term in terms if term.services is None]
    return next(((term.category, term.rate) for term in named or others), ("E", None))


class Mileage(Struct, frozen=True, kw_only=True):
    """What is paid on top of the price of a visit made, in pounds for each mile of the journey that led to it."""

    per_mile: Price


class Retainer(Struct, frozen=True, kw_only=True):
    """What is due of visits suspended while the person is away: a share of the planned price for the first `days`."""

    percent: Percent
    days: Annotated[int, Meta(ge=1, le=366)]


def _too_high(rates: Sequence[Any] | None, uplifts: Sequence[Any] | None) -> Iterator[Fault]:
    """The fault of uplifts that together would raise a rate beyond what a price may be."""
    if not rates or not uplifts or INVALID in rates or INVALID in uplifts:
        return
    highest = max(max([rate.hourly, *rate.visit_prices.values()]) for rate in rates)
    factor = prod(1 + uplift.percent / 100 for uplift in uplifts)
    if highest * factor > HIGHEST_PRICE:
        yield Fault("/annual_uplifts", "would together raise a rate to more than a million pounds")


def _twice(items: Sequence[Any] | None, key: str, at: str) -> Iterator[Fault]:
    """Faults of a value that stands twice among the items that could be read."""
    values = [INVALID if item is INVALID else getattr(item, key) for item in items or ()]
    for index, value in enumerate(values):
        if value is not INVALID and value in values[:index]:
            yield Fault(f"{at}/{index}/{key.rstrip('_')}", f"{value} stands twice")


class Contract(Struct, frozen=True, kw_only=True):
    """The terms on which a commissioner pays for visits.

    `division` says whose bank holidays hold; `suspended` null means that a suspended visit costs nothing.
    """

    reference: Text
    pay_basis: Literal["planned", "actual", "planned_within_tolerance"]
    tolerance_minutes: ContractMinutes | None = None
    tolerance_seconds: ContractSeconds | None = None
    cap_at_planned: bool = False
    rounding: Rounding = Rounding(mode="none")
    minimum_minutes: ContractMinutes | None = None
    minimum_seconds: ContractSeconds | None = None
    rates: list[Rate]
    uplifts: list[Uplift] = []
    missed: AtPercent
    refused: AtPercent
    cancelled: Cancelled
    suspended: Retainer | None = None
    funding: list[Funder]
    division: Division = "england"
    annual_uplifts: list[AnnualUplift] = []
    lots: list[Lot] = []
    vat: list[VatTerm] = []
    mileage: Mileage | None = None
    blocks: list[Block] = []

    @property
    def tolerance(self) -> int:
        """Seconds by which actual may differ from planned and still be paid as planned."""
        return _seconds(self.tolerance_minutes, self.tolerance_seconds)

    @property
    def minimum(self) -> int:
        """The least payable seconds of a visit made."""
        return _seconds(self.minimum_minutes, self.minimum_seconds)

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _one_of(valid, "tolerance_minutes", "tolerance_seconds")
        yield from _one_of(valid, "minimum_minutes", "minimum_seconds")
        tolerant = valid.get("pay_basis") == "planned_within_tolerance"
        if tolerant and all(valid.get(f"tolerance_{unit}", 0) is None for unit in ("minutes", "seconds")):
            yield Fault("/tolerance_minutes", "is required to pay the plan within a tolerance")
        yield from funding_faults(valid.get("funding"), "/funding")
        yield from _twice(valid.get("annual_uplifts"), "from_", "/annual_uplifts")
        yield from _too_high(valid.get("rates"), valid.get("annual_uplifts"))
        yield from _twice(valid.get("lots"), "lot", "/lots")
        yield from _vat_faults(valid.get("vat"))
        yield from _block_faults(valid)


class ContractVersion(Contract, frozen=True, kw_only=True):
    """A contract as it is loaded: terms, parties by reference, and the London dates it runs, inclusive.

    `punctual_minutes` and `full_length_percent` are what it measures performance by; neither has to do with pay.
    """

    provider: Text
    commissioner: Text
    from_: Day = field(name="from")
    until: Day | None = None
    billing_period: BillingPeriod
    self_billed: bool = False
    purchase_order: Text | None = None
    punctual_minutes: Annotated[int, Meta(ge=0, le=720)] | None = None
    full_length_percent: Annotated[int, Meta(ge=1, le=100)] | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from super().faults(valid)
        yield from dates_in_order(valid)
