"""A carer with two employments at one provider: each has its own running test."""

from typing import Any

import pytest

from tests.mobile_api.world import World, hour, visit
from tests.use_cases.loading.samples import load_rows


def employed(employment: str, terms: str) -> dict[str, Any]:
    return {
        "provider": "hearth",
        "reference": "C3",
        "employment": employment,
        "name": "Cat Carer",
        "date_of_birth": "1990-05-03",
        "home_lat": "52.04",
        "home_lon": "-2.69",
        "mode": "car",
        "employment_start": "2026-01-01",
        "pay_cycle": "monthly:1",
        "pay_terms": terms,
    }


def planned(reference: str, employment: str, start: str, end: str) -> dict[str, Any]:
    times = {"start": f"2026-11-02T{start}", "end": f"2026-11-02T{end}"}
    return {"provider": "hearth", "visit": reference, "package": "P1", "carer": employment, **times}


async def day_of_both(world: World, **second: Any) -> dict[str, Any]:
    """Half an hour for the first employment, half an hour's wait, half an hour for the second on other terms."""
    terms = {"provider": "hearth", "reference": "second", "from": "2026-04-01", "rates": {"contact": "10.00"}}
    await load_rows("pay-terms", [{**terms, **second}])
    await load_rows("carers", [employed("E3", "standard"), employed("E4", "second")])
    await load_rows("rota", [planned("W1", "E3", "07:00", "07:30"), planned("W2", "E4", "08:00", "08:30")])
    phone, clock = await world.phone("C3")
    for name, hours in (("W1", 7), ("W2", 8)):
        for kind, minute in (("check_in", 0), ("check_out", 30)):
            clock.time = hour(hours, minute)
            phone.record(kind, visit(name))
    world.at(hour(9))
    clock.time = hour(9)
    await phone.flush()
    await phone.open_session()
    return await phone.days("2026-11-02", "2026-11-02")


async def test_each_employment_is_tested_on_its_own_time_and_terms(world: World) -> None:
    first, second = (await day_of_both(world))["pay_periods"]
    assert (first["employment"], first["basis"], first["counted_minutes"]) == ("E3", "terms", "60")
    assert first["compliant"] is True
    # Half an hour at 10.00 is 5.00; the law asks for half of 12.71, which is 6.355.
    assert (second["employment"], second["basis"], second["counted_minutes"]) == ("E4", "terms", "30")
    assert (second["nmw_pay"], second["compliant"]) == ("5.00", False)


async def test_terms_that_pay_planned_times_are_said_to_tell_nothing(world: World) -> None:
    first, second = (await day_of_both(world, contact_basis="planned"))["pay_periods"]
    assert first["tested"] is True
    assert second["tested"] is False
    assert "planned times" in second["reason"]


async def test_a_day_of_two_employments_is_paid_under_the_terms_of_each(world: World) -> None:
    [day] = (await day_of_both(world))["days"]
    # 30 minutes at 13.00 and 30 of waiting at 12.71 for the first, 30 minutes at 10.00 for the second.
    assert sorted(line["amount"] for line in day["pay"]) == ["5.00", "6.36", "6.50"]
    assert day["pay_total"] == "17.86"


@pytest.mark.parametrize("more", [{"contact_basis": "planned"}, {"mileage_per_mile": {"car": "0.45"}}])
async def test_a_share_that_terms_cannot_price_gives_no_total(world: World, more: dict[str, Any]) -> None:
    [day] = (await day_of_both(world, **more))["days"]
    assert (day["pay"], day["pay_total"]) == (None, None)
    assert day["totals"]["contact"] == 3600
