"""A check-in and a rota as history grows: `python -m bench.growth [FEW] [MANY] [A DAY]`, in events; `make bench-large`.

Two databases, one with few events behind its phones and one with many, each with a web process, are asked in turns:
check-ins and rotas, one after the other, so that the time of a call is its own. The statements that read for a check-in
are explained with many, as a session plans them once: which months each looks into is told. With fewer events of each
carer a day (26, if none is named) as many go further back, into more months.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Final

import asyncpg

from backend.sql import query
from backend.use_cases.note_speeds import around
from bench._phones import A_DAY, Carer, rotas, settle, signed, uuid_of
from bench._servers import Place, at, hundredths, keep, product, started, traffic
from bench._traffic import Plan
from tests.mobile_api.world import PROVIDER

CALLS: Final = 200
"""A round, of each kind."""
ROUNDS: Final = 5
PHONES: Final = 100
"""What a process finds out at the first call of a phone is not counted: each calls once before."""


class Side:
    """A database with so many events behind its phones, and what its web process was found to take."""

    def __init__(self, where: Place, events: int) -> None:
        self.where, self.events, self.port = where, events, 0
        self.phones: list[Carer] = []
        self.seconds: dict[str, list[float]] = {"check_in": [], "rota": []}

    async def settle(self, a_day: int) -> None:
        """Put the events behind the phones. What is written for them is on the disk afterwards."""
        superuser = await asyncpg.connect(self.where.urls.superuser)
        async with at(self.where):
            self.phones = (await settle(superuser, self.events, a_day))[:PHONES]
        await superuser.execute("CHECKPOINT")
        await superuser.close()

    async def ask(self, calls: int) -> dict[str, list[float]]:
        """How long each of so many calls took, by kind."""
        async with at(self.where):  # they are signed by its keys
            made = {
                "check_in": signed(self.phones, self.port, repeat(1, calls)),
                "rota": rotas(self.phones, self.port, calls),
            }
        plan = Plan([self.port], 1)
        return {kind: traffic(self.where, plan, requests).waits for kind, requests in made.items()}

    def told(self) -> dict[str, dict[str, float]]:
        """Milliseconds."""
        return {kind: _milliseconds(seconds) for kind, seconds in self.seconds.items()}


async def main(few: int = 100_000, many: int = 2_000_000, a_day: int = A_DAY) -> None:
    """Measure both in turns, print and keep."""
    async with started() as small, started() as large:
        sides = Side(small, few), Side(large, many)
        for side in sides:
            await side.settle(a_day)
            print(f"{side.events:,} events settled", flush=True)
        with product(small) as sides[0].port, product(large) as sides[1].port:
            await _in_turns(sides)
        found = {
            "few": few,
            "many": many,
            "a_day": a_day,
            "load": round(os.getloadavg()[0], 1),
            "with_few": sides[0].told(),
            "with_many": sides[1].told(),
            **await _held(large),
        }
    for what in ("check_in", "rota"):
        found[f"{what}_ratio"] = round(
            found["with_many"][what]["p50_ms"] / found["with_few"][what]["p50_ms"], 2
        )
    print(json.dumps(found, indent=1), flush=True)
    keep("growth", found)


async def _in_turns(sides: Sequence[Side]) -> None:
    for side in sides:
        await side.ask(PHONES)
    for _ in range(ROUNDS):
        for side in sides:
            for kind, seconds in (await side.ask(CALLS)).items():
                side.seconds[kind] += seconds


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    p50, p99 = hundredths(seconds, 50, 99)
    return {"p50_ms": round(p50 * 1000, 2), "p99_ms": round(p99 * 1000, 2)}


async def _held(where: Place) -> dict[str, Any]:
    superuser = await asyncpg.connect(where.urls.superuser)
    found = {
        "events": await superuser.fetchval("SELECT count(*) FROM event"),
        "bytes": await superuser.fetchval("SELECT pg_database_size(current_database())"),
        "months_read": await _months(where, superuser),
    }
    await superuser.close()
    return found


async def _months(where: Place, superuser: asyncpg.Connection) -> dict[str, Any]:
    """Of the months that events lie in, those that each statement of a check-in looks into, planned for all values."""
    connection = await asyncpg.connect(where.urls.application)
    await connection.execute(
        f"BEGIN; SELECT set_config('doorstep.provider_id', '{PROVIDER}', true); SET LOCAL jit = off;"
        "SET LOCAL plan_cache_mode = force_generic_plan"
    )
    now, device, carer = datetime.now(UTC), uuid_of("device/7"), uuid_of("carer/7")
    asked = {
        "events.called": (PROVIDER, [device], [now.date()], [now], [1], [uuid_of("today/visit/7")], [], []),
        "events.around": (PROVIDER, [device] * 2, [1, 2], [device], [device], *around({carer: [now]})),
    }
    months = await superuser.fetchval("SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass")
    told: dict[str, Any] = {"partitions": months}
    for name, values in asked.items():
        plan = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query(name)}", *values)
        read = Counter(_read(json.loads(plan)[0]["Plan"]))
        told[name] = {"read": sorted(read), "ms": json.loads(plan)[0]["Execution Time"]}
    await connection.close()
    return told


def _read(plan: dict[str, Any]) -> Iterator[str]:
    """The partitions that were really looked into."""
    if plan.get("Relation Name", "").startswith("event_2") and plan["Actual Loops"]:
        yield plan["Relation Name"]
    for inner in plan.get("Plans", []):
        yield from _read(inner)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
