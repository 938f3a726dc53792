"""Gaps with their travel paid, by month: counted by hand, and adding up whatever is put in."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.travel_paid import GAPS, WORKERS, travel_paid

PAID = (True, True, False, False)
MONDAY = date(2026, 11, 2)


def months(workers: list[tuple[Any, ...]], gaps: list[tuple[int, date, int]]) -> list[dict[str, Any]]:
    numbered = [(place, f"E{place % 3}", *worker) for place, worker in enumerate(workers)]
    return travel_paid(
        pl.DataFrame(numbered, WORKERS, orient="row"), pl.DataFrame(gaps, GAPS, orient="row")
    ).to_dicts()


def test_travel_is_paid_where_terms_pay_all_of_it_payroll_paid_them_and_the_minimum_was_met() -> None:
    workers = [PAID, (False, True, False, False), (True, True, True, False), (True, True, False, True)]
    [month] = months(workers, [(worker, MONDAY, 600) for worker in range(4)])
    assert {name: month[name] for name in ("gaps", "paid", "unpaid", "not_known", "workers")} == {
        "gaps": 4, "paid": 1, "unpaid": 3, "not_known": 0, "workers": 3,
    }  # fmt: skip
    assert (month["seconds"], month["paid_seconds"]) == (2400, 600)


def test_terms_that_pay_it_are_not_enough_where_the_minimum_was_not_met() -> None:
    assert [months([one], [(0, MONDAY, 60)])[0]["paid"] for one in (PAID, (False, *PAID[1:]))] == [1, 0]


def test_without_terms_nobody_knows_but_a_test_not_met_says_enough() -> None:
    [month] = months(
        [(True, False, None, None), (False, False, None, None)], [(0, MONDAY, 60), (1, MONDAY, 60)]
    )
    assert (month["not_known"], month["unpaid"], month["paid"]) == (1, 1, 0)


def test_a_carer_who_is_in_two_reports_is_one() -> None:
    [month] = months([PAID] * 4, [(worker, MONDAY, 60) for worker in (0, 3)])
    assert (month["gaps"], month["workers"]) == (2, 1)


def test_months_stand_apart_and_one_without_gaps_has_no_row() -> None:
    found = months([PAID], [(0, MONDAY, 60), (0, date(2026, 12, 1), 90), (0, date(2026, 12, 2), 90)])
    assert [(row["month"], row["gaps"], row["seconds"]) for row in found] == [
        (date(2026, 11, 1), 1, 60),
        (date(2026, 12, 1), 2, 180),
    ]
    assert months([PAID], []) == []
    year = [date(2026, month, 1) for month in (7, 3, 12, 1, 9, 5, 11, 2, 10, 4, 8, 6)]
    assert [row["month"] for row in months([PAID], [(0, day, 60) for day in year])] == sorted(year)


FACT = st.booleans()
WORKER = st.tuples(FACT, st.just(True), FACT, FACT) | st.tuples(FACT, st.just(False), st.none(), st.none())


@given(
    st.lists(WORKER, min_size=1, max_size=5),
    st.lists(st.integers(1, 9000), max_size=20),
)
def test_every_gap_is_paid_unpaid_or_not_known(workers: list[tuple[Any, ...]], lengths: list[int]) -> None:
    gaps = [(place % len(workers), MONDAY, length) for place, length in enumerate(lengths)]
    for month in months(workers, gaps):
        assert month["paid"] + month["unpaid"] + month["not_known"] == month["gaps"] == len(lengths)
        assert month["paid_seconds"] <= month["seconds"] == sum(lengths)
        assert (month["paid_seconds"] == 0) == (month["paid"] == 0)
