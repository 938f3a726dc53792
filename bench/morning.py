"""The morning's peak of many carers: `python -m bench.morning [CARERS] [SHARE OF THE CAPACITY]`.

Each carer's phone hands in once: most have one check-in, some were without a network and send what they recorded
meanwhile. What the web process takes at most of that mixture is measured first; then the phones come at random
instants at a share of it. Told are, for each size of batch, how long answers took from when a phone wanted to send; how
long after the last phone came the last answer came; and what the database holds beside what was acknowledged.
"""

import asyncio
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import asyncpg

from bench._phones import Carer, settle, signed
from bench._servers import Heard, Place, hundredths, keep, place, product, traffic
from bench._traffic import Plan

HISTORY: Final = 100_000
CONNECTIONS: Final = 64
SIZES: Final = (1, 5, 20, 50)
WEIGHTS: Final = (85, 8, 5, 2)
"""Of a hundred phones: so many hand in one event, five, twenty, fifty."""
MEASURED_SECONDS: Final = 10.0
MOST: Final = 200
"""Calls a second that are made beforehand."""


async def main(carers: int = 5000, share: float = 0.7) -> None:
    """Measure what is taken at most, let the carers come, print and keep what was found."""
    async with place() as where:
        superuser = await asyncpg.connect(where.urls.superuser)
        phones = await settle(superuser, HISTORY)
        before = await held(superuser)
        with product(where) as port:
            most = flat_out(where, port, phones)
            heard, sizes = peak(where, port, phones, carers, share * most.rate)
        acknowledged = accepted(most) + accepted(heard)
        kept = await held(superuser) - before
        await superuser.close()
    _tell(most.rate, share, heard, sizes, acknowledged, kept)


def flat_out(where: Place, port: int, phones: list[Carer]) -> Heard:
    """As many calls as it takes, of the same mixture."""
    made = signed(phones, port, mixture(int(MOST * MEASURED_SECONDS), 1))
    return traffic(where, Plan([port], CONNECTIONS, seconds=MEASURED_SECONDS), made)


def peak(where: Place, port: int, phones: list[Carer], carers: int, rate: float) -> tuple[Heard, list[int]]:
    """The carers come, and the size of the batch of each."""
    sizes = list(mixture(carers, 2))
    return traffic(where, Plan([port], 2 * CONNECTIONS, rate=rate), signed(phones, port, sizes)), sizes


def mixture(count: int, seed: int) -> Iterator[int]:
    """Sizes of so many batches."""
    return iter(random.Random(seed).choices(SIZES, WEIGHTS, k=count))


def accepted(heard: Heard) -> int:
    """How many events the answers call accepted."""
    outcomes = [one["outcome"] for body in heard.bodies for one in json.loads(body)["results"]]
    assert set(outcomes) == {"accepted"}, set(outcomes)
    return len(outcomes)


async def held(superuser: asyncpg.Connection) -> int:
    """How many events that count are on disk. Raises AssertionError if the tables beside them hold others."""
    events, keys, links, judged = await superuser.fetchrow(
        "SELECT (SELECT count(*) FROM event WHERE outcome = 'accepted'), (SELECT count(*) FROM event_key), "
        "(SELECT count(*) FROM event_link WHERE holds), (SELECT count(*) FROM event_judgement)"
    )
    assert events == keys == links == judged, (events, keys, links, judged)
    return int(events)


def _tell(most: float, share: float, heard: Heard, sizes: list[int], acknowledged: int, kept: int) -> None:
    waits: dict[int, list[float]] = defaultdict(list)
    for size, wait in zip(sizes, heard.waits, strict=True):
        waits[size].append(wait)
    due = max(done - wait for done, wait in zip(heard.done_at, heard.waits, strict=True))
    found: dict[str, Any] = {
        "carers": len(sizes),
        "load": round(os.getloadavg()[0], 1),
        "calls_a_second_at_most": round(most, 1),
        "share": share,
        "last_answer_after_last_phone_s": round(max(heard.done_at) - due, 2),
        "acknowledged": acknowledged,
        "kept": kept,
        "classes": {},
    }
    print(f"{'events a call':>14} {'calls':>6} {'p50 ms':>9} {'p99 ms':>9} {'p99/p50':>8}")
    for size, seconds in sorted(waits.items()):
        p50, p99 = hundredths(seconds, 50, 99)
        found["classes"][size] = {"calls": len(seconds), "p50_ms": p50 * 1000, "p99_ms": p99 * 1000}
        print(f"{size:14} {len(seconds):6} {p50 * 1000:9.1f} {p99 * 1000:9.1f} {p99 / p50:8.1f}")
    print({name: value for name, value in found.items() if name != "classes"}, flush=True)
    keep("morning", found)


if __name__ == "__main__":
    asyncio.run(main(*(kind(text) for kind, text in zip((int, float), sys.argv[1:], strict=False))))
