"""The price of one visit under one contract, in fractions: the contract's own words, one after the other.

Takes the contract as it is loaded. docs/pricing.md says the same rules in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from backend.simulator.truth.wage import half_up

LONDON: Final = ZoneInfo("Europe/London")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to price: `attended` holds the actual times of each carer who came, and None for one who did not."""

    service: str
    zone: str
    status: str
    planned: Span
    carers: int
    attended: Sequence[Span | None]
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Whole pence of a line at its rate, and the seconds paid of a visit that was made; none of one that was not."""

    pence: int
    seconds: int | None


def price_visit(contract: Mapping[str, Any], visit: Visit, holidays: frozenset[date] = frozenset()) -> int:
    """Whole pence for a visit, with no block of hours."""
    return sum(line.pence for line in price_lines(contract, visit, holidays))


def price_lines(
    contract: Mapping[str, Any], visit: Visit, holidays: frozenset[date] = frozenset()
) -> list[PricedLine]:
    """One line, or one a carer where the package is double-handed."""
    if visit.carers == 1:
        only = visit.attended[0] if visit.attended else None
        return [_line(contract, visit, only, visit.status, holidays)]
    anyone = any(span is not None for span in visit.attended)
    places = [*visit.attended, *[None] * (visit.carers - len(visit.attended))]
    return [
        _line(contract, visit, span, "missed" if anyone and span is None else visit.status, holidays)
        for span in places
    ]


def _line(
    contract: Mapping[str, Any], visit: Visit, actual: Span | None, status: str, holidays: frozenset[date]
) -> PricedLine:
    planned = _seconds(visit.planned)
    percent = _percent(contract, visit, status)
    made = status == "completed" and actual is not None
    seconds = _payable(contract, planned, _seconds(actual)) if made else planned
    pence = half_up(_pounds(contract, visit, seconds, holidays) * percent) if percent else 0
    return PricedLine(pence, seconds if made else None)


def _seconds(span: Span | None) -> int:
    return 0 if span is None else int(span[1].timestamp()) - int(span[0].timestamp())


def _percent(contract: Mapping[str, Any], visit: Visit, status: str) -> Fraction:
    """Per cent of the price that is due; with pounds it makes pence."""
    if status == "completed":
        return Fraction(100)
    if status in ("missed", "refused"):
        return Fraction(contract[status]["percent"])
    assert status == "cancelled" and visit.cancelled_at is not None
    notice = timedelta(hours=contract["cancelled"]["notice_hours"])
    if visit.cancelled_by == "provider" or visit.planned[0] - visit.cancelled_at >= notice:
        return Fraction(0)
    return Fraction(contract["cancelled"]["percent_if_late"])


def _payable(contract: Mapping[str, Any], planned: int, actual: int) -> int:
    basis = contract["pay_basis"]
    tolerance = Fraction(contract.get("tolerance_minutes") or 0) * 60
    by_plan = basis == "planned" or (
        basis == "planned_within_tolerance" and abs(actual - planned) <= tolerance
    )
    seconds = planned if by_plan else actual
    if contract.get("cap_at_planned", False):
        seconds = min(seconds, planned)
    return max(
        _rounded(contract.get("rounding"), seconds), int(Fraction(contract.get("minimum_minutes") or 0) * 60)
    )


def _rounded(rounding: Mapping[str, Any] | None, seconds: int) -> int:
    if rounding is None or rounding["mode"] == "none":
        return seconds
    step = int(Fraction(rounding["minutes"]) * 60)
    steps = Fraction(seconds, step)
    whole = {"up": -(-steps // 1), "down": steps // 1, "nearest": half_up(steps)}[rounding["mode"]]
    return int(whole) * step


def _pounds(contract: Mapping[str, Any], visit: Visit, seconds: int, holidays: frozenset[date]) -> Fraction:
    """The price of so many seconds with the best uplift. Raises LookupError unless exactly one rate fits."""
    local = visit.planned[0].astimezone(LONDON)
    rates = [rate for rate in contract["rates"] if _fits(rate, visit, local.date())]
    if len(rates) != 1:
        raise LookupError(f"{len(rates)} rates fit {visit.service} in zone {visit.zone} on {local.date()}")
    hours = Fraction(seconds, 3600)
    bands = {
        Fraction(minutes) * 60: Fraction(price) for minutes, price in rates[0].get("visit_prices", {}).items()
    }
    plain = bands.get(Fraction(seconds), Fraction(rates[0]["hourly"]) * hours)
    raised = [
        _raised(uplift, plain, hours)
        for uplift in contract.get("uplifts", [])
        if _open(uplift, local, holidays)
    ]
    return max(raised, default=plain)


def _fits(rate: Mapping[str, Any], visit: Visit, day: date) -> bool:
    until = rate.get("until")
    return (
        rate["service"] == visit.service
        and rate["zone"] == visit.zone
        and date.fromisoformat(rate["from"]) <= day
        and (until is None or day <= date.fromisoformat(until))
    )


def _raised(uplift: Mapping[str, Any], plain: Fraction, hours: Fraction) -> Fraction:
    if uplift.get("multiplier") is not None:
        return plain * Fraction(uplift["multiplier"])
    return plain + Fraction(uplift["per_hour"]) * hours


def _open(uplift: Mapping[str, Any], local: datetime, holidays: frozenset[date]) -> bool:
    days, opens, closes = uplift.get("days"), uplift.get("from"), str(uplift.get("until"))
    if days is not None:
        today = [WEEKDAYS[local.weekday()]] + (["bank_holiday"] if local.date() in holidays else [])
        if not set(today) & set(days):
            return False
    if opens is None:
        return True
    clock = f"{local:%H:%M}"
    return opens <= clock < closes if opens < closes else clock >= opens or clock < closes
