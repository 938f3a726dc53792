"""How documents word things."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from backend.documents import words
from backend.documents.worker_page import pay_cycle
from schemas.day import Span


def span(start: str, end: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("amount", "printed"),
    [("1461.65", "£1,461.65"), ("-0.5", "−£0.50"), ("0", "£0.00"), ("-0.004", "£0.00"), ("2.675", "£2.68")],
)
def test_pounds_have_two_decimals_rounded_half_up(amount: str, printed: str) -> None:
    assert words.pounds(Decimal(amount)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [("6900", "6,900"), ("27.50", "27.5"), ("100", "100"), ("-3.20", "−3.2"), ("1E+2", "100")],
)
def test_numbers_lose_their_trailing_zeros(value: str, printed: str) -> None:
    assert words.number(Decimal(value)) == printed


@pytest.mark.parametrize(
    ("minutes", "printed"),
    [("6900", "115 h 0 min"), ("27.5", "0 h 27.5 min"), ("-90", "−1 h 30 min"), ("60000", "1,000 h 0 min")],
)
def test_minutes_read_as_hours(minutes: str, printed: str) -> None:
    assert words.hours(Decimal(minutes)) == printed


@pytest.mark.parametrize(
    ("seconds", "printed"), [(0, "0 min"), (1620, "27 min"), (3900, "1 h 5 min"), (760, "12 min 40 s")]
)
def test_lengths_are_as_short_as_they_can_be(seconds: int, printed: str) -> None:
    assert words.lasted(seconds) == printed


def test_a_negative_length_has_a_sign() -> None:
    assert words.lasted_signed(-120) == "−2 min"


def test_clock_times_are_london_times() -> None:
    assert words.clock(span("2026-07-01T06:04:00Z", "2026-07-01T06:31:12Z")) == "07:04 to 07:31:12"


def test_an_end_on_another_day_names_the_day() -> None:
    assert words.clock(span("2026-11-02T22:00:00Z", "2026-11-03T07:00:00Z")) == "22:00 to 07:00 on Tue 3 Nov"


def test_a_span_wholly_on_another_day_names_it_once() -> None:
    night = span("2026-11-03T02:00:00Z", "2026-11-03T02:25:00Z")
    assert words.clock(night, date(2026, 11, 2)) == "02:00 to 02:25 on Tue 3 Nov"


def test_each_end_on_a_day_of_its_own_names_it() -> None:
    long = span("2026-11-03T22:00:00Z", "2026-11-04T07:00:00Z")
    assert words.clock(long, date(2026, 11, 2)) == "22:00 on Tue 3 Nov to 07:00 on Wed 4 Nov"


def test_the_hour_that_comes_twice_says_which() -> None:
    assert words.clock(span("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")) == "01:30 BST to 01:30 GMT"


def test_a_moment_names_its_zone() -> None:
    assert words.moment(datetime(2026, 5, 20, 6, tzinfo=UTC)) == "20 May 2026 at 07:00 BST"


def test_days_are_named_in_full_and_in_short() -> None:
    assert words.day(date(2026, 11, 2)) == "Monday 2 November 2026"
    assert words.short_day(date(2026, 11, 2)) == "Mon 2 Nov 2026"


@pytest.mark.parametrize(
    ("code", "worded"),
    [
        ("weekly:mon", "weekly, from Monday"),
        ("four_weekly:2026-11-02", "four weekly, from Mon 2 Nov 2026"),
        ("monthly:1", "monthly, from day 1 of the month"),
    ],
)
def test_pay_cycles_are_worded(code: str, worded: str) -> None:
    assert pay_cycle(code) == worded


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("583.5", "£583.50"),
        ("1583.50198", "£1,583.50198"),
        ("0.3333333333333333333333", "£0.333333…"),
        ("0.0000000012", "£0.0000000012"),
        ("0.00000000123456", "£0.0000000012…"),
        ("0.0000000000000000000004", "£0.0000000000000000000004"),
        ("-10", "−£10.00"),
        ("0", "£0.00"),
    ],
)
def test_an_amount_before_rounding_stands_whole_or_says_that_it_goes_on(amount: str, said: str) -> None:
    assert words.unrounded(Decimal(amount)) == said
