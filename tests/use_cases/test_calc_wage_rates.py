"""Which rate applies, arrears and standards."""

import pytest

from tests.wage import answer, answers, case, faults, pointers


def band(born: str, start: str, end: str, **more: object) -> tuple[str, str]:
    result = answer(worker={"date_of_birth": born, **more}, period={"start": start, "end": end})
    return result["required"]["band"], result["required"]["hourly"]


@pytest.mark.parametrize(
    ("start", "end", "by_age"),
    [
        ("2015-10-01", "2015-10-31", {"17": "3.87", "20": "5.30", "22": "6.70", "24": "6.70", "40": "6.70"}),
        ("2016-03-31", "2016-04-29", {"17": "3.87", "20": "5.30", "22": "6.70", "24": "6.70", "40": "6.70"}),
        ("2016-04-01", "2016-04-30", {"17": "3.87", "20": "5.30", "22": "6.70", "24": "6.70", "40": "7.20"}),
        ("2016-10-01", "2016-10-31", {"17": "4.00", "20": "5.55", "22": "6.95", "24": "6.95", "40": "7.20"}),
        ("2017-04-01", "2017-04-30", {"17": "4.05", "20": "5.60", "22": "7.05", "24": "7.05", "40": "7.50"}),
        ("2018-04-01", "2018-04-30", {"17": "4.20", "20": "5.90", "22": "7.38", "24": "7.38", "40": "7.83"}),
        ("2019-04-01", "2019-04-30", {"17": "4.35", "20": "6.15", "22": "7.70", "24": "7.70", "40": "8.21"}),
        ("2020-04-01", "2020-04-30", {"17": "4.55", "20": "6.45", "22": "8.20", "24": "8.20", "40": "8.72"}),
        ("2021-04-01", "2021-04-30", {"17": "4.62", "20": "6.56", "22": "8.36", "24": "8.91", "40": "8.91"}),
        ("2022-04-01", "2022-04-30", {"17": "4.81", "20": "6.83", "22": "9.18", "24": "9.50", "40": "9.50"}),
        (
            "2023-04-01",
            "2023-04-30",
            {"17": "5.28", "20": "7.49", "22": "10.18", "24": "10.42", "40": "10.42"},
        ),
        (
            "2024-04-01",
            "2024-04-30",
            {"17": "6.40", "20": "8.60", "22": "11.44", "24": "11.44", "40": "11.44"},
        ),
        (
            "2025-04-01",
            "2025-04-30",
            {"17": "7.55", "20": "10.00", "22": "12.21", "24": "12.21", "40": "12.21"},
        ),
        (
            "2026-04-01",
            "2026-04-30",
            {"17": "8.00", "20": "10.85", "22": "12.71", "24": "12.71", "40": "12.71"},
        ),
    ],
)
def test_the_rate_goes_by_age_on_the_first_day(start: str, end: str, by_age: dict[str, str]) -> None:
    year = int(start[:4])
    born = [{"worker": {"date_of_birth": f"{year - int(age)}-01-01"}} for age in by_age]
    found = answers(*born, period={"start": start, "end": end})
    assert [each["required"]["hourly"] for each in found] == list(by_age.values())


@pytest.mark.parametrize(
    ("start", "end", "age", "name"),
    [
        ("2015-12-01", "2015-12-31", 22, "21_and_over"),
        ("2016-04-01", "2016-04-30", 24, "21_to_24"),
        ("2021-03-31", "2021-04-29", 25, "25_and_over"),
        ("2021-04-01", "2021-04-30", 22, "21_to_22"),
        ("2024-03-31", "2024-04-29", 23, "23_and_over"),
        ("2024-04-01", "2024-04-30", 21, "21_and_over"),
        ("2026-04-01", "2026-04-30", 20, "18_to_20"),
        ("2026-04-01", "2026-04-30", 17, "under_18"),
    ],
)
def test_bands_have_the_names_of_their_time(start: str, end: str, age: int, name: str) -> None:
    assert band(f"{int(start[:4]) - age}-01-01", start, end)[0] == name


def test_a_birthday_on_the_first_day_counts_and_one_day_later_does_not() -> None:
    assert band("2005-04-01", "2026-04-01", "2026-04-30")[0] == "21_and_over"
    assert band("2005-04-02", "2026-04-01", "2026-04-30")[0] == "18_to_20"


