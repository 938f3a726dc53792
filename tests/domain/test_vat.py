"""How VAT treats services under a contract, and the totals of a document by treatment."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.vat import EXEMPT, Treatment, treatment_of, treatment_totals
from schemas.contract import VatTerm
from schemas.strict import Faulty, decode
from tests.pricing import answer, contract, visit

TWENTY = Treatment("S", Decimal("20"))
FIVE = Treatment("S", Decimal("5"))
LINES = st.lists(
    st.tuples(
        st.sampled_from([EXEMPT, TWENTY, FIVE, Treatment("E", Decimal(0), "grant")]),
        st.integers(-1_000_000, 1_000_000).map(lambda pence: Decimal(pence).scaleb(-2)),
    )
)


def terms(*data: dict[str, Any]) -> list[VatTerm]:
    decoded = decode(list[VatTerm], list(data))
    assert decoded.value is not None
    return decoded.value


def test_care_is_exempt_with_the_reason_where_a_contract_says_nothing() -> None:
    assert treatment_of([], "home_care") == EXEMPT
    assert str(EXEMPT.reason).endswith("(VAT Act 1994, Schedule 9, Group 7)")


def test_a_service_that_a_term_names_is_taxed_by_it_and_the_others_by_the_term_for_all() -> None:
    held = terms({"services": ["cleaning"], "category": "S", "rate": "20"}, {"category": "S", "rate": "5"})
    assert (treatment_of(held, "cleaning"), treatment_of(held, "home_care")) == (TWENTY, FIVE)
    exempt = terms({"services": ["advice"], "category": "E", "reason": "by a charity"})
    assert treatment_of(exempt, "advice") == Treatment("E", Decimal(0), "by a charity")
    assert treatment_of(exempt, "home_care") == EXEMPT


@given(LINES)
def test_totals_hold_every_line_once_and_their_tax_is_within_half_a_penny(
    lines: list[tuple[Treatment, Decimal]],
) -> None:
    totals = treatment_totals(lines)
    assert sum(total.net for total in totals) == sum(amount for _, amount in lines)
    assert len({total.treatment.kind for total in totals}) == len(totals)
    for total in totals:
        assert abs(total.tax - total.net * total.treatment.rate / 100) <= Decimal("0.005")


@given(LINES)
def test_what_is_taken_back_in_full_gives_back_the_same_tax(lines: list[tuple[Treatment, Decimal]]) -> None:
    back = treatment_totals([(treatment, -amount) for treatment, amount in lines])
    assert [-total.tax for total in back] == [total.tax for total in treatment_totals(lines)]


def test_exempt_lines_make_one_total_with_all_their_reasons() -> None:
    other = Treatment("E", Decimal(0), "grant")
    [total] = treatment_totals([(EXEMPT, Decimal(1)), (other, Decimal(2)), (EXEMPT, Decimal(3))])
    assert (total.net, total.treatment.reason) == (6, f"{EXEMPT.reason}; grant")


@pytest.mark.parametrize(
    ("vat", "pointer"),
    [
        ([{"category": "S"}], "/contract/vat/0/rate"),
        ([{"category": "S", "rate": "0"}], "/contract/vat/0/rate"),
        ([{"category": "S", "rate": "20", "reason": "x"}], "/contract/vat/0/reason"),
        ([{"category": "E", "rate": "20"}], "/contract/vat/0/rate"),
        ([{"category": "E"}, {"category": "S", "rate": "20"}], "/contract/vat/1/services"),
        (
            [{"category": "E", "services": ["a", "b"]}, {"category": "S", "rate": "20", "services": ["b"]}],
            "/contract/vat/1/services",
        ),
        ([{"category": "S", "rate": "20", "services": []}], "/contract/vat/0/services"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(vat: list[dict[str, Any]], pointer: str) -> None:
    with pytest.raises(Faulty) as refused:
        answer(contract(vat=vat))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_prices_are_before_tax() -> None:
    taxed = contract(vat=[{"category": "S", "rate": "20"}])
    assert answer(taxed, visit()) == answer(contract(), visit())
