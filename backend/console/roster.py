"""The roster of a day, drawn for each carer or each person on one scale."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.pictures.timeline import Stretch, Timeline, timeline
from backend.console.rendering import render
from backend.console.words import span
from backend.documents.words import worded
from backend.domain.time import london_date
from backend.use_cases.read_roster import By, Roster, RosterRow, read_roster
from schemas.scalars import parse_date

_MOST_PAGES: Final = 1000
_SAID: Final = {
    "planned": "The visit is planned. Phones show it when they next ask.",
    "changed": "The new plan is kept. Phones show it when they next ask.",
    "cancelled": "The visit is cancelled.",
    "suspended": "The visit is suspended.",
}


async def _roster(ask: Ask) -> Response[Any]:
    today = london_date(clock.now())
    day, wrong = _day_of(ask, today)
    by: By = "person" if ask.asked("by") == "person" else "carer"
    number = _page_of(ask)
    shown = await read_roster(ask.organisation, day, by, number)
    return render(
        "roster.html",
        ask.user,
        status=400 if wrong else 200,
        shown=shown,
        drawn=_drawn(shown),
        today=today,
        addresses={name: _address(at, by) for name, at in _days_about(day, today).items()},
        other=_address(day, "carer" if by == "person" else "person"),
        more=_address(day, by, number + 1) if shown.more else None,
        problems={"date": wrong} if wrong else {},
        said=_SAID.get(ask.asked("done") or ""),
    )


def _days_about(day: date, today: date) -> dict[str, date]:
    return {"previous": day - timedelta(days=1), "today": today, "following": day + timedelta(days=1)}


def _address(day: date, by: By, number: int = 1) -> str:
    more = {} if number == 1 else {"page": number}
    return f"/roster?{urlencode({'date': day.isoformat(), 'by': by, **more})}"


def _day_of(ask: Ask, today: date) -> tuple[date, str | None]:
    try:
        return parse_date(ask.asked("date") or today.isoformat()), None
    except ValueError as error:
        return today, f"The date {error}."


def _page_of(ask: Ask) -> int:
    text = ask.asked("page") or "1"
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:5]) <= _MOST_PAGES else 1


def _drawn(shown: Roster) -> list[Timeline | None]:
    """A picture for each row, all on the scale of the whole page."""
    every = [stretch for row in shown.rows for _, lane in _lanes(row) for stretch in lane]
    ends = (min(one.start for one in every), max(one.end for one in every)) if every else None
    return [timeline(_lanes(row), ends) for row in shown.rows]


def _lanes(row: RosterRow) -> list[tuple[str, list[Stretch]]]:
    planned = [
        Stretch("planned", visit.start, visit.end, f"{visit.other}, {span((visit.start, visit.end))}")
        for visit in row.planned
    ]
    worked = [
        Stretch(kind, start, end, f"{worded(kind)}, {span((start, end))}") for kind, start, end in row.worked
    ]
    return [("Planned", planned), ("Worked", worked)]


handlers: Final[list[HTTPRouteHandler]] = [page("/roster", "manager", "finance")(_roster)]
"""Who plans and who pays sees the roster."""