def test_one_born_on_29_february_has_the_birthday_on_1_march() -> None:
    assert band("2008-02-29", "2026-02-28", "2026-03-27")[0] == "under_18"
    assert band("2008-02-29", "2026-03-01", "2026-03-31")[0] == "18_to_20"


@pytest.mark.parametrize(
    ("apprenticeship", "expected"),
    [
        ({"started": "2026-01-01"}, "apprentice"),
        ({"started": "2026-04-01"}, "apprentice"),
        ({"started": "2026-04-02"}, "21_and_over"),
        ({"started": "2025-04-02"}, "apprentice"),
        ({"started": "2025-04-01"}, "21_and_over"),
        ({"started": "2026-01-01", "ended": "2026-03-31"}, "21_and_over"),
        ({"started": "2026-01-01", "ended": "2026-04-01"}, "apprentice"),
        ({"started": "2026-01-01", "ended": None}, "apprentice"),
    ],
)
def test_an_adult_apprentice_has_twelve_months(apprenticeship: dict[str, str], expected: str) -> None:
    assert band("1990-01-01", "2026-04-01", "2026-04-30", apprenticeship=apprenticeship)[0] == expected


def test_an_apprentice_under_19_stays_one_however_long_ago_it_started() -> None:
    started = {"apprenticeship": {"started": "2024-01-01"}}
    assert band("2007-04-02", "2026-04-01", "2026-04-30", **started) == ("apprentice", "8.00")
    assert band("2007-04-01", "2026-04-01", "2026-04-30", **started)[0] == "18_to_20"


def test_a_rate_rise_inside_the_period_waits_for_the_next() -> None:
    result = answer(period={"start": "2026-03-02", "end": "2026-04-01"})
    assert result["required"]["statute"] == "nmw-rate-2025-04-01"


def test_given_rates_replace_the_table_and_need_no_birthday() -> None:
    result = answer(
        worker=None, rates={"hourly": "5.80"}, period={"start": "1999-04-01", "end": "1999-04-30"}
    )
    assert result["required"] == {"band": "override", "hourly": "5.80", "pay": "58.00", "statute": None}


def test_other_given_rates_leave_the_table_in_force() -> None:
    result = answer(rates={"hourly_now": "20.00"}, pay=[])
    assert result["required"]["band"] == "21_and_over"
    assert result["arrears"]["due"] == "200.00"
    assert "/worker/date_of_birth" in pointers(case(worker=None, rates={"hourly_now": "20.00"}))


@pytest.mark.parametrize(("start", "end"), [("2015-09-30", "2015-10-29"), ("2027-04-01", "2027-04-30")])
def test_a_date_with_no_known_rate_is_refused_naming_the_last_known(start: str, end: str) -> None:
    (fault,) = faults(case(period={"start": start, "end": end}))
    assert fault.pointer == "/period/start"
    assert "2027-03-31" in fault.detail


def test_the_last_known_day_may_begin_a_period_that_ends_after_it() -> None:
    assert answer(period={"start": "2027-03-31", "end": "2027-04-29"})["required"]["hourly"] == "12.71"


def test_an_unknown_rate_is_named_together_with_other_faults() -> None:
    found = pointers(case(period={"start": "2029-01-01", "end": "2029-03-01"}, pay=[{"kind": "gift"}]))
    assert found == {"/period/start", "/period", "/pay/0/kind"}


def test_arrears_use_todays_rate_for_the_age_of_then() -> None:
    result = answer(
        worker={"date_of_birth": "1999-06-01"},  # 21 then, 27 now
        period={"start": "2021-03-01", "end": "2021-03-31"},
        pay=[],
        as_of="2022-05-01",
    )
    assert result["required"]["band"] == "21_to_24"
    assert result["arrears"] == {
        "underpayment": "82.00",
        "rate_then": "8.20",
        "rate_now": "9.18",
        "due": "91.80",
        "rule": "nmw-act-17",
    }


