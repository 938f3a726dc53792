"""The lines of a long invoice added up for paper: by week and service, and by person."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from backend.documents import words
from backend.documents.block_hours import is_charge
from backend.documents.listed import LISTED
from backend.domain.counted import counted
from backend.domain.time import london_date
from schemas.documents import InvoiceLine, ParkedVisit

T = TypeVar("T")
Key = tuple[Any, ...]
SUMS: Final = ("Visits", "Worked", "Billed", "New", "Changes", "Amount")
"""What is added up in each row, after what the row is of."""
Row = list[str]


def line_sums(lines: list[InvoiceLine]) -> dict[str, Any]:
    """What stands in place of more lines than are listed: words, and rows by week and service and by person."""
    people = {line.person for line in lines}
    said = (
        f"This document has {len(lines):,} lines, more than anybody reads on paper. Here they are added up. "
        "Every line, with its times, price, rules and shares, is in the CSV, XLSX and JSON files of this document; "
        "the JSON is also attached to this PDF. Visits and times are those billed here for the first time."
    )
    if len(people) > LISTED:
        said += f" They are of {len(people):,} people, who are in the files too."
    return {
        "said": said,
        "headings": list(SUMS),
        "weeks": _rows(lines, _week_and_service, _week_words),
        "people": [] if len(people) > LISTED else _rows(lines, _person, _person_words),
        "total": _summed(lines),
    }


def parked_rows(parked: list[ParkedVisit]) -> list[Row]:
    """Each visit that is not billed yet with its reason; of more than are listed, how many there are of each reason."""
    if len(parked) <= LISTED:
        return [[visit.visit, words.worded(visit.reason), visit.detail] for visit in parked]
    return [
        [counted(len(each), "visit"), words.worded(reason), "Each is named in the XLSX and JSON files."]
        for (reason,), each in _grouped(parked, lambda visit: (visit.reason,))
    ]


def _week_and_service(line: InvoiceLine) -> Key:
    span = line.planned or line.actual
    if is_charge(line) or span is None:
        return date.min, "", line.service
    day = london_date(span.start)
    return day - timedelta(days=day.weekday()), line.service, ""


def _week_words(key: Key) -> Row:
    monday, service, undated = key
    if monday == date.min:
        return ["Blocks of hours", words.worded(undated)]
    return [words.short_day(monday), words.worded(service)]


def _person(line: InvoiceLine) -> Key:
    return (line.person,)


def _person_words(key: Key) -> Row:
    return [key[0] or "Blocks of hours"]


def _rows(
    lines: list[InvoiceLine], key: Callable[[InvoiceLine], Key], named: Callable[[Key], Row]
) -> list[Row]:
    return [[*named(each), *_summed(group)] for each, group in _grouped(lines, key)]


def _grouped(items: Iterable[T], key: Callable[[T], Key]) -> list[tuple[Key, list[T]]]:
    groups: dict[Key, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items())


def _summed(lines: list[InvoiceLine]) -> Row:
    new = [line for line in lines if not line.adjusts]
    visits = [line for line in new if not is_charge(line)]
    first, all_of_it = (sum((line.amount for line in some), Decimal()) for some in (new, lines))
    return [
        f"{len(visits):,}",
        words.hours(sum((line.actual_minutes for line in visits), Decimal())),
        words.hours(sum(map(billed_minutes, visits), Decimal())),
        words.pounds(first),
        words.pounds(all_of_it - first),
        words.pounds(all_of_it),
    ]


def billed_minutes(line: InvoiceLine) -> Decimal:
    """The minutes that readers add up as billed: none where nothing is charged."""
    return Decimal() if _uncharged(line) else line.payable_minutes


def gained_minutes(line: InvoiceLine) -> Decimal:
    """Those minutes less the time worked."""
    return Decimal() if _uncharged(line) else line.difference_minutes


def _uncharged(line: InvoiceLine) -> bool:
    """Whether nobody was there and it costs nothing: planned time is priced, and none of it billed."""
    return not line.actual_minutes and not line.price
