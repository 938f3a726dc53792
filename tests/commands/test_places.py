"""`doorstep place`, as a manager calls it."""

import json

from tests.conftest import Database
from tests.mobile_api.conftest import world
from tests.mobile_api.world import World
from tests.program import doorstep

__all__ = ["world"]
WHOSE = ("--provider", "hearth", "--person", "S1", "--name", "Day centre", "--from", "2026-11-02")


async def test_places_are_added_listed_and_ended(world: World, database: Database) -> None:
    added = doorstep(database, "place", "add", *WHOSE, "--lat", "52.2", "--lon", "0.0")
    assert added.returncode == 0, added.stderr
    place = added.stdout.strip()
    again = doorstep(database, "place", "add", *WHOSE, "--lat", "52.2", "--lon", "0.0")
    assert (again.returncode, again.stderr) == (1, "This place is approved already, just so.\n")
    end = ("place", "end", "--provider", "hearth", "--last")
    assert "not before then" in doorstep(database, *end, "2026-11-01", place).stderr
    assert doorstep(database, *end, "2026-11-30", place).returncode == 0
    listed = doorstep(database, "place", "list", "--provider", "hearth").stdout
    assert listed == f"{place}  S1  2026-11-02..2026-11-30  52.2  0.0  100  Day centre\n"
    whole = json.loads(doorstep(database, "place", "list", "--provider", "hearth", "--json").stdout)
    assert [(row["name"], row["lon"], row["ends_on"]) for row in whole] == [("Day centre", 0.0, "2026-11-30")]


async def test_every_fault_of_a_place_is_named_at_once(world: World, database: Database) -> None:
    refused = doorstep(database, "place", "add", *WHOSE, "--lat", "91", "--radius", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert all(pointer in refused.stderr for pointer in ("/lat", "/radius_m"))
