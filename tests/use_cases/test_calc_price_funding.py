"""Who pays: shares of each line, double-handed lines, and totals by payer."""

from typing import Any

from tests.pricing import answer, contract, line, span, visit


def came(carer: str | None, start: str = "09:00", end: str = "09:30") -> dict[str, Any]:
    return {"carer": carer, "actual": span(start, end)}


def shares(row: Any) -> dict[str, str]:
    return {share["payer"]: share["amount"] for share in row["funding"]}


def test_the_pennies_go_to_the_largest_remainders_first_payer_first() -> None:
    funding = [
        {"payer": name, "percent": percent} for name, percent in (("a", "50"), ("b", "25"), ("c", "25"))
    ]
    odd = visit(actual=span("09:00:00", "09:00:03"))  # two pennies: 1, 0.5 and 0.5
    assert shares(line(contract(funding=funding), odd)) == {"a": "0.01", "b": "0.01", "c": "0.00"}


def test_a_visits_own_funding_goes_before_the_contracts() -> None:
    own = visit(id="v2", funding=[{"payer": "icb", "percent": "100"}])
    result = answer(contract(), visit(), own)
    assert result["by_payer"] == {"council": "12.00", "icb": "12.00"}
    assert shares(result["lines"][1]) == {"icb": "12.00"}


def test_the_totals_by_payer_add_up_to_the_total() -> None:
    funding = [{"payer": name, "percent": "33.333333"} for name in "ab"] + [
        {"payer": "c", "percent": "33.333334"}
    ]
    visits = [visit(id=f"v{number}", actual=span("09:00", f"09:{number:02}")) for number in range(10, 30)]
    result = answer(contract(funding=funding), *visits)
    assert sum(round(float(pounds) * 100) for pounds in result["by_payer"].values()) == round(
        float(result["total"]) * 100
    )


def test_each_attendance_of_a_double_handed_visit_is_its_own_line() -> None:
    both = visit(carers=2, actual=None, attendances=[came("ann"), came("bob", end="09:20")])
    rows = answer(contract(), both)["lines"]
    assert [(row["visit"], row["carer"], row["amount"]) for row in rows] == [
        ("v1", "ann", "12.00"),
        ("v1", "bob", "8.00"),
    ]


def test_lines_stand_in_the_order_of_the_visits_whoever_they_name() -> None:
    both = visit(carers=2, actual=None, attendances=[came("ann"), came("bob")])
    rows = answer(contract(), both, visit(id="v2"))["lines"]
    assert [(row["visit"], row["carer"]) for row in rows] == [("v1", "ann"), ("v1", "bob"), ("v2", None)]


def test_attendances_replace_actual() -> None:
    both = visit(carers=2, attendances=[came("ann", end="09:10"), came("bob", end="09:20")])
    assert answer(contract(), both)["total"] == "12.00"


def test_a_missing_carer_is_missed_named_or_not() -> None:
    terms = contract(missed={"percent": "25"})
    unnamed = visit(carers=2, actual=None, attendances=[came("ann")])
    named = visit(id="v2", carers=2, actual=None, attendances=[{"carer": "bob", "actual": None}, came("ann")])
    rows = answer(terms, unnamed, named)["lines"]
    assert [(row["carer"], row["amount"], row["rules"]) for row in rows] == [
        ("ann", "12.00", ["pay-actual"]),
        (None, "3.00", ["attendance-missing"]),
        ("bob", "3.00", ["attendance-missing"]),
        ("ann", "12.00", ["pay-actual"]),
    ]


def test_tolerance_and_rounding_hold_for_each_carer() -> None:
    terms = contract(
        pay_basis="planned_within_tolerance", tolerance_minutes=5, rounding={"minutes": 15, "mode": "up"}
    )
    both = visit(carers=2, actual=None, attendances=[came("ann", end="09:26"), came("bob", end="09:12")])
    assert [row["payable_minutes"] for row in answer(terms, both)["lines"]] == ["30", "15"]


def test_one_carer_given_as_an_attendance_is_named() -> None:
    row = line(contract(), visit(actual=None, attendances=[came("ann")]))
    assert (row["carer"], row["amount"]) == ("ann", "12.00")


def test_a_completed_visit_that_nobody_attended_is_one_finding() -> None:
    for attendances in ([], [{"carer": "ann", "actual": None}]):
        result = answer(contract(), visit(carers=2, actual=None, attendances=attendances))
        assert (result["lines"], [found["code"] for found in result["findings"]]) == ([], ["no_actual"])


def test_an_empty_list_of_attendances_is_no_list() -> None:
    assert answer(contract(), visit(attendances=[])) == answer(contract(), visit())


def test_of_a_refused_visit_the_carer_who_came_is_refused_and_the_other_missed() -> None:
    both = visit(status="refused", carers=2, actual=None, attendances=[came("ann", end="09:02")])
    rows = answer(contract(), both)["lines"]
    assert [row["rules"] for row in rows] == [["refused-at-percent"], ["attendance-missing"]]


def test_a_late_cancellation_is_due_for_every_carer_commissioned() -> None:
    late = visit(status="cancelled", carers=2, actual=None, cancelled_at="2026-11-02T08:00:00Z")
    assert line(contract(), late)["amount"] == "24.00"
    listed = late | {"attendances": [{"carer": "ann", "actual": None}]}
    assert [row["amount"] for row in answer(contract(), listed)["lines"]] == ["12.00", "12.00"]


def test_the_missing_carer_of_an_unplanned_visit_is_due_nothing() -> None:
    rows = answer(
        contract(missed={"percent": "100"}), visit(planned=None, carers=2, attendances=[came("ann")])
    )
    assert [row["amount"] for row in rows["lines"]] == ["12.00", "0.00"]
