"""Several web processes and workers on one database: `python -m bench.processes [SECONDS] [NUMBER OF EACH...]`.

So many web processes, each with a port, and as many workers are started. Phones hand in to all of them as fast as goes,
and every fifth call is made twice, at the same time, by different connections. What was acknowledged is then compared
with what the database holds: nothing may be lost and nothing kept twice.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import repeat
from typing import Any, Final

import asyncpg

from bench._phones import Carer, Request, settle, signed
from bench._servers import Heard, Place, keep, place, product, traffic, worker
from bench._traffic import Plan
from bench.morning import held

HISTORY: Final = 100_000
CONNECTIONS: Final = 32
MOST: Final = 600
"""Calls a second that are made beforehand."""
AGAIN: Final = 5
_RECEIPTS: Final = "SELECT count(*) FROM event_batch"


async def main(seconds: float = 10, *numbers: int) -> None:
    """Measure each number of processes, print and keep."""
    runs = []
    async with place() as where:
        superuser = await asyncpg.connect(where.urls.superuser)
        phones = await settle(superuser, HISTORY)
        for number in numbers or (1, 2, 4):
            runs.append(await _run(where, superuser, phones, number, seconds))
            print(runs[-1], flush=True)
        await superuser.close()
    keep("processes", {"cores": os.cpu_count(), "runs": runs})


async def _run(
    where: Place, superuser: asyncpg.Connection, phones: list[Carer], number: int, seconds: float
) -> dict[str, Any]:
    """What so many processes took. Raises AssertionError if something was lost, or kept twice."""
    events, receipts = await held(superuser), await superuser.fetchval(_RECEIPTS)
    with ExitStack() as running:
        ports = [running.enter_context(product(where)) for _ in range(number)]
        for _ in range(number):
            running.enter_context(worker(where))
        made = list(_some_twice(signed(phones, ports[0], repeat(1, int(MOST * seconds)))))
        heard = traffic(where, Plan(ports, CONNECTIONS, seconds=seconds), made)
    acknowledged = _acknowledged(heard)
    kept = await held(superuser) - events
    assert kept == len(acknowledged), f"{len(acknowledged)} were acknowledged and {kept} kept"
    assert await superuser.fetchval(_RECEIPTS) - receipts == heard.sent
    return {
        "web_processes_and_workers": number,
        "calls_a_second": round(heard.rate, 1),
        "acknowledged": len(acknowledged),
        "kept": kept,
        "sent_twice": heard.sent - len(acknowledged),
        "load": round(os.getloadavg()[0], 1),
    }


def _some_twice(made: Iterable[Request]) -> Iterator[Request]:
    for number, request in enumerate(made):
        yield request
        if number % AGAIN == 0:
            yield request


def _acknowledged(heard: Heard) -> set[str]:
    """The events that were accepted. Raises AssertionError unless every other one is a repeat of one of those."""
    found = [result for body in heard.bodies for result in json.loads(body)["results"]]
    accepted = [one["id"] for one in found if one["outcome"] == "accepted"]
    assert len(accepted) == len(set(accepted)), "an event was accepted twice"
    assert {one["id"] for one in found if one["outcome"] == "duplicate"} <= set(accepted)
    assert {one["outcome"] for one in found} <= {"accepted", "duplicate"}
    return set(accepted)


if __name__ == "__main__":
    asyncio.run(
        main(*(kind(text) for kind, text in zip((float, *repeat(int, 9)), sys.argv[1:], strict=False)))
    )
