"""Types of the cells of a file to load. A cell is text, however the file wrote it; each parser says what is wrong.

CSV, XLSX and JSON cells all arrive here as text, so the three forms of one file mean the same.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.scalars import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    parse_date,
    parse_decimal,
    parse_money,
    parse_positive_money,
)

HOURS_OF_A_WEEK: Final = 168
LONGEST_TEXT: Final = 2_000
LONGEST_REFERENCE: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNSEEN: Final = re.compile("[\x80-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Marks of direction, joiners, blanks without width: what copying out of other programs may bring along."""
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}|GIR0AA", re.ASCII)
_PEPPOL: Final = re.compile(r"[0-9]{4}:[!-~]{1,50}", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST_EMAIL: Final = 254
_INSURANCE: Final = re.compile(r"[A-Z]{2}[0-9]{6}[A-D]", re.ASCII)
_LOCAL: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(:\d\d(\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_SERIAL: Final = re.compile(r"[1-9]\d{4}(\.\d{1,15})?", re.ASCII)
"""A day as spreadsheets count it, of the years 1927 to 2173, and as its fraction the time."""
_SERIAL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 a spreadsheet's date has no zone
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
_PAY_CYCLE: Final = re.compile(
    r"weekly:(mon|tue|wed|thu|fri|sat|sun)|(fortnightly|four_weekly):\d{4}-\d\d-\d\d|monthly:([1-9]|[12]\d|3[01])",
    re.ASCII,
)
_YES_NO: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Task(msgspec.Struct, frozen=True):
    """One thing to do in a visit, and the whole minutes meant for it."""

    id: str
    minutes: int


class Share(msgspec.Struct, frozen=True):
    """One payer's share of a package. `percent` is decimal text."""

    payer: str
    percent: str


def unfit(text: str) -> bool:
    """Whether text holds a character that no database can keep: a control character or half a surrogate pair."""
    return _CONTROL.search(text) is not None


def parse_text(text: str) -> str:
    """Words, up to 2,000 characters. Line breaks may stand in them."""
    if unfit(text):
        raise ValueError("holds a control character: take it out")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"has more than {LONGEST_TEXT:,} characters")
    return text


def parse_reference(text: str) -> str:
    """An organisation's own name for something: one line, up to 200 characters."""
    if len(parse_text(text)) > LONGEST_REFERENCE:
        raise ValueError(f"has more than {LONGEST_REFERENCE} characters")
    if any(character in "\n\r\u2028\u2029" for character in text):
        raise ValueError("holds a line break: write it on one line")
    if unseen := _UNSEEN.search(text):
        raise ValueError(
            f"holds a character that nobody sees (U+{ord(unseen[0]):04X}), so that two could look alike: take it out"
        )
    return text


def one_of(*allowed: str) -> Callable[[str], str]:
    """The parser of a cell that holds one of a few words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return parse


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """The parser of a cell that holds a whole number between two bounds, both allowed."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII) or not lowest <= int(text) <= highest:
            raise ValueError(f"must be a whole number from {lowest:,} to {highest:,}")
        return int(text)

    return parse


def degrees(limit: int) -> Callable[[str], float]:
    """The parser of a cell that holds degrees, up to `limit` either side of zero. 0.0 is a real longitude."""

    def parse(text: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", text, re.ASCII):
            raise ValueError("must be a number of degrees, such as 52.0565")
        if abs(Decimal(text)) > limit:
            raise ValueError(f"must lie between -{limit} and {limit}")
        return float(text)

    return parse


def parse_yes_no(text: str) -> bool:
    """true or false; yes, no, 1 and 0 are understood."""
    try:
        return _YES_NO[text.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def refuse_serial(text: str) -> None:
    """Raises ValueError, which says what to do, for the number that a spreadsheet shows of a date without format."""
    if _SERIAL.fullmatch(text):
        meant = _SERIAL_ZERO + timedelta(seconds=round(float(text) * 86_400))
        said = meant.isoformat(timespec="minutes") if "." in text else meant.date().isoformat()
        raise ValueError(
            f"{text} looks like a spreadsheet's number for {said}: give the column the format of a date there, or "
            f"write {said} as text, and save the file again"
        )


def parse_day(text: str) -> date:
    """A date, YYYY-MM-DD. A spreadsheet's midnight after it is taken off."""
    refuse_serial(text)
    return parse_date(re.sub(r"[T ]00:00(:00)?$", "", text))


def parse_moment(text: str) -> datetime:
    """A date and time: in UTC if it came with an offset, else without a zone, a London clock time."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        refuse_serial(text)
        raise ValueError("must be a date and time, such as 2026-11-02T07:00 or 2026-11-02T07:00:00+00:00")
    try:
        value = datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[5] or '').upper()}")
        value = value.astimezone(UTC) if value.tzinfo else value
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is not a date and time that exists") from None
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    return value


def parse_offset(text: str) -> timedelta:
    """An offset from UTC, such as +01:00."""
    found = _OFFSET.fullmatch("+00:00" if text in ("Z", "z") else text)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError("must be an offset from UTC, +00:00 or +01:00")
    value = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -value if found[1] == "-" else value


def parse_postcode(text: str) -> str:
    """A United Kingdom postcode, returned in capitals with one space before its last three characters."""
    squeezed = re.sub(r"\s+", "", text).upper()
    if not _POSTCODE.fullmatch(squeezed):
        raise ValueError("must be a postcode, such as HR1 1AA")
    return f"{squeezed[:-3]} {squeezed[-3:]}"


def parse_peppol_identifier(text: str) -> str:
    """An electronic address of Peppol: the four digits of its scheme, and its number. Its scheme is judged later."""
    if not _PEPPOL.fullmatch(text):
        raise ValueError("must be scheme:number, such as 0088:5060012349998")
    return text


def parse_email(text: str) -> str:
    """An email address, as far as its form tells."""
    if not _EMAIL.fullmatch(parse_reference(text)) or len(text) > LONGEST_EMAIL:
        raise ValueError("must be an email address, such as office@example.org")
    return text


def parse_insurance_number(text: str) -> str:
    """A National Insurance number without spaces. A prefix never given out passes: made-up people need one."""
    squeezed = re.sub(r"\s+", "", text).upper()
    if not _INSURANCE.fullmatch(squeezed):
        raise ValueError("must be a National Insurance number: two letters, six digits, then A, B, C or D")
    return squeezed


def parse_pay_cycle(text: str) -> str:
    """`weekly:mon`, `fortnightly:` or `four_weekly:` with a first day, or `monthly:1` (a day of the month)."""
    if not _PAY_CYCLE.fullmatch(text):
        raise ValueError(
            "must be such as weekly:mon, fortnightly:2026-11-02, four_weekly:2026-11-02 or monthly:1"
        )
    if text.startswith(("fortnightly:", "four_weekly:")):
        parse_date(text.partition(":")[2])
    return text


def parse_tasks(text: str) -> list[Task]:
    """Tasks of a visit with their minutes: `washing:10;meal:15`. A task named twice is refused."""
    tasks = [_task(part.strip()) for part in text.split(";") if part.strip()]
    names = [task.id for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"names {name} twice")
    return tasks


def _task(part: str) -> Task:
    name, colon, minutes = (piece.strip() for piece in part.rpartition(":"))
    if not colon or not name or not re.fullmatch(r"[0-9]{1,4}", minutes, re.ASCII) or int(minutes) > 1_440:
        raise ValueError(f'has "{part}": write each task with its minutes, such as washing:10;meal:15')
    return Task(parse_reference(name), int(minutes))


def parse_funding(text: str) -> list[Share]:
    """Who pays which share: `wyeshire=70;icb=30`. The percentages must make 100 exactly."""
    shares = [_share(part.strip()) for part in text.split(";") if part.strip()]
    total = sum((Decimal(share.percent) for share in shares), Decimal(0))
    if total != 100:
        raise ValueError(f"makes {total:f} per cent; the percentages must make 100 exactly")
    payers = [share.payer for share in shares]
    for payer in payers:
        if payers.count(payer) > 1:
            raise ValueError(f"names {payer} twice")
    return shares


def _share(part: str) -> Share:
    payer, equals, percent = (piece.strip() for piece in part.rpartition("="))
    try:
        value = parse_decimal(percent)
    except ValueError:
        value = Decimal(-1)
    if not equals or not payer or not 0 <= value <= 100:
        raise ValueError(f'has "{part}": write each payer with its percentage, such as wyeshire=70;icb=30')
    return Share(parse_reference(payer), f"{value.normalize():f}")


Words = Annotated[str, Meta(extra={"parse": parse_text})]
Reference = Annotated[str, Meta(extra={"parse": parse_reference})]
YesNo = Annotated[bool, Meta(extra={"parse": parse_yes_no})]
DayCell = Annotated[date, Meta(extra={"parse": parse_day})]
Moment = Annotated[datetime, Meta(extra={"parse": parse_moment})]
Offset = Annotated[timedelta, Meta(extra={"parse": parse_offset})]
PeppolCell = Annotated[str, Meta(extra={"parse": parse_peppol_identifier})]
EmailCell = Annotated[str, Meta(extra={"parse": parse_email})]
PostcodeCell = Annotated[str, Meta(extra={"parse": parse_postcode})]
InsuranceNumber = Annotated[str, Meta(extra={"parse": parse_insurance_number})]
PayCycle = Annotated[str, Meta(extra={"parse": parse_pay_cycle})]


def hours_a_week(data: object) -> Decimal:
    """Hours of care in a week, such as 10.5: more than 0, at most 168, in hundredths."""
    value = parse_positive_money(data)
    if value > HOURS_OF_A_WEEK:
        raise ValueError(f"must be at most {HOURS_OF_A_WEEK}: a week has no more hours")
    if value != round(value, 2):
        raise ValueError("must have at most two decimals")
    return value


Tasks = Annotated[list[Task], Meta(extra={"parse": parse_tasks})]
Funding = Annotated[list[Share], Meta(extra={"parse": parse_funding})]
HoursAWeek = Annotated[Decimal, Meta(extra={"parse": hours_a_week})]
MoneyCell = Annotated[Decimal, Meta(extra={"parse": parse_money})]
RateCell = Annotated[Decimal, Meta(extra={"parse": parse_positive_money})]
