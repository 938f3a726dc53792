"""A carer's calendar: what a calendar program reads of it, and that it says no more than it must."""

from datetime import UTC, datetime
from uuid import UUID

from icalendar import Calendar

from backend.documents.calendar_feed import CalendarVisit, calendar_feed

STARTS = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""In the hour that London has twice: one in the morning, by summer time."""


def visit(**more: object) -> CalendarVisit:
    usual: dict[str, object] = {
        "id": UUID(int=1),
        "version": 3,
        "recorded_at": datetime(2026, 10, 20, 9, 0, 0, 123456, tzinfo=UTC),
        "starts_at": STARTS,
        "ends_at": STARTS.replace(hour=1),
        "status": "planned",
        "district": "HR1",
        "together": False,
    }
    return CalendarVisit(**{**usual, **more})  # type: ignore[arg-type]


def test_a_visit_is_an_event_with_its_times_and_district_alone() -> None:
    content = calendar_feed([visit(), visit(id=UUID(int=2), together=True, district=None)], "d.example")
    read = Calendar.from_ical(content)
    first, second = read.walk("VEVENT")
    assert first["uid"] == f"{UUID(int=1)}@d.example" and first["sequence"] == 3
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (STARTS, STARTS.replace(hour=1))
    assert (str(first["summary"]), first["status"], first["class"]) == ("Visit, HR1", "CONFIRMED", "PRIVATE")
    assert str(second["summary"]) == "Visit, two carers"
    allowed = {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS"}
    assert set(first) == allowed
    assert b"DTSTART:20261025T003000Z\r\n" in content and read["prodid"] and read["version"] == "2.0"


def test_what_is_cancelled_stays_and_says_so() -> None:
    for status in ("cancelled", "suspended"):
        [event] = Calendar.from_ical(calendar_feed([visit(status=status)], "d.example")).walk("VEVENT")
        assert str(event["summary"]) == f"{status.capitalize()}: Visit, HR1"
        assert (event["status"], event["transp"]) == ("CANCELLED", "TRANSPARENT")


def test_the_same_rota_gives_the_same_bytes() -> None:
    assert calendar_feed([visit()], "d.example") == calendar_feed([visit()], "d.example")
    assert Calendar.from_ical(calendar_feed([], "d.example")).walk("VEVENT") == []
