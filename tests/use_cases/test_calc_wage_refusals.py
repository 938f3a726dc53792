"""What calc wage refuses, and where it says the fault is."""

from typing import Any

import pytest

from tests.wage import case, faults, pointers, span

SALARIED = {"basic_hours_per_year": "1200", "pay_periods_per_year": 12}


def test_the_plain_case_has_no_fault() -> None:
    assert pointers(case()) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"period": span("2026-05-01", "2026-04-30")}, {"/period/end"}),
        ({"period": span("2026-05-01", "2026-06-01")}, {"/period"}),
        ({"period": span("2026-05-02", "2026-06-02")}, {"/period"}),
        ({"period": span("2026-01-31", "2026-03-01")}, {"/period"}),
        ({"period": span("2026-02-30", "2026-03-01")}, {"/period/start"}),
        ({"period": {"start": "2026-05-01"}}, {"/period/end"}),
        ({"period": None}, {"/period"}),
        ({"work": None}, {"/work"}),
        ({"pay": None}, {"/pay"}),
        ({"worker": None}, {"/worker/date_of_birth"}),
        ({"worker": {}}, {"/worker/date_of_birth"}),
        ({"worker": {"date_of_birth": "1990-13-01"}}, {"/worker/date_of_birth"}),
        ({"worker": {"date_of_birth": "2026-04-02"}}, {"/worker/date_of_birth"}),
        ({"worker": {"date_of_birth": "1990-01-01", "name": "A"}}, {"/worker/name"}),
        ({"work_type": "piece"}, {"/work_type"}),
        ({"salaried": SALARIED}, {"/salaried"}),
        ({"work_type": "salaried"}, {"/salaried"}),
        ({"extra": 1}, {"/extra"}),
        ({"rates": {"hourly": "0"}}, {"/rates/hourly"}),
        ({"rates": {"hourly": "0.009999"}}, {"/rates/hourly"}),
        ({"pay": [{"kind": "salary", "amount": "1"}] * 2001}, {"/pay"}),
        ({"rates": {"hourly": 12.71}}, {"/rates/hourly"}),
        ({"as_of": "yesterday"}, {"/as_of"}),
        ({"bank_holidays": ["2026-05-25", "25/12/2026"]}, {"/bank_holidays/1"}),
        ({"contract_rates": [{"duties": "care", "rate": "0.00"}]}, {"/contract_rates/0/rate"}),
        ({"standards": [{"name": "x", "hourly": "13.45", "kinds": []}]}, {"/standards/0/kinds"}),
        ({"standards": [{"name": "x", "hourly": "13.45", "kinds": ["contact", "fun"]}]}, {"/standards/0/kinds/1"}),
        ({"deductions": [{"kind": "fine", "amount": "1.00"}]}, {"/deductions/0/kind"}),
        ({"deductions": [{"kind": "tax", "amount": "-1.00"}]}, {"/deductions/0/amount"}),
        ({"expenditure": [{"kind": "dbs_check"}]}, {"/expenditure/0/amount"}),
        ({"expenditure": [{"kind": "phone", "amount": "1", "reimbursed": "-1"}]}, {"/expenditure/0/reimbursed"}),
        ({"payments_to_employer": [{"kind": "uniform", "amount": "1"}]}, {"/payments_to_employer/0/kind"}),
        ({"accommodation": {"days": 31, "charge": "0"}}, {"/accommodation/days"}),
        ({"accommodation": {"days": -1, "charge": "0"}}, {"/accommodation/days"}),
        ({"accommodation": {"days": 5}}, {"/accommodation/charge"}),
        ({"accommodation": {"days": 5, "charge": "1", "charge_per_day": "1"}}, {"/accommodation/charge_per_day"}),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_right_is_refused(changes: dict[str, Any], expected: set[str]) -> None:
    assert pointers(case(**changes)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"kind": "rest", "minutes": 1}, {"/work/0/kind"}),
        ({"kind": "contact"}, {"/work/0/minutes"}),
        ({"kind": "contact", "minutes": -1}, {"/work/0/minutes"}),
        ({"kind": "contact", "minutes": "1e3"}, {"/work/0/minutes"}),
        ({"kind": "contact", "minutes": 1.5}, {"/work/0/minutes"}),
        ({"kind": "contact", "minutes": True}, {"/work/0/minutes"}),
        ({"kind": "contact", "minutes": 1, "seconds": 60}, {"/work/0/seconds"}),
        ({"kind": "contact", "seconds": "60"}, {"/work/0/seconds"}),
        ({"kind": "contact", "seconds": -60}, {"/work/0/seconds"}),
        ({"kind": "contact", "minutes": 1, "pay": "none"}, {"/work/0/pay"}),
        ({"kind": "absence", "minutes": 1, "pay": "half"}, {"/work/0/pay"}),
        ({"kind": "excess", "minutes": 1}, {"/work/0/kind"}),
    ],
)
def test_a_line_of_work_that_cannot_be_right_is_refused(line: dict[str, Any], expected: set[str]) -> None:
    assert pointers(case(work=[line])) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"kind": "wages", "amount": "1"}, {"/pay/0/kind"}),
        ({"kind": "hourly", "minutes": 60, "rate": "0.00"}, {"/pay/0/rate"}),
        ({"kind": "hourly", "minutes": 60, "rate": "-1"}, {"/pay/0/rate"}),
        ({"kind": "hourly", "minutes": 60, "rate": "abc"}, {"/pay/0/rate"}),
        ({"kind": "hourly", "minutes": 60}, {"/pay/0/rate"}),
        ({"kind": "hourly", "rate": "12.71"}, {"/pay/0/minutes"}),
        ({"kind": "hourly"}, {"/pay/0/minutes", "/pay/0/rate"}),
        ({"kind": "hourly", "amount": "10.00"}, {"/pay/0/minutes"}),
        ({"kind": "hourly", "amount": "0.00", "minutes": 60}, {"/pay/0/amount"}),
        ({"kind": "hourly", "amount": "10.00", "minutes": 0}, {"/pay/0/minutes"}),
        ({"kind": "hourly", "amount": "10.00", "seconds": 0}, {"/pay/0/seconds"}),
        ({"kind": "hourly", "amount": "10.00", "minutes": 60, "rate": "10.00"}, {"/pay/0/amount"}),
        ({"kind": "hourly", "minutes": 60, "seconds": 60, "rate": "10.00"}, {"/pay/0/seconds"}),
        ({"kind": "salary"}, {"/pay/0/amount"}),
        ({"kind": "salary", "amount": "-1.00"}, {"/pay/0/amount"}),
        ({"kind": "salary", "amount": 100}, {"/pay/0/amount"}),
        ({"kind": "salary", "amount": "1.00", "minutes": 60}, {"/pay/0/minutes"}),
        ({"kind": "bonus", "units": "1", "rate": "1.00"}, {"/pay/0/amount", "/pay/0/units", "/pay/0/rate"}),
        ({"kind": "piece", "units": "10"}, {"/pay/0/rate"}),
        ({"kind": "piece", "rate": "1.00"}, {"/pay/0/units"}),
        ({"kind": "piece", "units": "-1", "rate": "1.00"}, {"/pay/0/units"}),
        ({"kind": "piece", "amount": "10.00"}, {"/pay/0/amount", "/pay/0/units", "/pay/0/rate"}),
        ({"kind": "tips"}, {"/pay/0/amount"}),
        ({"kind": "salary", "amount": "1", "normal_rate": "1"}, {"/pay/0/normal_rate"}),
        ({"kind": "salary", "amount": "1", "consolidated": True}, {"/pay/0/consolidated"}),
        ({"kind": "sick_pay", "amount": "1", "absence_taken": False}, {"/pay/0/absence_taken"}),
        (
            {"kind": "salary", "amount": "1", "earned": span("2026-04-30", "2026-04-01")},
            {"/pay/0/earned/end"},
        ),
        ({"kind": "salary", "amount": "1", "earned": {"start": "2026-04-01"}}, {"/pay/0/earned/end"}),
        ({"kind": "salary", "amount": "1", "earned": span("1950-01-01", "2026-04-01")}, {"/pay/0/earned"}),
        (
            {"kind": "salary", "amount": "1", "record_submitted_on": "2026-05-01"},
            {"/pay/0/record_submitted_on"},
        ),
        ({"kind": "salary", "amount": "999999999999"}, {"/pay/0/amount"}),
        ({"kind": "hourly", "minutes": 10_000_000, "rate": "9999"}, {"/pay/0/minutes"}),
        ({"kind": "hourly", "minutes": 60, "rate": "10000.01"}, {"/pay/0/rate"}),
    ],
)
def test_a_payment_that_cannot_be_right_is_refused(line: dict[str, Any], expected: set[str]) -> None:
    assert pointers(case(pay=[line])) == expected


