"""The rates of the minimum wage as one looks them up by hand: a table, an age on a date, an apprenticeship.

Figures: SI 2015/621 with its yearly amendments, as the Government's page of past rates and each instrument give them.
"""

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

COLUMNS = ("25 and over", "23 or 24", "21 or 22", "18 to 20", "under 18", "apprentice", "offset")
TABLE = {
    date(2015, 10, 1): "6.70 6.70 6.70 5.30 3.87 3.30 5.35",
    date(2016, 4, 1): "7.20 6.70 6.70 5.30 3.87 3.30 5.35",
    date(2016, 10, 1): "7.20 6.95 6.95 5.55 4.00 3.40 6.00",
    date(2017, 4, 1): "7.50 7.05 7.05 5.60 4.05 3.50 6.40",
    date(2018, 4, 1): "7.83 7.38 7.38 5.90 4.20 3.70 7.00",
    date(2019, 4, 1): "8.21 7.70 7.70 6.15 4.35 3.90 7.55",
    date(2020, 4, 1): "8.72 8.20 8.20 6.45 4.55 4.15 8.20",
    date(2021, 4, 1): "8.91 8.91 8.36 6.56 4.62 4.30 8.36",
    date(2022, 4, 1): "9.50 9.50 9.18 6.83 4.81 4.81 8.70",
    date(2023, 4, 1): "10.42 10.42 10.18 7.49 5.28 5.28 9.10",
    date(2024, 4, 1): "11.44 11.44 11.44 8.60 6.40 6.40 9.99",
    date(2025, 4, 1): "12.21 12.21 12.21 10.00 7.55 7.55 10.66",
    date(2026, 4, 1): "12.71 12.71 12.71 10.85 8.00 8.00 11.10",
}
LAST = date(2027, 3, 31)
MAIN_FROM_25, MAIN_FROM_23, MAIN_FROM_21 = date(2016, 4, 1), date(2021, 4, 1), date(2024, 4, 1)
"""From when the highest rate began at 25, at 23 and at 21 again."""


class Rates(NamedTuple):
    """Pounds an hour then and now (None: not known), pounds a day of accommodation, and the band."""

    then: Fraction
    now: Fraction | None
    offset: Fraction
    band: str


def rates_of(case: dict[str, Any]) -> Rates:
    """The rates of a case: its own where it gives them, else those of its first day."""
    given = case.get("rates", {})
    first = first_day(case)
    own = given.get("hourly")
    then = Fraction(own) if own else rate(case, first)
    assert then is not None
    now = (
        Fraction(given.get("hourly_now") or own)
        if given.get("hourly_now") or own
        else rate(case, as_of(case))
    )
    offset = given.get("accommodation_offset_per_day")
    daily = Fraction(offset) if offset is not None else cell(first, "offset") or Fraction(0)
    return Rates(then, now, daily, "override" if own else band(case, first))


def as_of(case: dict[str, Any]) -> date:
    return date.fromisoformat(case["as_of"])


def first_day(case: dict[str, Any]) -> date:
    """The first day of the period, or of the employment in it."""
    return max(
        date.fromisoformat(text)
        for text in (case["period"]["start"], case.get("employment_started_on", "0001-01-01"))
    )


def age_on(born: date, day: date) -> int:
    """Birthdays had; one of 29 February has hers on 1 March where there is none."""
    return day.year - born.year - (day.timetuple()[1:3] < born.timetuple()[1:3])


def is_apprentice(case: dict[str, Any]) -> bool:
    """Started, not ended, and under 19 or within twelve months of starting, on the first day."""
    said, day = case.get("worker", {}).get("apprenticeship"), first_day(case)
    if not said or date.fromisoformat(said["started"]) > day:
        return False
    if said.get("ended") and date.fromisoformat(said["ended"]) < day:
        return False
    under_19 = age_on(date.fromisoformat(case["worker"]["date_of_birth"]), day) < 19
    return under_19 or age_on(date.fromisoformat(said["started"]), day) < 1


def column(case: dict[str, Any]) -> str:
    if is_apprentice(case):
        return "apprentice"
    age = age_on(date.fromisoformat(case["worker"]["date_of_birth"]), first_day(case))
    return next(name for least, name in zip((25, 23, 21, 18, 0), COLUMNS, strict=False) if age >= least)


def cell(day: date, name: str) -> Fraction | None:
    """A figure of the table in force on a date; None where none is known."""
    held = [since for since in TABLE if since <= day <= LAST]
    return Fraction(TABLE[max(held)].split()[COLUMNS.index(name)]) if held else None


def rate(case: dict[str, Any], day: date) -> Fraction | None:
    return cell(day, column(case))


def band(case: dict[str, Any], day: date) -> str:
    """What the law of a date calls the worker's band."""
    name = column(case)
    if name in ("apprentice", "under 18", "18 to 20"):
        return name.replace(" ", "_")
    if day < MAIN_FROM_25 or day >= MAIN_FROM_21:
        return "21_and_over"
    if day < MAIN_FROM_23:
        return "25_and_over" if name == "25 and over" else "21_to_24"
    return "21_to_22" if name == "21 or 22" else "23_and_over"
