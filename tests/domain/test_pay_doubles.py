"""Payments that may have been loaded twice: across layouts alone, and each line once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.pay_doubles import possible_doubles


def line(reference: str, template: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "reference": reference, "template": template, "section": "pay", "kind": "hourly", "paid_on": date(2026, 11, 13),
        "earned_start": None, "earned_end": None, "amount": None, "minutes": Decimal(600), "rate": Decimal("12.71"),
        "units": None, **changes,
    }  # fmt: skip


def paired(*lines: dict[str, Any]) -> list[tuple[str, str]]:
    return [(first["reference"], second["reference"]) for first, second in possible_doubles(lines)]


def test_the_same_money_in_two_layouts_is_a_pair_however_its_worth_is_said() -> None:
    by_amount = line("b", "generic", amount=Decimal("127.10"), rate=None)
    assert paired(by_amount, line("a", None)) == [("a", "b")]
    assert paired(by_amount, line("c", "sage-50")) == [("b", "c")]


def test_equal_lines_of_one_layout_are_no_pair() -> None:
    assert paired(line("a", None), line("b", None)) == []
    assert paired(line("a", "generic"), line("b", "generic")) == []


def test_two_equal_lines_beside_one_of_another_layout_are_one_pair() -> None:
    assert paired(line("b", None), line("a", None), line("c", "generic")) == [("a", "c")]


@pytest.mark.parametrize(
    "change",
    [
        {"paid_on": date(2026, 11, 14)},
        {"kind": "salary"},
        {"section": "deduction"},
        {"minutes": Decimal(599)},
        {"earned_start": date(2026, 11, 2), "earned_end": date(2026, 11, 8)},
    ],
)
def test_lines_that_differ_are_no_pair(change: dict[str, Any]) -> None:
    assert paired(line("a", None), line("b", "generic", **change)) == []


@pytest.mark.parametrize("lacking", ["rate", "minutes"])
def test_time_without_a_rate_and_a_rate_without_time_are_worth_nothing(lacking: str) -> None:
    assert paired(line("a", None, **{lacking: None}), line("b", "generic", **{lacking: None})) == []


def test_a_line_superseded_by_nothing_is_in_no_pair() -> None:
    gone = {"amount": Decimal(0), "minutes": None, "rate": None}
    assert paired(line("a", None, **gone), line("b", "generic", **gone)) == []
