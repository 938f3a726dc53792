"""Findings about a bundle: what holds, what does not, what cannot be said from the file alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["proved", "failed", "not proved"]
MOST_DETAILS: Final = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in words. `details` name each thing it is about: a file, an event, a place in the result."""

    about: str
    state: State
    says: str
    details: tuple[str, ...] = ()


def proved(about: str, says: str, details: Iterable[str] = ()) -> Finding:
    """Something that holds."""
    return Finding(about, "proved", says, tuple(details))


def failed(about: str, says: str, details: Iterable[str] = ()) -> Finding:
    """Something that does not hold: the bundle proves nothing in this."""
    return Finding(about, "failed", says, _few(tuple(details)))


def open_question(about: str, says: str, details: Iterable[str] = ()) -> Finding:
    """Something that the file alone cannot show."""
    return Finding(about, "not proved", says, _few(tuple(details)))


def held(about: str, says: str, faults: Sequence[str], wrong: str) -> Finding:
    """`says` if there are no faults, else `wrong` with them."""
    return failed(about, wrong, faults) if faults else proved(about, says)


def _few(details: tuple[str, ...]) -> tuple[str, ...]:
    more = len(details) - MOST_DETAILS
    return details if more <= 0 else (*details[:MOST_DETAILS], f"and {more} more")
