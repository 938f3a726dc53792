"""Hours and miles for payroll: lines of one kind and rate together, nothing lost, nothing said that is not known."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.documents.hours import HEADINGS, PaidEmployment, hours_csv
from schemas.pay import PayLine, UnpaidTime

WEEK = (date(2026, 11, 2), date(2026, 11, 8))


def line(**changes: Any) -> PayLine:
    values: dict[str, Any] = {
        "kind": "hourly", "work": "contact", "minutes": "30", "rate": "13.00", "amount": "6.50",
        "rounding_minutes": "0", "rule": "pay-contact",
    }  # fmt: skip
    return PayLine(**values | changes)


def rows(*lines: PayLine, **changes: Any) -> list[dict[str, str]]:
    values: dict[str, Any] = {
        "employment": "E1",
        "person": "C1",
        "terms": ["standard"],
        "lines": lines,
        "unpaid": [],
    }
    content = hours_csv("hearth", "weekly:mon", WEEK, [PaidEmployment(**values | changes)])
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_row_says_whose_period_and_what_is_paid_for_it() -> None:
    [row] = rows(line(), line(minutes="10.5", amount="2.28"))
    assert list(row) == list(HEADINGS)
    assert {name: value for name, value in row.items() if value} == {
        "provider": "hearth",
        "pay_cycle": "weekly:mon",
        "period_start": "2026-11-02",
        "period_end": "2026-11-08",
        "employment": "E1",
        "person": "C1",
        "terms": "standard",
        "kind": "hourly",
        "work": "contact",
        "rate": "13.00",
        "minutes": "40.5",
        "hours": "0.6750",
        "amount": "8.78",
        "rules": "pay-contact",
    }


def test_another_rate_kind_or_way_of_travel_is_a_row_of_its_own() -> None:
    found = rows(
        line(),
        line(rate="14.00"),
        line(work="travel"),
        line(enhancement="night"),
        line(kind="mileage", work=None, mode="car", miles="3.25", minutes="0", rate="0.45", amount="1.46"),
        line(kind="mileage", work=None, mode="bicycle", miles="1", minutes="0", rate="0.20", amount="0.20"),
        line(kind="sleep_in_allowance", work="sleep_in", units=1, minutes="0", rate="60.00", amount="60.00"),
    )
    assert len(found) == 7
    assert [(row["mode"], row["miles"]) for row in found[4:6]] == [("car", "3.25"), ("bicycle", "1")]
    assert (found[6]["units"], found[6]["amount"]) == ("1", "60.00")


def test_time_that_the_terms_do_not_pay_is_there_without_an_amount() -> None:
    unpaid = [UnpaidTime(work="travel", minutes=minutes, rule="pay-unpaid") for minutes in ("12", "3")]
    [row] = rows(unpaid=unpaid)
    assert (row["kind"], row["work"], row["minutes"], row["amount"]) == ("unpaid", "travel", "15", "")


def test_an_employment_that_cannot_be_paid_by_its_terms_has_the_reason_and_no_sum() -> None:
    [row] = rows(reason="No terms of pay are held for 2026-11-03.", terms=[])
    assert row["note"] == "No terms of pay are held for 2026-11-03."
    assert row["amount"] == row["minutes"] == ""


@given(
    st.lists(
        st.tuples(st.sampled_from(["12.71", "13.00"]), st.integers(0, 600), st.integers(0, 9999)), max_size=20
    )
)
def test_no_minute_and_no_penny_is_lost(given_lines: list[tuple[str, int, int]]) -> None:
    lines = [
        line(rate=rate, minutes=str(minutes), amount=f"{Decimal(pence) / 100:.2f}")
        for rate, minutes, pence in given_lines
    ]
    found = rows(*lines)
    assert len(found) == len({rate for rate, _, _ in given_lines})
    assert sum(Decimal(row["minutes"]) for row in found) == sum(minutes for _, minutes, _ in given_lines)
    assert sum(Decimal(row["amount"]) for row in found) * 100 == sum(pence for _, _, pence in given_lines)
