"""`doorstep audit sample`: what it prints lets anybody repeat the draw."""

import json
from hashlib import sha256

from tests.conftest import Database
from tests.evidence.reported import Reported
from tests.program import doorstep


async def test_what_was_drawn_stands_in_the_order_of_the_digests_of_its_names(
    reported: Reported, database: Database
) -> None:
    days = ("--from", "2026-11-01", "--until", "2026-11-30")
    said = doorstep(database, "audit", "sample", "--provider", "hearth", *days, "--seed", "autumn", "--json")
    drawn = json.loads(said.stdout)
    names = [f"{one['visit_id']}/{one['carer_id']}" for one in drawn["attendances"]]
    assert drawn["algorithm"] == "doorstep-draw-1" and len(names) == drawn["size"] > 1
    assert names == sorted(names, key=lambda name: sha256(f"autumn\n{name}".encode()).digest())
