"""Scalar wire types: money, minutes, instants, dates, coordinates. Each parser says what is wrong in words."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from msgspec import Meta

_LONG_DECIMAL: Final = re.compile(r"-?\d{1,12}\.\d{7,}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_EXACT: Final = re.compile(r"-?\d{1,16}(\.\d{1,22})?", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
"""A time of day, HH:MM."""
EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200


def parse_decimal(data: object) -> Decimal:
    """A decimal string: at most twelve digits before the point and six after it."""
    if isinstance(data, str) and _LONG_DECIMAL.fullmatch(data):
        raise ValueError("has more than six decimal places")
    if not isinstance(data, str):
        raise ValueError('must be a decimal number as text, such as "12.71"')
    if not _DECIMAL.fullmatch(data):
        raise ValueError("must be a number such as 12.71, without signs for money, commas or spaces")
    return Decimal(data)


def parse_exact(data: object) -> Decimal:
    """Pounds before any rounding: at most sixteen digits before the point and twenty-two after it."""
    if not isinstance(data, str) or not _EXACT.fullmatch(data):
        raise ValueError('must be an amount before rounding, as text, such as "583.50198"')
    return Decimal(data)


def parse_money(data: object) -> Decimal:
    """Pounds as a decimal string, not negative."""
    value = parse_decimal(data)
    if value < 0:
        raise ValueError("must not be negative")
    return value


def parse_positive_money(data: object) -> Decimal:
    """Pounds as a decimal string, above zero."""
    value = parse_decimal(data)
    if value <= 0:
        raise ValueError("must be more than zero")
    return value


def parse_quantity(data: object) -> Decimal:
    """A number of things or hours: a whole number or a decimal string, at most twelve digits before a point."""
    if not isinstance(data, int) or isinstance(data, bool):
        return parse_decimal(data)
    if abs(data) >= 10**12:
        raise ValueError("has more than twelve digits")
    return Decimal(data)


def parse_minutes(data: object) -> Decimal:
    """Minutes: a whole number or a decimal string, not negative."""
    value = parse_quantity(data)
    if value < 0:
        raise ValueError("must not be negative")
    if value > 10_000_000:
        raise ValueError("is more than ten million minutes")
    return value


def parse_instant(data: object) -> datetime:
    """An RFC 3339 instant with an offset, returned in UTC."""
    if not isinstance(data, str) or not _INSTANT.fullmatch(data):
        raise ValueError("must be an instant with an offset, such as 2026-11-02T07:00:00Z")
    try:
        value = datetime.fromisoformat(data.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{data} is not a date and time that exists") from None
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    return value


def parse_date(data: object) -> date:
    """A calendar date, YYYY-MM-DD."""
    if not isinstance(data, str) or not _DATE.fullmatch(data):
        raise ValueError("must be a date, such as 2026-11-02")
    try:
        value = date.fromisoformat(data)
    except ValueError:
        raise ValueError(f"{data} is not a date that exists") from None
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    return value


def _degrees(data: object, limit: int) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        raise ValueError("must be a number of degrees")
    if not -limit <= data <= limit:  # also refuses NaN; 0.0 is a real longitude in England
        raise ValueError(f"must lie between -{limit} and {limit}")
    return float(data)


def parse_latitude(data: object) -> float:
    """Degrees north, -90 to 90."""
    return _degrees(data, 90)


def parse_longitude(data: object) -> float:
    """Degrees east, -180 to 180."""
    return _degrees(data, 180)


def _meta(parse: Any, **schema: Any) -> Meta:
    return Meta(extra={"parse": parse}, extra_json_schema=schema)


_DECIMAL_TEXT: Final = {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}

Number = Annotated[Decimal, _meta(parse_decimal, **_DECIMAL_TEXT)]
Money = Annotated[Decimal, _meta(parse_money, **_DECIMAL_TEXT)]
Exact = Annotated[Decimal, _meta(parse_exact, type="string", pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,22})?$")]
PositiveMoney = Annotated[Decimal, _meta(parse_positive_money, **_DECIMAL_TEXT)]
Quantity = Annotated[Decimal, _meta(parse_quantity, anyOf=[{"type": "integer"}, _DECIMAL_TEXT])]
Minutes = Annotated[Decimal, _meta(parse_minutes, anyOf=[{"type": "integer", "minimum": 0}, _DECIMAL_TEXT])]
Instant = Annotated[datetime, _meta(parse_instant, type="string", format="date-time")]
Day = Annotated[date, _meta(parse_date, type="string", format="date")]
Latitude = Annotated[float, _meta(parse_latitude, type="number", minimum=-90, maximum=90)]
Longitude = Annotated[float, _meta(parse_longitude, type="number", minimum=-180, maximum=180)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
