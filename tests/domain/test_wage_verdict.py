"""The test of the minimum wage itself, to the smallest unit in which it is worked out."""

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.minimum_wage.units import GRAINS_A_PENNY
from backend.domain.minimum_wage.verdict import judged, judged_standards, sums
from backend.domain.money import EXACT

ROW = st.tuples(
    st.integers(0, 10**24),
    st.integers(-(10**30), 10**30),
    st.integers(1, 30_000_000),
    st.integers(0, 30_000_000),
)
"""Ticks that count, grains that are missing, and the rates then and now in millionths of a pound an hour."""


def judged_rows(rows: list[tuple[int, int, int, int]]) -> list[dict[str, int]]:
    frame = pl.DataFrame(
        {
            "case": list(range(len(rows))),
            "counted": [ticks for ticks, *_ in rows],
            "unresolved": [0] * len(rows),
            "nmw_pay": [ticks * then - missing for ticks, missing, then, _ in rows],
            "hourly": [then for *_, then, _ in rows],
            "hourly_now": [now for *_, now in rows],
            "tolerance": [0] * len(rows),
        },
        schema_overrides=dict.fromkeys(("counted", "unresolved", "nmw_pay", "tolerance"), EXACT),
    )
    return judged(frame).to_dicts()


@given(st.lists(ROW, min_size=1, max_size=20))
def test_what_is_due_is_what_is_missing_raised_to_the_rate_of_today_and_rounded_once(
    rows: list[tuple[int, int, int, int]],
) -> None:
    for (_, missing, then, now), found in zip(rows, judged_rows(rows), strict=True):
        owed = max(0, missing)
        raised = Fraction(owed * now, then)
        assert (found["shortfall"], found["compliant"]) == (owed, owed == 0)
        assert found["due"] == max(owed, int(raised + Fraction(1, 2)))


def exact_rows(**columns: list[int]) -> pl.DataFrame:
    keys = {"case", "line", "hourly", "hourly_now"}
    return pl.DataFrame(columns, schema_overrides={name: EXACT for name in columns if name not in keys})


def test_the_tolerance_is_every_rounding_of_pay_of_a_charge_and_of_basic_hours_at_the_rate() -> None:
    cases = exact_rows(case=[1, 2], hourly=[7, 7], accommodation=[-9, -9], charge_roundings=[4, 4])
    hours = exact_rows(case=[1, 2], hour_roundings=[2, 2])
    line = {"placed": [20, 30], "premium": [1, 0], "counting": [19, 30], "roundings": [3, 8]}
    added = sums(cases, hours, exact_rows(case=[1, 1], **line), exact_rows(case=[1, 1], change=[-5, -6]))
    found = added.sort("case").select("total", "premium", "nmw_pay", "tolerance").rows()
    assert found == [(50, 1, 49 - 11 - 9, 3 + 8 + 4 + 2 * 7), (0, 0, -9, 4 + 2 * 7)]


def test_what_is_missing_within_the_roundings_is_nothing_and_cases_come_back_in_order() -> None:
    """Of one tick at a rate of a hundred: pay short by as much as may have been rounded, and by one grain more."""
    summed = exact_rows(
        case=[3, 1, 2], counted=[1, 1, 0], unresolved=[0, 0, 0], nmw_pay=[94, 95, 7], tolerance=[5, 5, 5],
        hourly=[100] * 3, hourly_now=[100] * 3,
    )  # fmt: skip
    found = judged(summed).select("case", "shortfall", "compliant", "due", "hourly_equivalent")
    assert found.rows() == [(1, 0, True, 0, 0), (2, 0, True, 0, None), (3, 6, False, 6, 0)]
    paid = exact_rows(
        case=[1], counted=[1], unresolved=[0], nmw_pay=[25_000], tolerance=[0], hourly=[1], hourly_now=[1]
    )
    assert judged(paid)["hourly_equivalent"].to_list() == [3], "the pay of one tick, half up"


def test_a_contractual_rate_is_held_against_each_hour_once_and_lines_come_in_order() -> None:
    """Ten pounds were paid; a kind that a standard names twice is the same hour's work."""
    minute = 60_000_000
    standards = pl.DataFrame({"case": [2, 1, 1], "line": [1, 2, 1], "hourly": [10_000_000] * 3})
    kinds = pl.DataFrame({"case": [1, 1, 1], "line": [2, 1, 1], "kind": ["night", "visit", "visit"]})
    work = pl.DataFrame({
        "case": [1, 1, 1], "line": [1, 2, 3], "kind": ["visit", "night", "visit"],
        "micros": [20 * minute, 90 * minute, 40 * minute],
    })  # fmt: skip
    verdicts = exact_rows(case=[1, 2], nmw_pay=[1000 * GRAINS_A_PENNY, 0], tolerance=[0, 0])
    found = judged_standards(standards, kinds, work, verdicts)
    assert found.select("case", "line", "met", "shortfall").rows() == [
        (1, 1, True, 0), (1, 2, False, 500), (2, 1, True, 0),
    ]  # fmt: skip
