"""Both directions of a billing period, with a fault planted in each."""

from dataclasses import replace

from backend.domain.reconciliation import IssuedLine, Period, discrepancies

LINES = [
    IssuedLine("A-1", 1, "council", "v1", None, 700, True),
    IssuedLine("A-1", 2, "council", "v2", None, 1000, True),
    IssuedLine("A-2", 1, "icb", "v1", None, 300, True),
]
WHOLE = Period(
    visits={"v1", "v2", "v3", "v4"},
    left_out={"v3": "incomplete", "v4": "suspended"},
    due={("v1", None): 1000, ("v2", None): 1000},
    lines=LINES,
    totals={"A-1": 1700, "A-2": 300},
)


def told(period: Period) -> list[tuple[str, str]]:
    return [(each.code, each.about) for each in discrepancies(period)]


def test_a_period_in_which_everything_has_its_place_reconciles() -> None:
    assert discrepancies(WHOLE) == []


def test_a_payer_may_have_as_many_lines_for_a_visit_as_the_facts_make() -> None:
    parts = [IssuedLine("A-1", place, "council", "v2", None, 500, True) for place in (2, 3)]
    period = replace(WHOLE, lines=[LINES[0], *parts, LINES[2]])
    assert told(period) == [("billed_twice", "v2")]
    assert told(replace(period, expected={(("v2", None), "council"): 2})) == []


def test_a_visit_with_neither_line_nor_reason_is_found() -> None:
    assert told(replace(WHOLE, left_out={"v4": "suspended"})) == [("visit_without_line", "v3")]


def test_a_visit_both_billed_and_left_out_is_found() -> None:
    assert told(replace(WHOLE, left_out={**WHOLE.left_out, "v2": "no_rate"})) == [("line_and_reason", "v2")]


def test_a_line_left_out_of_which_no_fact_makes_a_line_is_found_once() -> None:
    period = replace(WHOLE, left_out={**WHOLE.left_out, "v2": "no_rate"}, due={("v1", None): 1000})
    assert told(period) == [("line_not_due", "v2")]


def test_what_is_due_for_a_visit_left_out_for_a_reason_is_not_missing() -> None:
    assert discrepancies(replace(WHOLE, due={**WHOLE.due, ("v3", None): 500})) == []


def test_a_line_without_a_visit_on_record_is_found() -> None:
    stray = [*LINES, IssuedLine("A-2", 2, "icb", "v9", None, 50, False)]
    assert told(replace(WHOLE, lines=stray, totals={"A-1": 1700, "A-2": 350})) == [
        ("line_without_visit", "A-2"),
        ("line_not_due", "v9"),
    ]


def test_a_visit_asked_of_one_payer_twice_is_found() -> None:
    twice = [*LINES, IssuedLine("A-1", 3, "council", "v2", None, 1000, True)]
    found = discrepancies(replace(WHOLE, lines=twice, totals={"A-1": 2700, "A-2": 300}))
    assert [(each.code, each.about) for each in found] == [("billed_twice", "v2"), ("wrong_amount", "v2")]
    assert found[0].detail == "line 3 of A-1 asks council again after line 2 of A-1"


def test_two_carers_of_one_visit_are_two_lines() -> None:
    both = [
        IssuedLine("A-1", place, "council", "v1", carer, 500, True) for place, carer in ((1, "e1"), (2, "e2"))
    ]
    due = {("v1", "e1"): 500, ("v1", "e2"): 500}
    assert discrepancies(Period({"v1"}, {}, due, both, {"A-1": 1000})) == []


def test_a_line_that_no_document_has_is_found() -> None:
    period = replace(WHOLE, lines=LINES[1:2], totals={"A-1": 1000})
    assert told(period) == [("visit_without_line", "v1"), ("line_missing", "v1")]


def test_parts_that_do_not_add_up_to_the_price_are_found() -> None:
    short = [replace(LINES[0], pence=699), *LINES[1:]]
    found = discrepancies(replace(WHOLE, lines=short, totals={"A-1": 1699, "A-2": 300}))
    assert [each.detail for each in found] == ["is billed £9.99 in all, and £10.00 is due"]


def test_a_document_whose_lines_do_not_come_to_its_total_is_found() -> None:
    found = discrepancies(replace(WHOLE, totals={"A-1": 1700, "A-2": 301}))
    assert [each.detail for each in found] == ["says £3.01, and the sum of its 1 line is £3.00"]
