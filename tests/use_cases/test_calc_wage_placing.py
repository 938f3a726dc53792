"""Which pay reference period a payment belongs to. The period under test is April 2026 unless said."""

from typing import Any

import pytest

from tests.wage import WEEK, answer, answers, paid, salary, span

APRIL_WORK = span("2026-04-01", "2026-04-30")
MARCH_WORK = span("2026-03-01", "2026-03-31")


def placed(**line: Any) -> str:
    return paid(salary("60.00", **line))


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        ("2026-03-31", "0.00"),
        ("2026-04-01", "60.00"),
        ("2026-04-30", "60.00"),
        ("2026-05-01", "0.00"),
        ("2025-04-15", "0.00"),
    ],
)
def test_a_payment_with_only_a_pay_day_counts_where_it_was_paid(paid_on: str, expected: str) -> None:
    assert placed(paid_on=paid_on) == expected


@pytest.mark.parametrize(
    ("earned", "expected"),
    [
        (APRIL_WORK, "60.00"),
        (span("2026-04-10", "2026-04-10"), "60.00"),
        (MARCH_WORK, "0.00"),
        (span("2026-03-31", "2026-04-01"), "30.00"),
        (span("2026-02-15", "2026-05-01"), "15.00"),
        (span("2025-05-01", "2026-04-30"), "5.00"),
    ],
)
def test_a_payment_with_only_earned_is_shared_over_the_periods_it_touches(
    earned: dict[str, str], expected: str
) -> None:
    assert placed(earned=earned) == expected


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        ("2026-04-30", "60.00"),  # paid in it
        ("2026-05-31", "60.00"),  # paid in the next
        ("2026-06-01", "0.00"),  # paid later: counts in June
        ("2026-03-31", "0.00"),  # paid before: counts in March
    ],
)
def test_a_payment_counts_where_it_was_earned_if_paid_there_or_in_the_next(
    paid_on: str, expected: str
) -> None:
    assert placed(earned=APRIL_WORK, paid_on=paid_on) == expected


def test_a_payment_for_an_earlier_period_counts_here_only_if_it_came_too_late_for_that() -> None:
    assert placed(earned=MARCH_WORK, paid_on="2026-04-15") == "0.00"
    assert placed(earned=span("2026-02-01", "2026-02-28"), paid_on="2026-04-15") == "60.00"


def test_each_share_is_placed_on_its_own() -> None:
    quarter = span("2026-01-01", "2026-04-30")
    # paid in April: the April share counts here, March's there, and those of January and February here
    assert placed(earned=quarter, paid_on="2026-04-30") == "45.00"
    # paid in May: only April's and those that count in May
    assert placed(earned=quarter, paid_on="2026-05-05") == "15.00"


def test_the_total_holds_only_what_is_placed_here_and_the_row_shows_the_whole() -> None:
    result = answer(
        pay=[salary("60.00", earned=span("2026-03-01", "2026-05-31")), salary("1", paid_on="2026-01-01")]
    )
    assert result["total_remuneration"] == "20.00"
    assert [(row["amount"], row["placed"]) for row in result["pay"]] == [("60.00", "20.00"), ("1.00", "0.00")]


def test_the_share_of_a_premium_goes_with_its_line() -> None:
    lines: list[dict[str, Any]] = [
        {"kind": "hourly", "minutes": 60, "rate": "10.00"},
        {"kind": "hourly", "minutes": 60, "rate": "16.00", "earned": span("2026-03-01", "2026-05-31")},
    ]
    result = answer(pay=lines)
    assert (result["total_remuneration"], result["premium_excluded"]) == ("15.33", "2.00")
    assert result["nmw_pay"] == "13.33"


def test_three_shares_of_a_third_come_to_the_whole() -> None:
    line = salary("127.10", earned=span("2026-03-01", "2026-05-31"))
    result = answer(pay=[line, line, line])
    assert (result["nmw_pay"], result["compliant"]) == ("127.10", True)


