"""Blocks of hours: paid whether used or not, used in order of planned start, the rest at its rate."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.use_cases.check_contract import check_contract
from schemas.strict import Faulty
from tests.pricing import answer, contract, span, visit

BLOCK: dict[str, Any] = {
    "name": "days",
    "services": ["home_care"],
    "zones": ["rural"],
    "hours": "1",
    "hourly": "20.00",
}


def day(number: int, minutes: int = 30, **changes: Any) -> dict[str, Any]:
    """A visit from nine on a day of November 2026, planned and made."""
    times = span("09:00", f"{9 + minutes // 60:02}:{minutes % 60:02}", f"2026-11-{number:02}")
    return visit(**{"id": f"v{number}", "planned": times, "actual": times, **changes})


def test_visits_use_a_block_in_order_of_planned_start_and_the_rest_is_spot() -> None:
    told = answer(contract(blocks=[BLOCK]), day(4), day(2), day(3))
    assert [(line["visit"], line["amount"], line.get("block")) for line in told["lines"]] == [
        ("v4", "12.00", None),
        ("v2", "0.00", "days"),
        ("v3", "0.00", "days"),
    ]
    assert told["lines"][1]["rules"][-1] == "within-block"
    [block] = told["blocks"]
    assert (block["minutes"], block["used_minutes"], block["unused_minutes"]) == ("60", "60", "0")
    assert (block["amount"], told["total"], told["by_payer"]) == ("20.00", "32.00", {"council": "32.00"})


def test_a_block_is_paid_when_nobody_uses_it() -> None:
    told = answer(contract(blocks=[BLOCK]))
    assert (told["total"], told["blocks"][0]["unused_minutes"]) == ("20.00", "60")


def test_a_visit_that_does_not_fit_whole_is_spot_and_a_shorter_one_behind_it_fits() -> None:
    told = answer(contract(blocks=[BLOCK]), day(2, 40), day(3, 30), day(4, 20))
    assert [line["amount"] for line in told["lines"]] == ["0.00", "12.00", "0.00"]


def test_the_block_listed_first_pays_while_it_lasts_and_then_the_next() -> None:
    blocks = [BLOCK, {**BLOCK, "name": "more", "hours": "2"}]
    told = answer(contract(blocks=blocks), *(day(number) for number in (2, 3, 4)))
    assert [line["block"] for line in told["lines"]] == ["days", "days", "more"]
    assert [(block["used_minutes"], block["rule"]) for block in told["blocks"]] == [
        ("60", "block-hours"),
        ("30", "block-hours"),
    ]


def test_other_services_zones_and_visits_not_made_use_no_block() -> None:
    rates = [
        *contract()["rates"],
        {"service": "night", "zone": "rural", "from": "2026-04-06", "hourly": "30.00"},
    ]
    missed = day(3, status="missed", actual=None)
    told = answer(contract(blocks=[BLOCK], rates=rates), day(2, service="night"), missed)
    assert [line["amount"] for line in told["lines"]] == ["15.00", "0.00"]
    assert told["blocks"][0]["used_minutes"] == "0"


def test_two_carers_use_twice_the_time() -> None:
    told = answer(contract(blocks=[BLOCK]), day(2, carers=2))
    assert told["blocks"][0]["used_minutes"] == "60"
    both = [{"carer": name, "actual": span("09:00", "09:30")} for name in ("ann", "bea")]
    told = answer(contract(blocks=[BLOCK]), visit(carers=2, attendances=both))
    assert [line["block"] for line in told["lines"]] == ["days", "days"]


def test_mileage_is_paid_beside_a_block() -> None:
    told = answer(contract(blocks=[BLOCK], mileage={"per_mile": "0.45"}), day(2, miles=2))
    assert (told["lines"][0]["amount"], told["total"]) == ("0.90", "20.90")


def test_a_contract_without_blocks_answers_without_them() -> None:
    assert (
        "blocks" not in answer(contract(), day(2)) and "block" not in answer(contract(), day(2))["lines"][0]
    )


@given(st.lists(st.integers(0, 240), max_size=12), st.integers(1, 20))
def test_used_and_unused_are_the_block_and_spot_is_what_no_block_took(minutes: list[int], hours: int) -> None:
    visits = [day(number, long) for number, long in enumerate(minutes, start=2)]
    told = answer(contract(blocks=[{**BLOCK, "hours": str(hours)}]), *visits)
    [block] = told["blocks"]
    within = sum(Decimal(line["payable_minutes"]) for line in told["lines"] if "block" in line)
    assert Decimal(block["used_minutes"]) == within <= 60 * hours
    assert Decimal(block["used_minutes"]) + Decimal(block["unused_minutes"]) == 60 * hours
    spot = sum(Decimal(line["amount"]) for line in told["lines"])
    assert Decimal(told["total"]) == spot + Decimal(block["amount"])


def test_a_block_is_said_back() -> None:
    [checked] = check_contract(json.dumps(contract(blocks=[{**BLOCK, "hours": "120.5"}])).encode())
    assert (
        "Block days: 120.5 hours of home_care in zone rural each billing period at £20.00 an hour, £2,410.00 whether "
        "used or not. Visits use it in order of planned start; one that does not fit whole is paid at its rate."
    ) in checked.sentences


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        ({"hours": "0"}, "/contract/blocks/0/hours"),
        ({"hours": "0.0001"}, "/contract/blocks/0/hours"),
        ({"services": []}, "/contract/blocks/0/services"),
        ({"hourly": "-1"}, "/contract/blocks/0/hourly"),
    ],
)
def test_a_block_that_cannot_be_is_refused(block: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Faulty) as refused:
        answer(contract(blocks=[BLOCK | block]))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_name_stands_once() -> None:
    with pytest.raises(Faulty) as refused:
        answer(contract(blocks=[BLOCK, BLOCK]))
    assert [fault.pointer for fault in refused.value.faults] == ["/contract/blocks/1/name"]
