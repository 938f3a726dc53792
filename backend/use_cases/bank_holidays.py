"""The bank holidays of a part of the United Kingdom: the packaged calendar, with corrections."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final

import holidays

from schemas.contract import Division

FIRST_YEAR: Final = 2015
LAST_YEAR: Final = 2035
_SATURDAY: Final = 5
_SUBDIVISIONS: Final[dict[Division, str]] = {
    "england": "ENG",
    "wales": "WLS",
    "scotland": "SCT",
    "northern-ireland": "NIR",
}


@cache
def packaged(division: Division) -> frozenset[date]:
    """Bank holidays from 2015 to 2035 as the `holidays` package knew them when it was installed.

    For a holiday on a weekend the package has both the day itself and the weekday in its place. Published lists have
    only that weekday; with both, one holiday would be charged twice.
    """
    calendar = holidays.country_holidays(
        "GB", subdiv=_SUBDIVISIONS[division], years=range(FIRST_YEAR, LAST_YEAR + 1), observed=True
    )
    return frozenset(day for day in calendar if day.weekday() < _SATURDAY)


def bank_holidays(
    division: Division = "england", added: Iterable[date] = (), removed: Iterable[date] = ()
) -> frozenset[date]:
    """The packaged bank holidays with a later proclamation's days added and others removed."""
    return (packaged(division) | frozenset(added)) - frozenset(removed)
