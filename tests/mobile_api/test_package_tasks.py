"""What is to be done at a visit: the rota's own tasks, else those of the package of care."""

from typing import Any

from tests.mobile_api.world import World, visit
from tests.use_cases.loading.samples import load_rows

PACKAGE = {
    "provider": "hearth",
    "reference": "P1",
    "service_user": "S1",
    "contract": "HC-01",
    "service": "home_care",
    "zone": "urban",
    "from": "2026-10-01",
}


async def told(world: World) -> list[tuple[str, str, int | None]]:
    phone, _ = await world.phone()
    rota = (await phone.call("GET", "/rota", params={"from": "2026-11-02", "days": 1}, token=True)).json()
    [tasks] = [each["tasks"] for each in rota["visits"] if each["id"] == visit("V1")]
    return [(task["id"], task["aspect"], task["minutes"]) for task in tasks]


async def commission(**more: Any) -> None:
    await load_rows("packages", [{**PACKAGE, **more}])


async def test_a_visit_without_tasks_has_those_of_its_package(world: World) -> None:
    await commission(tasks="washing:10;meal:15", visits_per_week="14", hours_per_week="7")
    assert [(name, minutes) for name, _, minutes in await told(world)] == [("washing", 10), ("meal", 15)]


async def test_the_tasks_of_the_visit_itself_go_first(world: World) -> None:
    await commission(tasks="washing:10")
    times = {"start": "2026-11-02T07:00", "end": "2026-11-02T07:30"}
    row = {
        "provider": "hearth",
        "visit": "V1",
        "package": "P1",
        "carer": "E1",
        **times,
        "tasks": "medication:5",
    }
    await load_rows("rota", [row])
    assert [name for name, _, _ in await told(world)] == ["medication"]
