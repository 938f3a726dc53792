"""Never a refusal at the door: whatever a well-formed, signed event says of where it was, it is kept and counts."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.canonical import SAFE_INTEGER
from schemas.mobile import Method, NoFix
from schemas.scalars import EARLIEST_YEAR, LATEST_YEAR
from tests.mobile_api.test_visits import visits
from tests.mobile_api.world import World, fix, hour, visit

# The canonical form of RFC 8785 has one kind of number. From 2^53 on every finite double is a whole number that two
# readers may round differently: an unsafe integer, so `invalid_event`, kept and shown, and never a refused call.
accuracies = st.floats(0, SAFE_INTEGER) | st.integers(0, SAFE_INTEGER)
first, last = (hour(0).replace(year=year, tzinfo=None) for year in (EARLIEST_YEAR, LATEST_YEAR))
instants = st.datetimes(first, last, timezones=st.just(UTC))
positions = st.fixed_dictionaries(
    {
        "lat": st.floats(-90, 90),
        "lon": st.floats(-180, 180),
        "accuracy_m": accuracies,
        "taken_at": instants.map(datetime.isoformat),
        "mocked": st.booleans(),
    }
)
said = st.fixed_dictionaries(
    {"kind": st.sampled_from(["check_in", "check_out"]), "method": st.sampled_from(get_args(Method))}
)
with_position = st.builds(lambda event, position: {**event, "fix": position}, said, positions)
without_position = st.builds(
    lambda event, why: {**event, "payload": {"no_fix": why}}, said, st.sampled_from(get_args(NoFix))
)


async def test_any_well_formed_event_at_the_door_is_accepted(world: World) -> None:
    phone, clock = await world.phone()
    loop = asyncio.get_running_loop()
    clock.time = hour(7)
    world.at(hour(9))

    async def outcomes(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
        for event in events:
            clock.time += timedelta(milliseconds=100)
            phone.record(visit_id=visit("V1"), **event)
        return [(result["outcome"], result["code"]) for result in await phone.flush()]

    @settings(max_examples=30, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(events=st.lists(with_position | without_position, min_size=1, max_size=12))
    def send(events: list[dict[str, Any]]) -> None:
        answered = asyncio.run_coroutine_threadsafe(outcomes(events), loop).result(timeout=60)
        assert answered == [("accepted", None)] * len(events)

    await asyncio.to_thread(send)
    assert (await visits()).filter(reference="V1")["status"].to_list() == ["completed"]


@pytest.mark.parametrize("accuracy", [float(2**53), 1e300])
async def test_a_number_that_two_readers_may_read_differently_is_kept_and_the_call_not_refused(
    world: World, accuracy: float
) -> None:
    phone, clock = await world.phone()
    clock.time = hour(7)
    phone.record("check_in", visit("V1"), fix=fix(accuracy=accuracy, at=hour(7)))
    phone.record("check_out", visit("V1"), fix=fix(at=hour(7)))
    world.at(hour(9))
    results = await phone.flush()
    assert [(each["outcome"], each["code"]) for each in results] == [
        ("quarantined", "invalid_event"),
        ("accepted", None),
    ]
