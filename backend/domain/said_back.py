"""Amounts, times and days in plain English, for terms that are said back to those who agreed them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from backend.domain.money import printed
from schemas.contract import Rounding, Uplift

DAY_NAMES: Final = {
    "mon": "Mondays",
    "tue": "Tuesdays",
    "wed": "Wednesdays",
    "thu": "Thursdays",
    "fri": "Fridays",
    "sat": "Saturdays",
    "sun": "Sundays",
    "bank_holiday": "bank holidays",
}


def plain(value: Decimal | None) -> str:
    """A number without needless zeros; None is 0."""
    return f"{(value or Decimal(0)).normalize():f}"


def money(value: Decimal) -> str:
    """Whole pennies as pounds; a price below the penny as it was written."""
    return printed(value) if value == round(value, 2) else f"£{plain(value)}"


def minutes(seconds: int) -> str:
    """A length of time in minutes; in seconds where it is not a whole number of tenths of a minute."""
    told = plain(Decimal(seconds) / 60)
    return f"{told} minute{'' if told == '1' else 's'}" if seconds % 6 == 0 else f"{seconds} seconds"


def rounded(rounding: Rounding) -> str:
    """How a length of time is rounded, in words, such as "up to a multiple of 5 minutes"."""
    words = {"up": "up to a", "down": "down to a", "nearest": "to the nearest", "none": "to a"}[rounding.mode]
    halves = ", a half going up" if rounding.mode == "nearest" else ""
    return f"{words} multiple of {minutes(rounding.step)}{halves}"


def when(uplift: Uplift) -> str:
    """On which days and in which hours an uplift holds, for what starts then."""
    days = listed([DAY_NAMES[day] for day in uplift.days or []])
    parts = [f"on {days}"] if days else []
    parts += [f"starting from {uplift.from_} until before {uplift.until}"] if uplift.from_ else []
    return " ".join(parts)


def listed(names: Sequence[str]) -> str:
    """Names with "and" between them."""
    return " and ".join(names)
