"""Payroll lines by the mapping: what each becomes, and that none is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.payroll import BELOW_ZERO, NO_MAPPING, classify, line_worth
from schemas.payroll import MAPPED_SECTIONS

PAID = date(2026, 11, 13)


def line(**changes: Any) -> dict[str, Any]:
    return {
        "employment_id": "e", "reference": "1", "element": "BASIC", "description": "Basic pay",
        "amount": Decimal("127.10"), "quantity": Decimal(10), "time_unit": "hours", "rate": Decimal("12.71"),
        "deductions_negative": False, "paid_on": PAID, "earned_start": None, "earned_end": None, **changes,
    }  # fmt: skip


def mapped(**changes: Any) -> dict[str, Any]:
    return {
        "element": "basic", "starts_on": date(2026, 1, 1), "ends_on": None, "version": 1, "section": "pay",
        "kind": "hourly", "duties": None, "consolidated": None, "absence_taken": None,
        "takes_back_overpayment": False, **changes,
    }  # fmt: skip


def test_hours_are_paid_by_the_amount_whatever_the_rate_column_says() -> None:
    [read] = classify([line(rate=Decimal("99"))], [mapped(duties="contact")]).lines
    assert (read["minutes"], read["amount"], read["rate"], read["duties"]) == (
        600,
        Decimal("127.10"),
        None,
        "contact",
    )


@pytest.mark.parametrize("rate", [None, Decimal(0)])
def test_without_a_rate_an_amount_is_paid_as_it_is(rate: Decimal | None) -> None:
    [read] = classify([line(rate=rate)], [mapped()]).lines
    assert (read["minutes"], read["amount"], read["rate"]) == (600, Decimal("127.10"), None)


@pytest.mark.parametrize(("quantity", "unit"), [("15.37", "hours"), ("922.2", "minutes")])
def test_a_rate_that_comes_to_the_amount_is_what_was_paid_an_hour(quantity: str, unit: str) -> None:
    told = line(quantity=Decimal(quantity), time_unit=unit, amount=Decimal("195.35"))
    [read] = classify([told], [mapped()]).lines
    assert (read["minutes"], read["amount"], read["rate"]) == (Decimal("922.2"), None, Decimal("12.71"))
    [other] = classify([{**told, "amount": Decimal("195.34")}], [mapped()]).lines
    assert (other["amount"], other["rate"]) == (Decimal("195.34"), None), (
        "a penny less was paid than the rate says"
    )


@pytest.mark.parametrize(
    ("minutes", "amount", "comes_to"),
    # at £12.71 an hour half an hour is £6.355, and three minutes 63.55p
    [("30", "6.35", True), ("30", "6.36", True), ("30", "6.37", False), ("30", "6.34", False),
     ("30.0002", "6.35", False), ("3", "0.64", True)],
)  # fmt: skip
def test_an_amount_comes_to_a_rate_within_half_a_penny_either_way(
    minutes: str, amount: str, comes_to: bool
) -> None:
    told = line(quantity=Decimal(minutes), time_unit="minutes", amount=Decimal(amount))
    [read] = classify([told], [mapped()]).lines
    expected = (None, Decimal("12.71")) if comes_to else (Decimal(amount), None)
    assert (read["amount"], read["rate"]) == expected


def test_time_an_amount_and_a_rate_below_zero_are_of_no_kind() -> None:
    for signs in ((-1, 1, -1), (1, -1, -1), (-1, -1, 1)):
        hours, rate, amount = (
            Decimal(text) * sign for text, sign in zip(("10", "12.71", "127.10"), signs, strict=True)
        )
        found = classify([line(quantity=hours, rate=rate, amount=amount)], [mapped()])
        assert [each["reason"] for each in found.unclassified] == [BELOW_ZERO]


def test_what_is_paid_by_the_piece_has_units_at_a_rate_whatever_it_comes_to() -> None:
    [read] = classify([line()], [mapped(kind="piece")]).lines
    assert (read["units"], read["rate"], read["amount"]) == (10, Decimal("12.71"), None)


def test_other_pay_is_its_amount_and_only_without_one_units_at_a_rate() -> None:
    [paid] = classify([line()], [mapped(kind="mileage")]).lines
    assert (paid["amount"], paid["units"], paid["rate"]) == (Decimal("127.10"), None, None)
    [by_units] = classify([line(amount=None)], [mapped(kind="mileage")]).lines
    assert (by_units["amount"], by_units["units"], by_units["rate"]) == (None, 10, Decimal("12.71"))
    unsaid = classify([line(amount=None)], [mapped(section="deduction", kind="uniform")]).unclassified
    assert unsaid[0]["reason"] == "uniform: amount is required in the section deduction"


def test_accommodation_is_its_days_and_an_amount() -> None:
    [read] = classify(
        [line(quantity=Decimal(7), amount=Decimal("50.00"))], [mapped(section="accommodation", kind="charge")]
    ).lines
    assert (read["days"], read["amount"], read["units"], read["minutes"]) == (7, Decimal("50.00"), None, None)


@pytest.mark.parametrize("amount", ["0", "0.50"])
def test_nothing_and_less_than_a_pound_are_not_below_zero(amount: str) -> None:
    [read] = classify(
        [line(amount=Decimal(amount))], [mapped(kind="salary", takes_back_overpayment=True)]
    ).lines
    assert (read["section"], read["amount"]) == ("pay", Decimal(amount))


def test_without_an_amount_the_rate_counts() -> None:
    [read] = classify([line(amount=None)], [mapped()]).lines
    assert (read["minutes"], read["amount"], read["rate"]) == (600, None, Decimal("12.71"))


def test_minutes_are_taken_as_they_are() -> None:
    [read] = classify([line(quantity=Decimal(95), time_unit="minutes")], [mapped()]).lines
    assert read["minutes"] == 95


def test_case_and_spacing_of_an_element_do_not_matter() -> None:
    found = classify([line(element=" Basic  Pay ")], [mapped(element="basic pay")])
    assert (len(found.lines), found.unclassified) == (1, [])


def test_the_mapping_in_force_on_the_payment_date_decides() -> None:
    versions = [
        mapped(ends_on=date(2026, 10, 31)),
        mapped(starts_on=date(2026, 11, 1), kind="allowance", consolidated=True),
    ]
    found = classify([line(), line(reference="2", paid_on=date(2026, 10, 30))], versions)
    assert [read["kind"] for read in found.lines] == ["allowance", "hourly"]
    assert [version["starts_on"] for version in found.used] == [date(2026, 1, 1), date(2026, 11, 1)]
    edges = [
        line(paid_on=date(2026, 10, 31)),
        line(paid_on=date(2026, 11, 1)),
        line(paid_on=date(2026, 1, 1)),
    ]
    assert [read["kind"] for read in classify(edges, versions).lines] == ["hourly", "allowance", "hourly"]


@pytest.mark.parametrize(
    ("changes", "mapping", "reason"),
    [
        ({}, [], NO_MAPPING),
        ({"paid_on": date(2025, 12, 31)}, [mapped()], NO_MAPPING),
        ({"amount": Decimal(-5)}, [mapped()], BELOW_ZERO),
        ({"quantity": None}, [mapped()], "hourly: minutes is required for hourly"),
        ({"amount": None, "rate": None}, [mapped(kind="salary")], "salary: amount is required for salary"),
        (
            {"quantity": Decimal("2.5")},
            [mapped(section="accommodation", kind="charge")],
            "charge: days is required",
        ),
    ],
)
def test_what_cannot_be_classified_says_why(changes: dict[str, Any], mapping: list[Any], reason: str) -> None:
    found = classify([line(**changes)], mapping)
    assert found.lines == []
    assert found.unclassified[0]["reason"].startswith(reason)


def test_deductions_written_below_zero_are_turned_round() -> None:
    took = mapped(section="deduction", kind="uniform")
    [read] = classify([line(amount=Decimal("-10.00"), deductions_negative=True)], [took]).lines
    assert (read["section"], read["amount"]) == ("deduction", Decimal("10.00"))
    assert classify([line(amount=Decimal("10.00"))], [took]).lines[0]["amount"] == Decimal("10.00")
    given_back = classify([line(amount=Decimal("10.00"), deductions_negative=True)], [took])
    assert given_back.unclassified[0]["reason"] == BELOW_ZERO


@pytest.mark.parametrize("deductions_negative", [False, True])
def test_pay_below_zero_is_an_overpayment_taken_back_where_the_mapping_says_so(
    deductions_negative: bool,
) -> None:
    earned = {"earned_start": date(2026, 11, 2), "earned_end": date(2026, 11, 8)}
    below = line(
        amount=Decimal("-63.55"), quantity=Decimal(-5), deductions_negative=deductions_negative, **earned
    )
    [read] = classify([below], [mapped(takes_back_overpayment=True, duties="contact")]).lines
    said = {name: value for name, value in read.items() if value is not None}
    assert said == {
        "employment_id": "e", "reference": "1", "element": "BASIC", "paid_on": PAID, **earned,
        "section": "deduction", "kind": "overpayment", "amount": Decimal("63.55"),
    }  # fmt: skip


def test_an_element_that_may_take_back_is_pay_as_ever_above_zero() -> None:
    [plain] = classify([line()], [mapped()]).lines
    assert classify([line()], [mapped(takes_back_overpayment=True)]).lines == [plain]


def test_hours_below_zero_without_an_amount_take_nothing_back() -> None:
    unsaid = classify([line(amount=None, quantity=Decimal(-5))], [mapped(takes_back_overpayment=True)])
    assert (unsaid.lines, unsaid.unclassified[0]["reason"]) == ([], BELOW_ZERO)


def test_a_total_is_no_payment_and_is_not_listed() -> None:
    found = classify([line()], [mapped(section="none", kind="not_pay")])
    assert (found.lines, found.unclassified, len(found.used)) == ([], [], 1)


def test_a_line_of_nothing_is_dropped() -> None:
    found = classify([line(amount=Decimal(0), quantity=Decimal(0))], [])
    assert (found.lines, found.unclassified) == ([], [])


@given(
    st.lists(st.decimals(-100, 100, places=2), max_size=8),
    st.sampled_from([(section, kind) for section, kinds in MAPPED_SECTIONS.items() for kind in kinds]),
    st.one_of(st.none(), st.decimals(0, 50, places=2)),
)
def test_no_line_that_pays_anything_is_lost(
    amounts: list[Decimal], what: tuple[str, str], quantity: Decimal | None
) -> None:
    lines = [
        line(reference=str(place), amount=amount, quantity=quantity) for place, amount in enumerate(amounts)
    ]
    found = classify(lines, [mapped(section=what[0], kind=what[1])])
    paying = sum(bool(each["amount"] or each["quantity"]) for each in lines)
    listed = len(found.lines) + len(found.unclassified)
    assert listed == (0 if what[0] == "none" else paying)
    assert all(read["reference"] in {each["reference"] for each in lines} for read in found.lines)


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ({"amount": Decimal("12.345"), "minutes": Decimal(60), "rate": Decimal("99")}, "12.35"),
        ({"minutes": Decimal(50), "rate": Decimal("12.63")}, "10.53"),
        ({"units": Decimal(3), "rate": Decimal("0.45")}, "1.35"),
        ({"minutes": Decimal(50)}, "0.00"),
    ],
)
def test_a_line_comes_to_its_amount_else_to_time_or_units_at_its_rate(
    said: dict[str, Decimal], worth: str
) -> None:
    """50 minutes at £12.63 an hour are £10.525 exactly: a sixth of an hour that was cut would make £10.52 of it."""
    nothing = dict.fromkeys(("amount", "minutes", "units", "rate"))
    assert str(line_worth({**nothing, **said})) == worth
