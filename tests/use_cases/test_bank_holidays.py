"""Bank holidays of the four parts of the United Kingdom."""

from datetime import date

from backend.use_cases.bank_holidays import bank_holidays


def test_the_parts_of_the_kingdom_differ() -> None:
    easter_monday, second_of_january, battle_of_the_boyne = (
        date(2026, 4, 6),
        date(2026, 1, 2),
        date(2026, 7, 13),
    )
    assert easter_monday in bank_holidays("england") & bank_holidays("wales") & bank_holidays(
        "northern-ireland"
    )
    assert easter_monday not in bank_holidays("scotland")
    assert second_of_january in bank_holidays("scotland") - bank_holidays("england")
    assert battle_of_the_boyne in bank_holidays("northern-ireland") - bank_holidays("wales")


def test_a_holiday_on_a_weekend_has_its_substitute_day() -> None:
    assert date(2027, 12, 27) in bank_holidays("england")
    assert date(2027, 12, 28) in bank_holidays("england")


def test_a_holiday_on_a_weekend_is_its_substitute_day_alone() -> None:
    of_2026 = sorted(day for day in bank_holidays("england") if day.year == 2026)
    published = ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]
    assert [day.isoformat() for day in of_2026] == [f"2026-{day}" for day in published]
    assert {date(2027, 12, 25), date(2027, 12, 26)}.isdisjoint(bank_holidays("wales"))
    assert date(2025, 11, 30) not in bank_holidays("scotland")
    assert date(2025, 12, 1) in bank_holidays("scotland")
    assert date(2026, 7, 12) not in bank_holidays("northern-ireland")


def test_a_proclaimed_day_is_added_and_a_moved_one_removed() -> None:
    corrected = bank_holidays("england", added=[date(2026, 6, 15)], removed=[date(2026, 5, 25)])
    assert date(2026, 6, 15) in corrected
    assert date(2026, 5, 25) not in corrected
    assert len(corrected) == len(bank_holidays("england"))


def test_known_special_days_are_in_the_packaged_calendar() -> None:
    assert date(2023, 5, 8) in bank_holidays("england")
    assert date(2022, 9, 19) in bank_holidays("scotland")
