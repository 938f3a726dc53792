"""A check-in and a rota as history grows: `python -m bench.growth [FEW] [MANY]`, in events; `make bench-large`.

The web process is measured with few events behind its phones, more are put behind them, and it is measured again:
check-ins and rotas, one after the other, so that the time of a call is its own. The statements that read for a check-in
are explained with many, as a session plans them once: which months each looks into is told.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Final

import asyncpg

from backend.sql import query
from backend.use_cases.note_speeds import around
from bench._phones import Carer, Request, live_through, rotas, settle, signed, uuid_of
from bench._servers import Place, hundredths, keep, place, product, traffic
from bench._traffic import Plan
from tests.mobile_api.world import PROVIDER

CALLS: Final = 300
PHONES: Final = 100
"""Of which each calls three times; what a process finds out at the first call of a phone is not counted."""


async def main(few: int = 100_000, many: int = 2_000_000) -> None:
    """Measure both, print and keep."""
    found: dict[str, Any] = {"few": few, "many": many}
    async with place() as where:
        superuser = await asyncpg.connect(where.urls.superuser)
        phones = await settle(superuser, few)
        found["with_few"] = _measured(where, phones)
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        await live_through(superuser, many, today, few)
        found["with_many"] = _measured(where, phones)
        found["events"] = await superuser.fetchval("SELECT count(*) FROM event")
        found["bytes"] = await superuser.fetchval("SELECT pg_database_size(current_database())")
        found["months_read"] = await _months(where, superuser)
        await superuser.close()
    found["load"] = round(os.getloadavg()[0], 1)
    for what in ("check_in", "rota"):
        found[f"{what}_ratio"] = round(
            found["with_many"][what]["p50_ms"] / found["with_few"][what]["p50_ms"], 2
        )
    print(json.dumps(found, indent=1), flush=True)
    keep("growth", found)


def _measured(where: Place, phones: list[Carer]) -> dict[str, Any]:
    """Milliseconds of calls that come one after the other, once the process knows the phones."""
    with product(where) as port:
        some = phones[:PHONES]
        check_ins = _milliseconds(where, port, signed(some, port, repeat(1, CALLS)))
        return {"check_in": check_ins, "rota": _milliseconds(where, port, rotas(some, port, CALLS))}


def _milliseconds(where: Place, port: int, made: list[Request]) -> dict[str, float]:
    heard = traffic(where, Plan([port], 1), made)
    p50, p99 = hundredths(heard.waits[PHONES:], 50, 99)
    return {"p50_ms": round(p50 * 1000, 2), "p99_ms": round(p99 * 1000, 2)}


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