def test_seventeen_shares_of_a_seventeenth_come_to_the_whole() -> None:
    line = salary("127.10", earned=span("2026-04-01", "2027-08-31"))
    result = answer(pay=[line] * 17)
    assert (result["nmw_pay"], result["compliant"]) == ("127.10", True)


def test_other_periods_are_blocks_of_this_ones_length() -> None:
    def week(**line: Any) -> str:
        return paid(salary("60.00", **line), period=WEEK)

    assert week(earned=span("2026-06-07", "2026-06-08")) == "30.00"
    assert week(earned=span("2026-05-18", "2026-06-07")) == "20.00"
    assert week(earned=span("2026-06-01", "2026-06-07"), paid_on="2026-06-14") == "60.00"
    assert week(earned=span("2026-06-01", "2026-06-07"), paid_on="2026-06-15") == "0.00"


def test_a_month_from_a_late_day_runs_on_without_a_gap() -> None:
    period = span("2026-01-31", "2026-02-28")
    line = salary("60.00", earned=span("2026-02-28", "2026-03-01"))
    assert paid(line, period=period) == "30.00"
    later = salary("60.00", earned=period, paid_on="2026-03-30")  # the next runs to the day before 31 March
    assert paid(later, period=period) == "60.00"
    too_late = salary("60.00", earned=period, paid_on="2026-03-31")
    assert paid(too_late, period=period) == "0.00"


# The period after April ends on Sunday 31 May 2026; its last four working days are 26 to 29 May (25 May is a bank
# holiday and no weekday of the four).
@pytest.mark.parametrize(
    ("handed_in", "expected"), [("2026-05-25", "0.00"), ("2026-05-26", "60.00"), ("2026-06-02", "60.00")]
)
def test_a_late_record_brings_its_payment_back(handed_in: str, expected: str) -> None:
    assert placed(earned=APRIL_WORK, paid_on="2026-06-20", record_submitted_on=handed_in) == expected


def test_bank_holidays_bring_the_last_day_for_the_record_forward() -> None:
    line = salary("60.00", earned=APRIL_WORK, paid_on="2026-06-20", record_submitted_on="2026-05-22")
    assert paid(line) == "0.00"
    assert paid(line, bank_holidays=["2026-05-25", "2026-05-27"]) == "60.00"
    assert paid(line, bank_holidays=["2026-05-25", "2026-05-29"]) == "60.00", "a Friday"
    assert paid(line, bank_holidays=["2026-05-25"]) == "0.00"
    assert paid(line, bank_holidays=["2026-05-27", "2026-05-27", "2026-05-30"]) == "0.00"
    assert paid(line, bank_holidays=["2026-05-25", "2026-06-01", "2026-06-02"]) == "0.00", "after the period"
    assert paid(line, bank_holidays=["2026-05-04", "2026-05-05", "2026-05-22"]) == "0.00", (
        "by the day of the record"
    )
    before = [f"2026-05-{day:02}" for day in (15, 14, 13, 12, 11, 8, 7, 6, 5, 4)]
    assert paid(line, bank_holidays=["2026-05-25", *before]) == "0.00", "in any order"


def test_a_bank_holiday_on_the_last_day_of_a_period_is_no_working_day_before_its_end() -> None:
    """The period after March ends on Thursday 30 April; without it the fourth working day from the end is the 24th."""
    march = span("2026-03-01", "2026-03-31")
    line = salary("60.00", earned=march, paid_on="2026-05-20", record_submitted_on="2026-04-24")
    assert paid(line, period=march) == "0.00"
    assert paid(line, period=march, bank_holidays=["2026-04-30"]) == "60.00"
    assert paid(line, period=march, bank_holidays=["2026-05-01"]) == "0.00"


