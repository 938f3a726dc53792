"""Which figures of pay may be published: none from which a reader could learn about one person. Pure."""

from collections.abc import Mapping
from typing import Any, Final

ABOUT_SHORT: Final = (
    "workers_short", "tests_short", "underpayment", "due", "paid_since", "outstanding", "tests_put_right",
)  # fmt: skip
ABOUT_TRAVEL: Final = ("travel_seconds", "travel_paid_seconds", "travel_percent")
ABOUT_TESTED: Final = ("workers", "tests")


def told(figures: Mapping[str, Any], carers: int, fewest: int) -> dict[str, Any]:
    """The figures, with None in place of each that is about one to `fewest` - 1 people.

    Nothing is published about a provider with so few workers tested. Shortfalls are published only if neither those who
    are short nor those who are not are so few: whoever knows one number knows the other. Travel is published if it is
    that of enough `carers`.
    """
    workers, short = figures["workers"], figures["workers_short"]
    hidden: set[str] = set()
    if _few(workers, fewest):
        hidden.update((*ABOUT_TESTED, *ABOUT_SHORT, *ABOUT_TRAVEL))
    if _few(short, fewest) or (short and _few(workers - short, fewest)):
        hidden.update(ABOUT_SHORT)
    if _few(figures["not_tested"], fewest):
        hidden.add("not_tested")
    if _few(carers, fewest):
        hidden.update(ABOUT_TRAVEL)
    return {name: None if name in hidden else value for name, value in figures.items()}


def _few(people: int, fewest: int) -> bool:
    return 0 < people < fewest
