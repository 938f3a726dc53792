"""Out of order, late, twice: the same end state."""

import random
from typing import Any

import asyncpg
import pytest

from tests.mobile_api.world import World, fix, hour, visit

KEPT = (
    "SELECT row_id, outcome, code, seq, kind, visit_id, paid_at, flags FROM event ORDER BY row_id",
    "SELECT id, seq, signed_hash, outcome FROM event_key ORDER BY seq",
    "SELECT event_row, kind, content FROM event_attachment ORDER BY event_row, kind",
    "SELECT event_row, fence, evidence_level, reasons FROM event_judgement ORDER BY event_row",
)


async def state(superuser: asyncpg.Connection) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in await superuser.fetch(query)] for query in KEPT]


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_arrival_gives_the_same_end_state(
    world: World, superuser: asyncpg.Connection, seed: int
) -> None:
    """Hand in one morning in order, then the same signed events shuffled, split and repeated, into fresh tables."""
    phone, clock = await world.phone()
    world.at(hour(19))
    for name, hours in (("V1", 7), ("V2", 8), ("V4", 18)):
        clock.time = hour(hours)
        phone.record("check_in", visit(name), fix=fix(at=clock.time))
        clock.time = hour(hours, 25)
        phone.record("check_out", visit(name))
    phone.record("check_in", visit("V3"))
    clock.time = hour(19)
    events = list(phone.outbox)
    await phone.flush()
    in_order = await state(superuser)
    await superuser.execute("SET session_replication_role = replica")
    parts = ("key", "link", "attachment", "judgement", "position")
    for table in ("event", *(f"event_{part}" for part in parts), "waiting"):
        await superuser.execute(f"DELETE FROM {table}")
    shuffle = random.Random(seed)
    sent = [*events, *shuffle.sample(events, 3)]
    shuffle.shuffle(sent)
    while sent:
        size = shuffle.randint(1, 4)
        phone.outbox, sent = sent[:size], sent[size:]
        assert {result["outcome"] for result in await phone.flush()} <= {
            "accepted",
            "duplicate",
            "quarantined",
        }
    assert await state(superuser) == in_order
