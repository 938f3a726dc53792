"""A carer's visits as a calendar (iCalendar, RFC 5545), which other people's computers will hold.

So it says the least that is of use: when, in which postal district, and whether two carers go. No name, no address, no
task: those stay behind the PIN of the phone. The same rota gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event

MEDIA_TYPE: Final = "text/calendar"
REFRESH: Final = timedelta(hours=1)
STATES: Final = {"planned": "CONFIRMED", "cancelled": "CANCELLED", "suspended": "CANCELLED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarVisit:
    """One visit as it is planned now. Instants in UTC; `district` is the first half of the postcode."""

    id: UUID
    version: int
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    district: str | None
    together: bool


def calendar_feed(visits: Sequence[CalendarVisit], host: str) -> bytes:
    """The calendar of these visits, each under an id that stays the same when it is moved or cancelled."""
    made = Calendar()
    made.add("prodid", "-//Doorstep//Rota//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Visits")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for visit in visits:
        made.add_component(_event(visit, host))
    content: bytes = made.to_ical()
    return content


def _event(visit: CalendarVisit, host: str) -> Event:
    made = Event()
    made.add("uid", f"{visit.id}@{host}")
    made.add("dtstamp", visit.recorded_at.replace(microsecond=0))
    made.add("sequence", visit.version)
    made.add("dtstart", visit.starts_at)
    made.add("dtend", visit.ends_at)
    made.add("summary", _summary(visit))
    made.add("status", STATES[visit.status])
    made.add("transp", "OPAQUE" if visit.status == "planned" else "TRANSPARENT")
    made.add("class", "PRIVATE")
    return made


def _summary(visit: CalendarVisit) -> str:
    said = ", ".join(
        part for part in ("Visit", visit.district, "two carers" if visit.together else None) if part
    )
    return said if visit.status == "planned" else f"{visit.status.capitalize()}: {said}"