def test_arrears_of_an_apprentice_use_the_apprentice_rate() -> None:
    result = answer(
        worker={
            "date_of_birth": "1999-06-01",
            "apprenticeship": {"started": "2021-01-01", "ended": "2022-01-01"},
        },
        period={"start": "2021-03-01", "end": "2021-03-31"},
        pay=[],
    )
    assert (result["arrears"]["rate_then"], result["arrears"]["rate_now"]) == ("4.15", "8.00")


def test_arrears_never_fall_below_the_underpayment() -> None:
    result = answer(rates={"hourly": "12.71", "hourly_now": "10.00"}, pay=[])
    assert (result["arrears"]["underpayment"], result["arrears"]["due"]) == ("127.10", "127.10")


def test_a_given_rate_with_no_rate_of_today_stands_for_both() -> None:
    result = answer(rates={"hourly": "6.00"}, period={"start": "2012-01-01", "end": "2012-01-31"}, pay=[])
    assert (result["arrears"]["rate_now"], result["arrears"]["due"]) == ("6.00", "60.00")


def test_an_unknown_rate_of_today_leaves_only_what_is_due_open() -> None:
    result = answer(pay=[], as_of="2027-04-01")
    assert result["arrears"]["rate_now"] is None
    assert result["arrears"]["due"] is None
    assert result["shortfall"] == "127.10"
    assert [warning["code"] for warning in result["warnings"]] == ["rate_now_unknown"]


def test_nothing_is_due_when_compliant_whatever_the_rate_of_today() -> None:
    result = answer(as_of="2027-04-01")
    assert (result["arrears"]["underpayment"], result["arrears"]["due"]) == ("0.00", "0.00")
    assert result["warnings"] == []


def test_a_standard_covers_every_hour_of_its_kinds_counted_or_not() -> None:
    work = [{"kind": "contact", "minutes": 600}, {"kind": "sleep_in", "minutes": 60}]
    kinds = {"narrow": ["contact"], "wide": ["contact", "sleep_in"], "none": ["travel"]}
    standards = [{"name": name, "hourly": "12.00", "kinds": listed} for name, listed in kinds.items()]
    found = answer(work=work, standards=standards)["standards"]
    assert [(row["name"], row["met"], row["shortfall"]) for row in found] == [
        ("narrow", True, "0.00"),
        ("wide", False, "4.90"),
        ("none", True, "0.00"),
    ]


def test_a_standard_changes_no_verdict() -> None:
    standards = [{"name": "high", "hourly": "20.00", "kinds": ["contact", "contact"]}]
    result = answer(standards=standards)
    assert result["compliant"] is True
    assert result["standards"][0]["shortfall"] == "72.90"


def test_a_starters_rate_is_that_of_the_first_day_of_the_employment() -> None:
    period = {"start": "2026-03-15", "end": "2026-04-14"}
    before = answer(period=period, employment_started_on="2026-03-01")["required"]
    assert before["statute"] == answer(period=period)["required"]["statute"] == "nmw-rate-2025-04-01"
    started = answer(period=period, employment_started_on="2026-04-01")
    assert started["required"]["statute"] == "nmw-rate-2026-04-01"
    young = {"date_of_birth": "2005-03-20"}
    assert answer(period=period, worker=young)["required"]["band"] == "18_to_20"
    assert (
        answer(period=period, worker=young, employment_started_on="2026-03-20")["required"]["band"]
        == "21_and_over"
    )
    housed = answer(
        period=period, employment_started_on="2026-04-01", accommodation={"days": 1, "charge": "0"}
    )
    assert housed["accommodation_adjustment"] == "11.10"


def test_a_starter_after_the_last_known_rate_is_refused_though_the_period_began_before() -> None:
    late = case(period={"start": "2027-03-15", "end": "2027-04-14"}, employment_started_on="2027-04-01")
    assert pointers(late) == {"/period/start"}


def test_an_employment_that_begins_after_the_period_or_ends_before_it_begins_is_refused() -> None:
    assert pointers(case(employment_started_on="2026-05-01")) == {"/employment_started_on"}
    both = case(employment_started_on="2026-04-20", employment_ended_on="2026-04-10")
    assert pointers(both) == {"/employment_ended_on"}
    terms = {"basic_hours_per_year": "2080", "pay_periods_per_year": 12, "employed_days": 31}
    assert pointers(case(work_type="salaried", salaried=terms)) == {"/salaried/employed_days"}
