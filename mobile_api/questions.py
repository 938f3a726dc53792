"""What a phone asks in the address: dates and whole numbers, each fault named."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

from schemas.mobile import parse_uuid
from schemas.scalars import parse_date
from schemas.strict import Fault, Faulty

_LONGEST_NUMBER: Final = 6


def date_of(
    name: str, text: str | None, default: date | None, last: date | None = None, most: int = 0
) -> date:
    """A London date. With `last`, it must begin a range to it of at most `most` days. Raises Faulty."""
    try:
        value = default if text is None else parse_date(text)
    except ValueError as error:
        raise Faulty([Fault(f"/{name}", str(error))]) from error
    if value is None:
        raise Faulty([Fault(f"/{name}", "is required: a date, such as 2026-11-02")])
    if faults := list(_range_faults(name, value, last, most)):
        raise Faulty(faults)
    return value


def _range_faults(name: str, first: date, last: date | None, most: int) -> Iterator[Fault]:
    if last is None:
        return
    if first > last:
        yield Fault(f"/{name}", "lies after the last day asked for")
    elif (last - first).days >= most:
        yield Fault(f"/{name}", f"asks for more than {most} days")


def whole_of(name: str, text: str | None, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises Faulty."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER or not 1 <= int(text) <= most:
        raise Faulty([Fault(f"/{name}", f"must be a whole number from 1 to {most}")])
    return int(text)


def uuid_of(name: str, text: str) -> UUID:
    """An id in the address. Raises Faulty."""
    try:
        return parse_uuid(text)
    except ValueError as error:
        raise Faulty([Fault(f"/{name}", str(error))]) from error