def test_all_faults_are_named_at_once() -> None:
    found = pointers(
        case(
            period=span("2026-05-01", "2026-07-01"),
            worker={"date_of_birth": "soon", "apprenticeship": span("2026-01-01", "2025-01-01")},
            work=[{"kind": "contact", "minutes": "x"}, {"kind": "nap", "minutes": 1}],
            pay=[
                {"kind": "hourly", "minutes": 60, "rate": "0"},
                {"kind": "salary", "amount": "1", "tip": "1"},
            ],
            accommodation={"days": 3},
        )
    )
    assert {
        "/period",
        "/worker/date_of_birth",
        "/worker/apprenticeship/started",
        "/work/0/minutes",
        "/work/1/kind",
        "/pay/0/rate",
        "/pay/1/tip",
        "/accommodation/charge",
    } <= found


def test_one_faulty_element_refuses_the_whole_array_by_its_number() -> None:
    assert pointers([case(), case(work_type="none"), case(period=None)]) == {"/1/work_type", "/2/period"}


def test_an_apprenticeship_that_ends_before_it_starts_is_refused() -> None:
    worker = {
        "date_of_birth": "1990-01-01",
        "apprenticeship": {"started": "2026-01-01", "ended": "2025-12-31"},
    }
    assert pointers(case(worker=worker)) == {"/worker/apprenticeship/ended"}


