"""Wire types of pay under an employer's terms: `PayCase` in, `PayResult` out."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

from schemas.contract import Rounding, Uplift, dates_in_order
from schemas.day import DayCase, DayResult, Mode
from schemas.scalars import Day, Minutes, Text, parse_minutes, parse_positive_money
from schemas.strict import INVALID, Decoded, Fault, decode

ContactBasis = Literal["actual", "planned", "longer"]
HOURLY_WORK: Final = (
    "contact",
    "travel",
    "waiting",
    "training",
    "supervision",
    "meeting",
    "handover",
    "awake",
    "break",
)
HIGHEST_RATE: Final = 1_000_000
PaidWork = Literal[
    "contact", "travel", "waiting", "training", "supervision", "meeting", "handover", "awake", "break"
]
UnpaidWork = Literal[PaidWork, "commute", "sleep_in", "unresolved", "mileage"]


def parse_rate(data: object) -> Decimal:
    """Pounds an hour, a mile or a sleep-in as a decimal string, above zero and at most a million."""
    try:
        value = parse_positive_money(data)
    except ValueError as error:
        raise ValueError(f"{error}; leave out what is not paid") from None
    if value > HIGHEST_RATE:
        raise ValueError("is more than a million pounds")
    return value


def parse_miles(data: object) -> Decimal | None:
    """Miles, a whole number or a decimal string, not negative; None for "auto"."""
    if data == "auto":
        return None
    try:
        return parse_minutes(data)
    except ValueError:
        raise ValueError('must be "auto", or miles such as 12 or "12.5"') from None


_RATE_SCHEMA: Final = {"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,6})?$"}
PayRate = Annotated[Decimal, Meta(extra={"parse": parse_rate}, extra_json_schema=_RATE_SCHEMA)]
_MILES_SCHEMA: Final = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
Miles = Annotated[Decimal | None, Meta(extra={"parse": parse_miles}, extra_json_schema=_MILES_SCHEMA)]


class PayRates(Struct, frozen=True, kw_only=True):
    """Pounds an hour for each kind of time; a kind left out is unpaid. `sleep_in_flat`: pounds a sleep-in."""

    contact: PayRate | None = None
    travel: PayRate | None = None
    waiting: PayRate | None = None
    training: PayRate | None = None
    supervision: PayRate | None = None
    meeting: PayRate | None = None
    handover: PayRate | None = None
    awake: PayRate | None = None
    break_: PayRate | None = field(default=None, name="break")
    sleep_in_flat: PayRate | None = None

    def hourly(self, work: str) -> Decimal | None:
        """Pounds an hour for a kind of time, or None where the terms pay nothing for it."""
        return getattr(self, "break_" if work == "break" else work, None)


class MileageRates(Struct, frozen=True, kw_only=True):
    """Pounds a mile by the way the carer travels; a way left out is not paid."""

    car: PayRate | None = None
    bicycle: PayRate | None = None
    walk: PayRate | None = None
    bus: PayRate | None = None

    def paid(self) -> dict[str, Decimal]:
        """Pounds a mile for each way that is paid."""
        rates = {"car": self.car, "bicycle": self.bicycle, "walk": self.walk, "bus": self.bus}
        return {mode: rate for mode, rate in rates.items() if rate is not None}


class PayTerms(Struct, frozen=True, kw_only=True):
    """What an employer has agreed to pay. `paid_gap_limit_minutes` null: every gap is paid."""

    rates: PayRates
    contact_basis: ContactBasis = "actual"
    paid_gap_limit_minutes: Minutes | None = None
    enhancements: list[Uplift] = []
    mileage_per_mile: MileageRates = MileageRates()
    rounding: Rounding = Rounding(mode="none")

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        for index, uplift in enumerate(valid.get("enhancements", [])):
            if uplift is not INVALID and uplift.multiplier is not None and uplift.multiplier < 1:
                yield Fault(f"/enhancements/{index}/multiplier", "must be at least 1: it may not lower pay")


class PayTermsVersion(PayTerms, frozen=True, kw_only=True):
    """Pay terms as they are loaded: whose they are, and the London dates they run, both included."""

    provider: Text
    reference: Text
    from_: Day = field(name="from")
    until: Day | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from super().faults(valid)
        yield from dates_in_order(valid)


class PayCase(Struct, frozen=True, kw_only=True):
    """A carer's days to pay under terms. Each day is what calc day takes, or what it answers.

    `miles` "auto" (None here) adds up the journeys of the days; a number is miles travelled in the one way
    that the terms pay. Without `bank_holidays`, those of England are taken.
    """

    terms: PayTerms
    days: list[Any]
    miles: Miles = None
    bank_holidays: list[Day] | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        terms = valid.get("terms")
        paid = {} if terms is None else terms.mileage_per_mile.paid()
        if valid.get("miles") is not None and len(paid) > 1:
            yield Fault("/miles", f"could be by {' or '.join(paid)}: leave one rate in mileage_per_mile")
        for index, data in enumerate(valid.get("days", [])):
            day = read_day(data)
            for fault in day.faults:
                yield fault.under(f"/days/{index}")
            if isinstance(day.value, DayResult) and terms is not None and terms.contact_basis != "actual":
                yield Fault(
                    f"/days/{index}", "is an answer, which holds no planned times: give the day itself"
                )


def read_day(data: object) -> Decoded[DayCase] | Decoded[DayResult]:
    """Read one day of a pay case: an answer of calc day if it holds segments, an input otherwise."""
    if isinstance(data, DayCase):
        return Decoded(data)
    if isinstance(data, DayResult):
        return Decoded(data)
    if isinstance(data, Mapping) and "segments" in data:
        return decode(DayResult, data)
    return decode(DayCase, data)


class PayLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of pay, of a kind that calc wage takes. Minutes, pounds and miles are decimal text.

    `rounding_minutes` is minutes paid less the minutes before rounding. `rate` is pounds an hour, a sleep-in
    or a mile.
    """

    kind: Literal["hourly", "premium", "sleep_in_allowance", "mileage"]
    minutes: str
    rate: str
    amount: str
    rounding_minutes: str
    rule: str
    work: PaidWork | Literal["sleep_in"] | None = None
    enhancement: str | None = None
    units: int | None = None
    miles: str | None = None
    mode: Mode | None = None


class UnpaidTime(Struct, frozen=True, kw_only=True):
    """Time of the days that the terms do not pay, or mileage that nobody can add up, and why."""

    work: UnpaidWork
    minutes: str
    rule: str


class PayResult(Struct, frozen=True, kw_only=True):
    """The answer of calc pay."""

    lines: list[PayLine]
    unpaid: list[UnpaidTime]
    total: str
