"""Spending against budgets: sums by hand, and pennies that are never lost."""

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.budgets import (
    A_PENNY,
    AMOUNTS,
    BUDGETS,
    COMMISSIONED,
    FORECAST,
    SPENT,
    UNBILLED,
    VERSIONS,
    against,
    forecast,
)
from backend.domain.funding import WHOLE
from backend.domain.pricing import terms_of
from schemas.contract import Contract
from schemas.strict import decode

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
TERMS: dict[str, Any] = {
    "reference": "c", "pay_basis": "planned", "missed": {"percent": "0"}, "refused": {"percent": "100"},
    "cancelled": {"notice_hours": 24, "percent_if_late": "100"}, "funding": [{"payer": "us", "percent": "100"}],
    "rates": [{"service": "care", "zone": "rural", "from": "2026-01-01", "hourly": "24.00"}],
}  # fmt: skip


def amount(
    pence: int,
    day: date,
    kind: str = SPENT,
    provider: str = "p",
    contract: str = "c",
    service: str | None = "care",
) -> tuple[Any, ...]:
    return kind, provider, contract, service, day, pence * A_PENNY


def set_against(budgets: list[tuple[Any, ...]], *amounts: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    numbered = [(place, FIRST, LAST, *each) for place, each in enumerate(budgets)]
    return against(
        pl.DataFrame(numbered, BUDGETS, orient="row"), pl.DataFrame(list(amounts), AMOUNTS, orient="row")
    ).rows()


def expected(
    first: date, last: date, terms: dict[str, Any] | None = None, **changes: Any
) -> tuple[pl.DataFrame, int]:
    """What a package of four half hours a week comes to."""
    package = {
        "package": 0, "contract": "c", "starts_on": date(2026, 1, 1), "ends_on": None, "service": "care",
        "zone": "rural",
        "carers": 1, "visit_seconds": 1800, "weekly": 4_000_000, "percent": None, **changes,
    }  # fmt: skip
    contract = decode(Contract, terms or TERMS).value
    assert contract is not None
    versions = pl.DataFrame([(0, "c", "p", FIRST, LAST, WHOLE)], VERSIONS, orient="row")
    return forecast(pl.DataFrame([package], COMMISSIONED), versions, terms_of([(contract, [])]), first, last)


def pence(frame: pl.DataFrame) -> Fraction:
    return Fraction(int(frame["units"].sum()), A_PENNY)


def test_an_amount_counts_against_every_budget_that_it_fits() -> None:
    budgets = [("p", "c", None), (None, None, "care"), ("q", None, None), (None, None, None)]
    told = set_against(budgets, amount(100, FIRST), amount(50, date(2026, 5, 9), service=None))
    assert told == [
        (0, FIRST, SPENT, 100), (0, date(2026, 5, 1), SPENT, 50), (1, FIRST, SPENT, 100),
        (3, FIRST, SPENT, 100), (3, date(2026, 5, 1), SPENT, 50),
    ]  # fmt: skip


def test_the_first_and_the_last_day_of_the_year_are_in_it_and_the_days_beside_them_are_not() -> None:
    days = (date(2026, 3, 31), FIRST, LAST, date(2027, 4, 1))
    told = set_against([(None, None, None)], *(amount(1, day) for day in days))
    assert [(month, count) for _, month, _, count in told] == [(FIRST, 1), (date(2027, 3, 1), 1)]


def test_credits_take_away_and_kinds_stand_apart_under_the_names_that_pages_ask_for() -> None:
    told = set_against(
        [(None, None, None)],
        amount(500, FIRST), amount(-200, FIRST), amount(70, FIRST, FORECAST), amount(9, FIRST, UNBILLED),
    )  # fmt: skip
    assert told == [(0, FIRST, "forecast", 70), (0, FIRST, "spent", 300), (0, FIRST, "unbilled", 9)]


def test_a_week_of_a_package_costs_its_visits_at_the_contracts_price() -> None:
    amounts, unpriced = expected(date(2026, 11, 2), date(2026, 11, 8))
    assert (pence(amounts), unpriced, amounts.height) == (4 * 1200, 0, 7)


def test_two_carers_a_share_and_a_price_by_visit_count() -> None:
    rate = {**TERMS["rates"][0], "visit_prices": {"30": "13.00"}}
    amounts, _ = expected(
        date(2026, 11, 2), date(2026, 11, 8), {**TERMS, "rates": [rate]}, carers=2, percent=WHOLE // 4
    )
    assert pence(amounts) == 2600


def test_weekend_and_annual_uplifts_count_and_those_of_hours_do_not() -> None:
    terms = {
        **TERMS,
        "uplifts": [{"name": "weekend", "days": ["sat", "sun"], "multiplier": "1.5"},
                    {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "2"}],
        "annual_uplifts": [{"from": "2026-11-09", "percent": "10"}],
    }  # fmt: skip
    first, _ = expected(date(2026, 11, 2), date(2026, 11, 8), terms)
    assert pence(first) == Fraction(4) / 7 * (5 * 1200 + 2 * 1800)
    then, _ = expected(date(2026, 11, 9), date(2026, 11, 9), terms)
    assert pence(then) == Fraction(4 * 1320) / 7


def test_a_package_counts_on_its_own_days_and_days_without_a_price_are_told() -> None:
    amounts, unpriced = expected(
        date(2026, 11, 1), date(2026, 11, 30), starts_on=date(2026, 11, 10), ends_on=date(2026, 11, 12)
    )
    assert (amounts["day"].to_list(), unpriced) == ([date(2026, 11, day) for day in (10, 11, 12)], 0)
    assert expected(date(2026, 11, 2), date(2026, 11, 8), zone="moon")[1] == 7
    beyond, unpriced = expected(date(2027, 3, 30), date(2027, 4, 2))
    assert (beyond.height, unpriced) == (2, 2)
    before, unpriced = expected(date(2026, 3, 30), FIRST)
    assert (before["day"].to_list(), unpriced) == ([FIRST], 2)
    nothing, unpriced = expected(date(2026, 11, 2), date(2026, 11, 1))
    assert (nothing.height, unpriced) == (0, 0)


@given(
    st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(0, 364), st.sampled_from("pq")), max_size=30)
)
def test_budgets_by_provider_add_up_to_the_one_of_all(given_amounts: list[tuple[int, int, str]]) -> None:
    amounts = [
        amount(sum_, date.fromordinal(FIRST.toordinal() + day), provider=provider)
        for sum_, day, provider in given_amounts
    ]
    told = set_against([("p", None, None), ("q", None, None), (None, None, None)], *amounts)
    of = {place: sum(row[3] for row in told if row[0] == place) for place in range(3)}
    assert of[0] + of[1] == of[2] == sum(sum_ for sum_, _, _ in given_amounts)
