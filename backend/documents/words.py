"""How documents word amounts, durations, dates and times, for a reader in Great Britain."""

from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
from functools import cache, lru_cache
from typing import Final

from backend.domain.money import to_the_penny
from backend.domain.time import LONDON, london_midnight
from schemas.day import Span
from schemas.documents import Dates, Party, TravelEngine
from schemas.gap_ledger import TravelPace

_DECIMALS: Final = 6
_DIGITS: Final = 60
MINUS: Final = "\N{MINUS SIGN}"


def pounds(amount: Decimal) -> str:
    """An amount in pounds, two decimals, half up: £1,461.65."""
    printed = to_the_penny(amount)
    return f"{MINUS if printed < 0 else ''}£{abs(printed):,.2f}"


def unrounded(amount: Decimal) -> str:
    """Pounds before rounding: £583.50198; a long fraction is cut after six decimals, or two figures: £0.333333…"""
    places = max(_DECIMALS, 1 - amount.adjusted()) if amount else _DECIMALS
    with localcontext(prec=_DIGITS):
        cut = abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
        more = "…" if cut != abs(amount) else ""
    whole, _, decimals = f"{cut:,f}".partition(".")
    shown = decimals if more else decimals.rstrip("0").ljust(2, "0")
    return f"{MINUS if amount < 0 else ''}£{whole}.{shown}{more}"


def pence(amount: int) -> str:
    """Whole pence as pounds."""
    return pounds(Decimal(amount) / 100)


def number(value: Decimal) -> str:
    """A number without trailing zeros, thousands apart: 6,900 or 27.5."""
    printed = f"{abs(value):,f}"
    printed = printed.rstrip("0").rstrip(".") if "." in printed else printed
    return f"{MINUS if value < 0 else ''}{printed}"


def document_kind(kind: str, self_billed: bool = False) -> str:
    """What an invoice or credit note calls itself: Invoice, Self-billed credit note."""
    named = kind.replace("_", " ")
    return f"Self-billed {named}" if self_billed else named.capitalize()


def percent(rate: Decimal) -> str:
    """A percentage: 20 %."""
    return f"{number(rate)}\N{NO-BREAK SPACE}%"


def hours(minutes: Decimal) -> str:
    """Minutes as hours and minutes: 115 h 0 min, or 0 h 27.5 min."""
    whole, rest = divmod(abs(minutes), 60)
    return f"{MINUS if minutes < 0 else ''}{whole:,f} h {number(rest)} min"


def lasted(seconds: int) -> str:
    """Seconds as the shortest true wording: 27 min, 1 h 5 min, 12 min 40 s."""
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def lasted_signed(seconds: int) -> str:
    """Seconds that may be negative, as an observed gap is where visits overlap."""
    return f"{MINUS}{lasted(-seconds)}" if seconds < 0 else lasted(seconds)