def test_the_bank_holidays_of_one_case_say_nothing_of_another() -> None:
    line = salary("60.00", earned=APRIL_WORK, paid_on="2026-06-20", record_submitted_on="2026-05-22")
    found = answers(
        {"bank_holidays": ["2026-05-25", "2026-05-27"]}, {"bank_holidays": ["2026-05-25"]}, pay=[line]
    )
    assert [one["nmw_pay"] for one in found] == ["60.00", "0.00"]


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [("2026-07-31", "60.00"), ("2026-08-31", "60.00"), ("2026-09-01", "0.00"), ("2026-06-30", "0.00")],
)
def test_a_late_record_is_paid_in_the_period_of_handing_in_or_the_next(paid_on: str, expected: str) -> None:
    assert placed(earned=APRIL_WORK, paid_on=paid_on, record_submitted_on="2026-07-10") == expected


def test_a_late_record_takes_its_payment_out_of_the_period_it_was_paid_in() -> None:
    february = span("2026-02-01", "2026-02-28")
    assert placed(earned=february, paid_on="2026-04-10") == "60.00"
    assert placed(earned=february, paid_on="2026-04-10", record_submitted_on="2026-03-27") == "0.00"
    assert placed(earned=february, paid_on="2026-04-10", record_submitted_on="2026-03-10") == "60.00"


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [("2026-04-20", "60.00"), ("2026-04-21", "60.00"), ("2026-05-20", "60.00"), ("2026-05-21", "0.00")],
)
def test_payments_in_the_month_after_leaving_count_in_the_final_period(paid_on: str, expected: str) -> None:
    assert paid(salary("60.00", paid_on=paid_on), employment_ended_on="2026-04-20") == expected


def test_a_payment_after_leaving_for_an_earlier_period_counts_in_the_final_one() -> None:
    line = salary("60.00", earned=span("2026-02-01", "2026-03-31"), paid_on="2026-05-10")
    assert paid(line, employment_ended_on="2026-04-20") == "60.00"


def test_a_month_after_leaving_ends_with_a_shorter_month() -> None:
    changes: dict[str, Any] = {
        "period": span("2026-01-01", "2026-01-31"),
        "employment_ended_on": "2026-01-30",
    }
    assert paid(salary("60.00", paid_on="2026-02-28"), **changes) == "60.00"
    assert paid(salary("60.00", paid_on="2026-03-01"), **changes) == "0.00"
    changes["employment_ended_on"] = "2026-01-27"
    assert paid(salary("60.00", paid_on="2026-02-27"), **changes) == "60.00"
    assert paid(salary("60.00", paid_on="2026-02-28"), **changes) == "0.00"


def test_the_month_after_leaving_begins_on_the_day_after() -> None:
    for paid_on, expected in (("2026-05-01", "60.00"), ("2026-05-31", "60.00"), ("2026-06-01", "0.00")):
        assert paid(salary("60.00", paid_on=paid_on), employment_ended_on="2026-04-30") == expected, paid_on


def test_leaving_in_another_period_places_the_payment_there() -> None:
    assert paid(salary("60.00", paid_on="2026-04-10"), employment_ended_on="2026-03-20") == "0.00"


def test_a_warning_is_given_only_in_the_period_of_the_payment() -> None:
    line = {"kind": "sleep_in_allowance", "amount": "40.00", "paid_on": "2026-05-10"}
    assert answer(pay=[line])["warnings"] == []


def test_a_month_that_began_late_is_followed_by_the_months_of_its_cycle() -> None:
    period = span("2026-03-01", "2026-03-30")
    line = salary("60.00", earned=period, paid_on="2026-04-30")  # the next runs from 31 March to 30 April
    assert paid(line, period=period | {"monthly_from": 31}) == "60.00"
    assert paid(line, period=period) == "0.00"  # blocks of thirty days: the next ends on 29 April
    before = salary("60.00", earned=span("2026-02-28", "2026-03-01"))
    assert paid(before, period=period | {"monthly_from": 31}) == "30.00"
