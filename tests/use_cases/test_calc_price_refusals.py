"""What calc price refuses, and where it says the fault lies."""

from typing import Any

import pytest

from backend.use_cases.calc_price import calc_price
from schemas.strict import Faulty
from tests.pricing import contract, pointers, span, visit

RATE: dict[str, Any] = {"service": "home_care", "zone": "rural", "from": "2026-04-06", "hourly": "24.00"}
UPLIFT: dict[str, Any] = {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"}


def under(**changes: Any) -> list[str]:
    """Faults of the usual visit under a changed contract."""
    return pointers({"contract": contract(**changes), "bank_holidays": [], "visits": [visit()]})


def of_visit(**changes: Any) -> list[str]:
    """Faults of a changed visit under the usual contract."""
    return pointers({"contract": contract(), "bank_holidays": [], "visits": [visit(**changes)]})


def test_the_usual_case_has_no_fault() -> None:
    assert under() == []


@pytest.mark.parametrize(
    "name", ["reference", "pay_basis", "rates", "missed", "refused", "cancelled", "funding"]
)
def test_a_term_that_decides_money_is_required(name: str) -> None:
    terms = {key: value for key, value in contract().items() if key != name}
    assert pointers({"contract": terms, "bank_holidays": [], "visits": [visit()]}) == [f"/contract/{name}"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"pay_basis": "plan"}, "/contract/pay_basis"),
        ({"pay_basis": "planned_within_tolerance", "tolerance_minutes": None}, "/contract/tolerance_minutes"),
        ({"tolerance_minutes": -1}, "/contract/tolerance_minutes"),
        ({"tolerance_seconds": 60}, "/contract/tolerance_seconds"),
        ({"minimum_minutes": "0.001"}, "/contract/minimum_minutes"),
        ({"minimum_minutes": 99_999}, "/contract/minimum_minutes"),
        ({"cap_at_planned": "yes"}, "/contract/cap_at_planned"),
        ({"rounding": {"mode": "up"}}, "/contract/rounding/minutes"),
        ({"rounding": {"minutes": 0, "mode": "nearest"}}, "/contract/rounding/minutes"),
        ({"rounding": {"seconds": 0, "mode": "nearest"}}, "/contract/rounding/seconds"),
        ({"rounding": {"minutes": 5, "mode": "half"}}, "/contract/rounding/mode"),
        ({"missed": {"percent": "100.01"}}, "/contract/missed/percent"),
        ({"refused": {"percent": 50}}, "/contract/refused/percent"),
        ({"cancelled": {"notice_hours": -1, "percent_if_late": "100"}}, "/contract/cancelled/notice_hours"),
        ({"rates": [RATE | {"until": "2026-04-05"}]}, "/contract/rates/0/until"),
        ({"rates": [RATE | {"hourly": "-1"}]}, "/contract/rates/0/hourly"),
        ({"rates": [RATE | {"hourly": 24}]}, "/contract/rates/0/hourly"),
        ({"rates": [RATE | {"visit_prices": {"30.0": "1"}}]}, "/contract/rates/0/visit_prices/30.0"),
        ({"rates": [RATE | {"visit_prices": {"0": "1"}}]}, "/contract/rates/0/visit_prices/0"),
        ({"rates": [RATE | {"visit_prices": {"half": "1"}}]}, "/contract/rates/0/visit_prices/half"),
        ({"uplifts": [UPLIFT | {"per_hour": "1"}]}, "/contract/uplifts/0"),
        ({"uplifts": [UPLIFT | {"multiplier": None}]}, "/contract/uplifts/0"),
        ({"uplifts": [UPLIFT | {"from": None, "until": None}]}, "/contract/uplifts/0"),
        ({"uplifts": [UPLIFT | {"until": None}]}, "/contract/uplifts/0/until"),
        ({"uplifts": [UPLIFT | {"from": None}]}, "/contract/uplifts/0/from"),
        ({"uplifts": [UPLIFT | {"until": "22:00"}]}, "/contract/uplifts/0/until"),
        ({"uplifts": [UPLIFT | {"from": "24:00"}]}, "/contract/uplifts/0/from"),
        ({"uplifts": [UPLIFT | {"days": []}]}, "/contract/uplifts/0/days"),
        ({"uplifts": [UPLIFT | {"days": ["saturday"]}]}, "/contract/uplifts/0/days/0"),
        ({"uplifts": [UPLIFT | {"multiplier": "0"}]}, "/contract/uplifts/0/multiplier"),
        ({"funding": []}, "/contract/funding"),
        ({"funding": [{"payer": "a", "percent": "99.999999"}]}, "/contract/funding"),
        ({"funding": [{"payer": "a", "percent": "50"}] * 2}, "/contract/funding/1/payer"),
    ],
)
def test_an_impossible_term_is_refused_where_it_stands(change: dict[str, Any], where: str) -> None:
    assert under(**change) == [where]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"colour": "red"}, "/visits/0/colour"),
        ({"status": "done"}, "/visits/0/status"),
        ({"carers": 0}, "/visits/0/carers"),
        ({"carers": True}, "/visits/0/carers"),
        ({"actual": span("09:30", "09:00")}, "/visits/0/actual/end"),
        (
            {"planned": {"start": "2026-11-02T09:00:00", "end": "2026-11-02T09:30:00Z"}},
            "/visits/0/planned/start",
        ),
        (
            {"planned": {"start": "2026-11-02T09:00:00Z", "end": "2026-12-04T09:00:00Z"}},
            "/visits/0/planned/end",
        ),
        ({"status": "missed", "planned": None}, "/visits/0/planned"),
        ({"status": "cancelled", "planned": None}, "/visits/0/planned"),
        ({"cancelled_by": "weather"}, "/visits/0/cancelled_by"),
        ({"funding": [{"payer": "a", "percent": "60"}]}, "/visits/0/funding"),
        ({"attendances": [{"carer": "a"}, {"carer": "b"}]}, "/visits/0/attendances"),
        ({"carers": 2, "attendances": [{"carer": "a"}, {"carer": "a"}]}, "/visits/0/attendances/1/carer"),
        ({"attendances": [{"actual": span("10:00", "09:00")}]}, "/visits/0/attendances/0/actual/end"),
    ],
)
def test_an_impossible_visit_is_refused_where_it_stands(change: dict[str, Any], where: str) -> None:
    assert of_visit(**change) == [where]


def test_two_visits_of_one_id_are_refused() -> None:
    case = {"contract": contract(), "bank_holidays": [], "visits": [visit(), visit(id="v2"), visit()]}
    assert pointers(case) == ["/visits/2/id"]


def test_one_faulty_case_refuses_the_array_and_all_faults_are_named() -> None:
    good = {"contract": contract(), "visits": [visit()]}
    bad = {"contract": contract(funding=[]), "bank_holidays": ["2026-02-30"], "visits": [visit(carers=0), 7]}
    assert pointers([good, bad]) == [
        "/1/contract/funding",
        "/1/bank_holidays/0",
        "/1/visits/0/carers",
        "/1/visits/1",
    ]


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": 1, "a": 2}', b"\xff", b"[NaN]"])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Faulty):
        calc_price(raw)


def test_a_name_that_no_answer_could_carry_is_still_refused_in_words() -> None:
    [where] = under(**{"\ud800": 1})
    assert where.encode() == b"/contract/?"