def day(value: date) -> str:
    """Monday 2 November 2026."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def short_day(value: date) -> str:
    """Mon 2 Nov 2026."""
    return f"{_named(value)} {value.year}"


def dates(span: Dates) -> str:
    """2 November 2026 to 29 November 2026."""
    return f"{span.start.day} {span.start:%B %Y} to {span.end.day} {span.end:%B %Y}"


def engine(row: TravelEngine) -> str:
    """What journeys judged by an engine rest on: Journeys by osrm 26.10.0: car, profile car.lua, map of 2026-11-01."""
    said = f"Journeys by {row.engine} {row.version}: {row.mode}, profile {row.profile}, map of {row.map_date}"
    parameters = ", ".join(f"{name} {value}" for name, value in sorted(row.parameters.items()))
    return f"{said} ({parameters})." if parameters else f"{said}."


def pace(row: TravelPace) -> str:
    """How a distance, or an engine's time, became a journey from door to door: straight line × 1.4 at 48 km/h, and 5
    minutes; by whose policy.
    """
    way = (
        f"straight line × {number(row.detour)} at {number(row.kmh)} km/h"
        if row.detour is not None and row.kmh is not None
        else f"the engine’s time × {number(row.factor or Decimal(1))}"
    )
    whose = "the provider’s own policy" if row.since is None else "the policy that comes with Doorstep"
    return f"{way}, and {number(row.minutes)} minutes to park and walk, by {whose}"


FALLBACKS: Final = {
    "engine_unreachable": "the routing engine did not answer",
    "off_map": "a home is far from every road on the engine’s map",
    "no_route": "the engine found no way between the homes",
}
"""Why a straight line stands where an engine was asked."""


def fallback(code: str) -> str:
    """The reason in words; the code itself where it is none we know."""
    return FALLBACKS.get(code, code)


def anchor(code: str) -> str:
    """Where a weekly, four-weekly or monthly cycle starts: mon, 2026-11-02 or 1, in words."""
    if code.isdecimal():
        return f"day {code} of the month"
    return WEEKDAY_NAMES.get(code) or short_day(date.fromisoformat(code))


def moment(instant: datetime) -> str:
    """An instant as London shows it: 2 November 2026 at 09:00 GMT."""
    local = instant.astimezone(LONDON)
    return f"{local.day} {local:%B %Y at %H:%M %Z}"


def minute(instant: datetime) -> str:
    """A clock time in London to the minute, for people who do not ask for seconds: 07:04."""
    return _time(instant.astimezone(LONDON).replace(second=0))


def clock(span: Span | None, on: date | None = None) -> str:
    """London clock times of a span: 07:04 to 07:31.

    Names the day of a time that is not on `on` (by default the day of the start), once where both ends share it.
    Says GMT or BST on the two days when the clocks change, when the same time can come twice. Shows seconds where
    they are not zero.
    """
    if span is None:
        return "none"
    start, end = span.start.astimezone(LONDON), span.end.astimezone(LONDON)
    reference = on or start.date()
    opening = (
        _time(start)
        if start.date() in (reference, end.date())
        else f"{_time(start)} on {_named(start.date())}"
    )
    closing = _time(end) if end.date() == reference else f"{_time(end)} on {_named(end.date())}"
    return f"{opening} to {closing}"


def parties_address(party: Party) -> list[str]:
    """The lines of an address block, without the name."""
    parts = [*(party.address or "").splitlines(), party.postcode or "", party.email or ""]
    return [part.strip() for part in parts if part.strip()]


def worded(code: str) -> str:
    """A code word as words: sleep_in becomes sleep in."""
    return _NAMES.get(code, code.replace("_", " "))


def _time(local: datetime) -> str:
    shown = local.time().isoformat("seconds" if local.second else "minutes")
    return f"{shown} {local:%Z}" if _clocks_change(local.date()) else shown


@lru_cache(maxsize=1000)  # a document names the same days on line after line
def _named(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b}"


@cache
def _clocks_change(value: date) -> bool:
    return london_midnight(value + timedelta(days=1)) - london_midnight(value) != timedelta(days=1)


WEEKDAY_NAMES: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

_NAMES: Final = {
    "sleep_in": "sleep-in",
    "visit_price": "price per visit",
    "hourly": "hourly rate",
    "gps": "GPS",
    "qr": "QR code",
    "nfc": "NFC tag",
    "card": "code and position",
    "tag": "NFC tag",
    "told_code": "code told by telephone",
    "message": "text message",
    "dbs_check": "DBS check",
    "home_to_work": "home to work",
    "21_and_over": "aged 21 and over",
    "18_to_20": "aged 18 to 20",
    "under_18": "aged under 18",
    "21_to_24": "aged 21 to 24",
    "25_and_over": "aged 25 and over",
    "21_to_22": "aged 21 to 22",
    "23_and_over": "aged 23 and over",
    "override": "rate given with the case",
}
