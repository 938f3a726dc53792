"""The test of the minimum wage itself, to the smallest unit in which it is worked out."""

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.minimum_wage.verdict import judged
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
