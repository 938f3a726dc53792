"""Where a value or a rule comes from, and how far that was checked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from schemas.scalars import Day, Text
from schemas.strict import Fault

CheckedAgainst = Literal["instrument", "official_page", "secondary", "nothing", "not_law"]

HOW: Final[Mapping[str, str]] = {
    "instrument": "read in the text of the instrument",
    "official_page": "read on a page of the government's",
    "secondary": "read in somebody else's account, not in the instrument",
    "nothing": "not found anywhere",
    "not_law": "no law: it is stated where the address points",
}
"""What each degree of checking means, in words."""
UNVERIFIED: Final = ("secondary", "nothing")
"""The degrees that leave a value to be verified."""


class Cited(Struct, frozen=True, kw_only=True):
    """A citation: the instrument and its address, and what was read to check it.

    `checked_in` holds the addresses of what was really read, which need not be `href`; `note` says what is still open.
    A value for which nothing could be read says so, and has no day of checking.
    """

    instrument: Text
    href: Text
    checked_against: CheckedAgainst
    checked_on: Day | None = None
    checked_in: list[Text] = []
    note: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        degree = valid.get("checked_against")
        if degree in ("instrument", "official_page", "secondary"):
            yield from _missing(valid, "checked_on", "is required: say when it was checked")
            yield from _missing(valid, "checked_in", "is required: say what was read")
        elif degree is not None:
            for name in ("checked_on", "checked_in"):
                if valid.get(name):
                    yield Fault(f"/{name}", f"does not go with {degree}: nothing was read")
        if degree == "nothing":
            yield from _missing(valid, "note", "is required: say why nothing could be read")


def _missing(valid: Mapping[str, Any], name: str, detail: str) -> Iterable[Fault]:
    """A fault where the field is left out; a faulty one is named already."""
    if name in valid and not valid[name]:
        yield Fault(f"/{name}", detail)


def verified(entry: Cited) -> bool:
    """Whether the value was read in its instrument or on an official page, or is no law at all."""
    return entry.checked_against not in UNVERIFIED


def citation(entry: Cited) -> dict[str, Any]:
    """The fields of the citation alone, for another entry that rests on it."""
    return {name: getattr(entry, name) for name in Cited.__struct_fields__}


def how_checked(entry: Cited) -> str:
    """In words: what was read, where and when."""
    when = f" on {entry.checked_on}" if entry.checked_on else ""
    where = f": {', '.join(entry.checked_in)}" if entry.checked_in else ""
    return f"{HOW[entry.checked_against]}{when}{where}"
