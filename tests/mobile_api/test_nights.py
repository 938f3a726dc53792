"""A night on a carer's phone: one working day, whole, and paid in each pay period for the time that lies in it."""

from datetime import UTC, datetime
from typing import Any

from tests.mobile_api.test_several_employments import employed, planned
from tests.mobile_api.world import World, visit
from tests.use_cases.loading.samples import load_rows

EVENING, MORNING = (datetime(2026, 11, 1, 22, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC))


async def a_night(world: World, first: str, last: str) -> dict[str, Any]:
    """What the phone is told of these days after a night from Sunday at ten to Monday at six; weeks begin on Monday."""
    world.at(datetime(2026, 11, 1, 20, tzinfo=UTC))
    await load_rows("carers", [{**employed("E3", "standard"), "pay_cycle": "weekly:mon"}])
    await load_rows("rota", [{**planned("W1", "E3", "06:00", "06:00"), "start": "2026-11-01T22:00"}])
    phone, clock = await world.phone("C3")
    clock.started = EVENING
    for kind, clock.time in (("check_in", EVENING), ("check_out", MORNING)):
        world.at(clock.time)
        phone.record(kind, visit("W1"))
        await phone.flush()
    await phone.open_session()
    return await phone.days(first, last)


async def test_a_night_stands_whole_under_the_day_it_began_with_all_that_it_pays(world: World) -> None:
    [day] = (await a_night(world, "2026-11-01", "2026-11-02"))["days"]
    assert (day["date"], day["totals"]["contact"], day["pay_total"]) == ("2026-11-01", 8 * 3600, "104.00")
    assert [(one["start"], one["end"]) for one in day["segments"]] == [
        ("2026-11-01T22:00:00Z", "2026-11-02T06:00:00Z")
    ]


async def test_a_night_is_whole_where_the_days_asked_for_end_on_its_evening(world: World) -> None:
    [day] = (await a_night(world, "2026-11-01", "2026-11-01"))["days"]
    assert (day["totals"]["contact"], day["pay_total"]) == (8 * 3600, "104.00")


async def test_hours_after_midnight_are_paid_in_the_pay_period_that_counts_them(world: World) -> None:
    [after] = (await a_night(world, "2026-11-02", "2026-11-02"))["pay_periods"]
    assert (after["start"], after["counted_minutes"], after["nmw_pay"]) == ("2026-11-02", "360", "78.00")
    assert (after["compliant"], after["shortfall"]) == (True, "0.00")


async def test_hours_before_midnight_alone_are_paid_in_the_period_that_the_night_ends(world: World) -> None:
    [before] = (await a_night(world, "2026-11-01", "2026-11-01"))["pay_periods"]
    assert (before["end"], before["counted_minutes"], before["nmw_pay"]) == ("2026-11-01", "120", "26.00")
