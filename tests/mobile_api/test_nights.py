"""A night on a carer's phone: one working day, whole, and paid in each pay period for the time that lies in it."""

from datetime import UTC, date, datetime
from typing import Any

from backend.use_cases.preview_pay_run import preview_pay_run
from mobile_api.reference_client import Phone
from tests.mobile_api.test_several_employments import employed, planned
from tests.mobile_api.world import PROVIDER, World, visit
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


async def night_of_two(world: World, called: str = "E4") -> Phone:
    """A visit for one employment on Sunday evening, the night for another, and a visit for the first on Monday."""
    world.at(datetime(2026, 11, 1, 18, tzinfo=UTC))
    rates = {"contact": "13.00", "awake": "12.71", "sleep_in_flat": "60.00"}
    rounding = {"minutes": 15, "mode": "up"}
    terms = {"provider": "hearth", "from": "2026-04-01", "rates": rates, "rounding": rounding}
    await load_rows("pay-terms", [{**terms, "reference": "nights"}])
    newest = {**employed("E4", "nights"), "employment_start": "2026-02-01"}
    await load_rows(
        "carers", [{**row, "pay_cycle": "weekly:mon"} for row in (employed("E3", "standard"), newest)]
    )
    rota = [
        ("W1", "E3", "2026-11-01T20:00"),
        ("W2", called, "2026-11-01T23:40"),
        ("W3", "E3", "2026-11-02T07:30"),
    ]
    await load_rows("rota", [{**planned(name, who, "06:00", "09:00"), "start": at} for name, who, at in rota])
    phone, clock = await world.phone("C3")
    clock.started = datetime(2026, 11, 1, 20, tzinfo=UTC)

    async def tell(at: datetime, kind: str, about: str | None = None, **payload: Any) -> None:
        clock.time = at
        world.at(at)
        phone.record(kind, None if about is None else visit(about), payload=payload or None)
        await phone.flush()

    evening, morning = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    await tell(evening.replace(hour=20), "check_in", "W1")
    await tell(evening.replace(hour=20, minute=30), "check_out", "W1")
    await tell(evening.replace(hour=22), "activity_start", activity="sleep_in")
    await tell(evening.replace(hour=23, minute=40), "check_in", "W2")
    await tell(morning.replace(minute=10), "check_out", "W2")
    await tell(morning.replace(hour=7), "activity_end", activity="sleep_in")
    await tell(morning.replace(hour=7, minute=30), "check_in", "W3")
    await tell(morning.replace(hour=8), "check_out", "W3")
    await phone.open_session()
    return phone


async def test_a_night_of_one_of_several_employments_is_paid_once_over_the_end_of_a_pay_period(
    world: World,
) -> None:
    phone = await night_of_two(world)
    paid, told = {}, {}
    for day in (date(2026, 11, 1), date(2026, 11, 2)):
        run = await preview_pay_run(PROVIDER, "weekly:mon", day)
        assert run is not None
        [night] = [worker for worker in run.workers if worker.employment == "E4"]
        paid[day.day] = {(line.work, line.amount, line.minutes) for line in night.lines}
        asked = await phone.days(day.isoformat(), day.isoformat())
        [period] = [one for one in asked["pay_periods"] if one["employment"] == "E4"]
        told[day.day] = (period["basis"], period["counted_minutes"], period["nmw_pay"])
    # The half hour over midnight is thirty minutes and no forty-five; the flat sum is of the week the night begins in.
    assert paid[1] == {("contact", "4.33", "20"), ("sleep_in", "60.00", "100")}
    assert paid[2] == {("contact", "2.17", "10")}
    # The terms pay no waiting: half an hour of it before the next visit counts all the same.
    assert told == {1: ("terms", "20", "4.33"), 2: ("terms", "40", "2.17")}


async def test_a_visit_for_another_employment_in_the_night_makes_no_second_sleep_in(world: World) -> None:
    phone = await night_of_two(world, called="E3")
    nights = []
    for day in (date(2026, 11, 1), date(2026, 11, 2)):
        run = await preview_pay_run(PROVIDER, "weekly:mon", day)
        assert run is not None
        [night] = [worker for worker in run.workers if worker.employment == "E4"]
        nights += [(line.work, line.amount, line.units) for line in night.lines]
    assert nights == [("sleep_in", "60.00", 1)]
    [day] = (await phone.days("2026-11-01", "2026-11-01"))["days"]
    assert [line["amount"] for line in day["pay"] if line["kind"] == "sleep_in_allowance"] == ["60.00"]
