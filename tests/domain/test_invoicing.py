"""New lines and adjustment lines of the next document."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.funding import WHOLE, Funders
from backend.domain.invoicing import Billed, Charge, NextLine, next_lines
from backend.domain.vat import EXEMPT, Treatment

COUNCIL = [("council", WHOLE)]
HALVES = [("council", WHOLE // 2), ("nhs", WHOLE // 2)]


TAXED = Treatment("S", Decimal(20))


def charge(
    visit: str = "v1",
    pence: int = 1200,
    carer: str | None = None,
    funders: Funders = COUNCIL,
    vat: Treatment = EXEMPT,
) -> Charge:
    return Charge(visit, carer, "person", pence, funders, vat)


def billed(lines: list[NextLine], number: str) -> list[Billed]:
    """The lines as a later document finds them."""
    return [
        Billed(
            number,
            index,
            line.visit,
            line.carer,
            line.person,
            line.pence,
            line.shares,
            line.charge.funders if line.charge else COUNCIL,
            line.vat,
        )
        for index, line in enumerate(lines, 1)
    ]


def told(lines: list[NextLine]) -> list[tuple[str, str | None, int, tuple[str, int] | None]]:
    return [(line.visit, line.carer, line.pence, line.adjusts) for line in lines]


def test_what_was_never_billed_is_a_new_line_even_at_nothing() -> None:
    lines = next_lines([charge("v2"), charge("v1", 0)], [])
    assert told(lines) == [("v2", None, 1200, None), ("v1", None, 0, None)]
    assert [line.shares for line in lines] == [{"council": 1200}, {"council": 0}]


def test_what_has_not_changed_is_not_billed_again() -> None:
    first = next_lines([charge()], [])
    assert next_lines([charge()], billed(first, "A1")) == []


def test_a_changed_amount_is_an_adjustment_that_names_its_line_and_says_why() -> None:
    first = billed(next_lines([charge("v0"), charge("v1")], []), "A1")
    lines = next_lines([charge("v0"), charge("v1", 1000)], first)
    assert told(lines) == [("v1", None, -200, ("A1", 2))]
    assert lines[0].reason == "was £12.00, is £10.00"
    assert lines[0].shares == {"council": -200}


def test_a_second_change_counts_the_first() -> None:
    first = billed(next_lines([charge()], []), "A1")
    second = billed(next_lines([charge(pence=1000)], first), "A2")
    third = next_lines([charge(pence=1100)], first + second)
    assert told(third) == [("v1", None, 100, ("A1", 1))]
    assert next_lines([charge(pence=1000)], first + second) == []


def test_a_visit_no_longer_charged_is_taken_back_from_each_payer_to_the_penny() -> None:
    first = billed(next_lines([charge(pence=1001, funders=HALVES)], []), "A1")
    lines = next_lines([], first)
    assert told(lines) == [("v1", None, -1001, ("A1", 1))]
    assert (lines[0].shares, lines[0].reason, lines[0].charge) == (
        {"council": -501, "nhs": -500},
        "no longer charged",
        None,
    )


def test_a_parked_visit_is_left_as_it_was_billed_until_somebody_settles_it() -> None:
    first = billed(next_lines([charge()], []), "A1")
    assert next_lines([], first, parked={"v1"}) == []
    assert next_lines([charge("v2")], [], parked={"v2"}) == []


def test_a_change_of_payers_moves_the_money_between_them() -> None:
    first = billed(next_lines([charge(pence=1001)], []), "A1")
    lines = next_lines([charge(pence=1001, funders=HALVES)], first)
    assert told(lines) == [("v1", None, 0, ("A1", 1))]
    assert lines[0].reason == "the payers' shares have changed"
    assert lines[0].shares == {"council": -500, "nhs": 500}


def test_a_payer_who_drops_out_is_paid_back() -> None:
    first = billed(next_lines([charge(pence=1000, funders=HALVES)], []), "A1")
    lines = next_lines([charge(pence=1200)], first)
    assert (lines[0].pence, lines[0].shares) == (200, {"council": 700, "nhs": -500})


def test_money_that_moves_between_two_payers_is_told_though_a_third_keeps_its_share() -> None:
    quarters = [("council", WHOLE // 2), ("nhs", WHOLE // 4), ("person", WHOLE // 4)]
    first = billed(next_lines([charge(pence=1000, funders=quarters)], []), "A1")
    [line] = next_lines([charge(pence=1000, funders=[("council", WHOLE // 2), ("nhs", WHOLE // 2)])], first)
    assert (line.pence, line.shares) == (0, {"council": 0, "nhs": 250, "person": -250})


def test_a_payer_of_nothing_is_no_change_of_payers() -> None:
    """So the change of a penny is shared as a line of its own, and its odd penny goes to the first payer."""
    first = billed(next_lines([charge(pence=1001, funders=HALVES)], []), "A1")
    [line] = next_lines([charge(pence=1002, funders=[*HALVES, ("person", 0)])], first)
    assert line.shares == {"council": 1, "nhs": 0, "person": 0}


def test_a_carer_found_later_adjusts_the_visit_that_was_billed() -> None:
    first = billed(next_lines([charge(carer="ann"), charge(carer=None, pence=0)], []), "A1")
    lines = next_lines([charge(carer="ann"), charge(carer="bob")], first)
    assert told(lines) == [("v1", "bob", 1200, ("A1", 1))]


def test_two_missing_carers_of_one_visit_are_two_lines_once() -> None:
    missing = [charge(carer=None, pence=300), charge(carer=None, pence=300)]
    first = next_lines(missing, [])
    assert [line.pence for line in first] == [300, 300]
    assert next_lines(missing, billed(first, "A1")) == []


def test_the_odd_penny_of_a_person_alternates_between_payers() -> None:
    lines = next_lines([charge(f"v{number}", 1001, funders=HALVES) for number in range(4)], [])
    assert [line.shares["council"] for line in lines] == [501, 500, 501, 500]


def test_the_remainder_of_one_person_is_not_anothers() -> None:
    charges = [Charge(f"v{number}", None, f"person {number}", 1001, HALVES) for number in range(3)]
    assert [line.shares["council"] for line in next_lines(charges, [])] == [501, 501, 501]


def test_what_was_taxed_otherwise_is_taken_back_as_it_was_and_billed_anew() -> None:
    first = billed(next_lines([charge(funders=HALVES)], []), "A1")
    back, anew = next_lines([charge(pence=1100, funders=HALVES, vat=TAXED)], first)
    assert (back.pence, back.vat, back.charge, back.adjusts) == (-1200, EXEMPT, None, ("A1", 1))
    assert (anew.pence, anew.vat, anew.adjusts) == (1100, TAXED, ("A1", 1))
    assert {back.reason, anew.reason} == {"the VAT treatment has changed"}
    assert (
        next_lines([charge(pence=1100, funders=HALVES, vat=TAXED)], first + billed([back, anew], "A2")) == []
    )


def test_another_reason_for_an_exemption_changes_nothing() -> None:
    first = billed(next_lines([charge()], []), "A1")
    assert next_lines([charge(vat=Treatment("E", Decimal(0), "another reason"))], first) == []


states = st.dictionaries(
    st.sampled_from(["v1", "v2", "v3"]),
    st.tuples(st.integers(0, 2_000), st.sampled_from([COUNCIL, HALVES]), st.sampled_from([EXEMPT, TAXED])),
)


@settings(max_examples=80)
@given(st.lists(states, min_size=1, max_size=6))
def test_all_documents_together_bill_what_is_charged_at_the_end_as_it_is_taxed_then(
    history: list[dict[str, tuple[int, Funders, Treatment]]],
) -> None:
    ledger: list[Billed] = []
    for index, state in enumerate(history):
        charges = [
            charge(visit, pence, funders=funders, vat=vat) for visit, (pence, funders, vat) in state.items()
        ]
        lines = next_lines(charges, ledger)
        assert all(sum(line.shares.values()) == line.pence for line in lines)
        ledger += billed(lines, f"A{index}")
    for visit in ("v1", "v2", "v3"):
        for treatment in (EXEMPT, TAXED):
            total = sum(line.pence for line in ledger if line.visit == visit and line.vat == treatment)
            due, _, taxed = history[-1].get(visit, (0, COUNCIL, EXEMPT))
            assert total == (due if taxed == treatment else 0)
