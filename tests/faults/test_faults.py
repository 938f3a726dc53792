"""Nothing acknowledged is lost: twenty kills, and each other fault, of the real processes on a real database."""

import pytest

from tests.faults.__main__ import seed
from tests.faults.play import ENDED, play

pytestmark = pytest.mark.slow

KILLS = 20
MINUTES = 15
"""More than any machine takes for them."""


async def test_nothing_acknowledged_is_lost_whatever_is_killed_cut_or_filled() -> None:
    chosen = seed()
    found = await play(chosen, KILLS, MINUTES, print)
    assert found["kills"] >= KILLS
    assert found["acknowledged"] > 0
    assert found["documents"].keys() == {"invoice", "wage_report"}
    assert {law: words for law, words in found["laws"].items() if words != "holds"} == {}, (
        f"DOORSTEP_FAULT_SEED={chosen}: {found['list']}"
    )
    assert set(found["ended_with"].values()) <= ENDED
