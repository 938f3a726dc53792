"""A check-in beside the least that keeps it: `python -m bench.checkin [SECONDS] [ROUNDS] [EVENTS A CALL...]`.

The product: what a phone really sends (a proof by its key, an event signed by it, a position) through the real web
process: proof, signature, chain, policy, fence, one commit on disk. The floor: the same bytes to the same server, which
keeps them with BEGIN, the tenant, INSERT, COMMIT. Of more events than one a call the floor decodes them and verifies
the same signatures. Both take turns: so many seconds at most (a closed loop), then each at half of its own maximum (an
open one).
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from itertools import repeat
from statistics import median
from typing import Any, Final

import asyncpg

from bench._phones import EVENTS, Carer, Request, settle, signed
from bench._servers import Heard, Place, floor, hundredths, keep, place, product, traffic
from bench._traffic import Plan

HISTORY: Final = 100_000
CONNECTIONS: Final = 32
SIZES: Final = (1, 50)
"""Events a call."""
MOST: Final = 2500
"""Check-ins a second that are made beforehand at most."""


class Side:
    """The product or the floor: where it listens, and what it was found to do."""

    def __init__(self, name: str, port: int, path: str, size: int, carers: list[Carer]) -> None:
        self.name, self.port, self.path, self.size, self.carers = name, port, path, size, carers
        self.most: list[float] = []
        self.waits: list[float] = []
        self.client: list[float] = []

    def requests(self, count: int) -> list[Request]:
        """So many, signed now."""
        return signed(self.carers, self.port, repeat(self.size, count), self.path)

    def flat_out(self, where: Place, seconds: float) -> None:
        """As many as it takes."""
        made = self.requests(int(MOST / self.size**0.8 * seconds))
        heard = self._heard(where, Plan([self.port], CONNECTIONS, seconds=seconds), made)
        self.most.append(heard.rate)

    def at_half(self, where: Place, seconds: float) -> None:
        """At half of the most that it took, whatever the server does meanwhile."""
        rate = median(self.most) / 2
        heard = self._heard(
            where, Plan([self.port], 2 * CONNECTIONS, rate=rate), self.requests(int(rate * seconds))
        )
        self.waits += heard.waits

    def _heard(self, where: Place, plan: Plan, made: list[Request]) -> Heard:
        heard = traffic(where, plan, made)
        self.client.append(heard.processor_seconds / heard.seconds)
        if self.path == EVENTS:
            assert all(body.count(b'"outcome":"accepted"') == 2 * self.size for body in heard.bodies)
        return heard

    def told(self) -> dict[str, Any]:
        """Requests a second at most; milliseconds at half of it; the share of a processor that the client took."""
        p50, p90, p99 = (round(one * 1000, 2) for one in hundredths(self.waits, 50, 90, 99))
        return {
            "a_second": round(median(self.most), 1),
            "rounds": [round(one, 1) for one in self.most],
            "p50_ms": p50,
            "p90_ms": p90,
            "p99_ms": p99,
            "calls_at_half": len(self.waits),
            "client_share": round(max(self.client), 2),
        }


async def main(seconds: float = 5, rounds: int = 3, *sizes: int) -> None:
    """Measure both sides in turns for calls of so many events each, print a table, keep it."""
    async with place() as where:
        superuser = await asyncpg.connect(where.urls.superuser)
        carers = await settle(superuser, HISTORY)
        await superuser.close()
        found = []
        with product(where) as port, floor(where) as beside:
            for size in sizes or SIZES:
                path = "/one" if size == 1 else "/many"
                ours = Side("product", port, EVENTS, size, carers)
                least = Side("floor", beside, path, size, carers)
                in_turns(where, (ours, least), seconds, rounds)
                found.append(told(size, ours, least))
    keep("checkin", found)


def in_turns(where: Place, sides: Sequence[Side], seconds: float, rounds: int) -> None:
    """Measure the sides, one after the other in each round."""
    for one in sides:
        one.flat_out(where, 1)  # its statements prepared, its pages in memory
        one.most.clear()
    for _ in range(rounds):
        for one in sides:
            one.flat_out(where, seconds)
    for _ in range(rounds):
        for one in sides:
            one.at_half(where, seconds)


def told(size: int, product: Side, floor: Side) -> dict[str, Any]:
    """What was found, printed."""
    ours, least = product.told(), floor.told()
    found = {
        "events": size,
        "load": round(os.getloadavg()[0], 1),
        "throughput": round(ours["a_second"] / least["a_second"], 2),
        "p99": round(ours["p99_ms"] / least["p99_ms"], 2),
        "product": ours,
        "floor": least,
    }
    print(f"{f'{size} event(s) a call':24} {'calls/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'client':>7}")
    for name, one in (("product", ours), ("floor", least)):
        print(f"{name:24} {one['a_second']:9} {one['p50_ms']:8} {one['p99_ms']:8} {one['client_share']:7}")
    print(
        f"{'ratio':24} {found['throughput']:9} {'':8} {found['p99']:8}   (load {found['load']})", flush=True
    )
    return found


if __name__ == "__main__":
    asyncio.run(
        main(*(kind(text) for kind, text in zip((float, *repeat(int, 9)), sys.argv[1:], strict=False)))
    )