@pytest.mark.parametrize("data", [None, 1, "text", [[]], [None]])
def test_what_is_no_case_at_all_is_refused(data: object) -> None:
    assert all(fault.detail == "must be an object" for fault in faults(data))
    assert faults(data)


def test_accommodation_needs_a_known_offset_though_the_hourly_rate_is_given() -> None:
    then = {"period": span("2012-10-01", "2012-10-07"), "rates": {"hourly": "6.19"}}
    housed = {"days": 5, "charge": "0"}
    assert pointers(case(**then)) == set()
    assert pointers(case(**then, accommodation=housed)) == {"/period/start"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pay_periods_per_year", 0),
        ("pay_periods_per_year", 367),
        ("basic_hours_per_year", "0"),
        ("basic_hours_per_year", "8785"),
    ],
)
def test_salaried_terms_that_no_year_can_hold_are_refused(name: str, value: int | str) -> None:
    assert pointers(case(work_type="salaried", salaried=SALARIED | {name: value})) == {f"/salaried/{name}"}


def test_a_number_too_fine_or_too_long_is_told_why() -> None:
    fine = {"kind": "hourly", "minutes": 60, "rate": "12.7100001"}
    long = {"kind": "piece", "units": 10**12, "rate": "0.01"}
    assert [(fault.pointer, fault.detail) for fault in faults(case(pay=[fine, long]))] == [
        ("/pay/0/rate", "has more than six decimal places"),
        ("/pay/1/units", "has more than twelve digits"),
    ]
