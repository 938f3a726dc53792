"""`doorstep tag`, as a manager calls it."""

import json
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.mobile_api.conftest import world
from tests.mobile_api.world import World
from tests.program import doorstep

__all__ = ["world"]


async def test_tags_are_added_listed_and_retired(world: World, database: Database, tmp_path: Path) -> None:
    home = ("--provider", "hearth", "--person", "S1")
    card = doorstep(database, "tag", "add", *home, "--kind", "card", "--label", "By the door")
    assert (card.returncode, card.stdout.count("\n")) == (0, 2), card.stderr
    card_id, text = card.stdout.split()
    assert text.startswith("http://127.0.0.1:8000/at#")
    keys = tmp_path / "keys"
    keys.write_text("000102030405060708090a0b0c0d0e0f\n101112131415161718191a1b1c1d1e1f\n")
    nfc = doorstep(
        database, "tag", "add", *home, "--kind", "nfc", "--uid", "04DE5F1EACC040", "--keys", str(keys),
        "--from", "2026-11-01",
    )  # fmt: skip
    assert (nfc.returncode, nfc.stdout.count("\n")) == (0, 1), nfc.stderr
    assert (
        doorstep(database, "tag", "retire", "--provider", "hearth", "--reason", "lost", card_id).returncode
        == 0
    )
    listed = doorstep(database, "tag", "list", "--provider", "hearth")
    assert f"{nfc.stdout.strip()}  S1  nfc  in use  04DE5F1EACC040  Nfc" in listed.stdout
    assert f"{card_id}  S1  card  retired " in listed.stdout
    whole = doorstep(database, "tag", "list", "--provider", "hearth", "--json").stdout
    assert [row["label"] for row in json.loads(whole)] == ["By the door", "Nfc"]
    assert text.rpartition(".")[2] not in whole and "0001020304" not in whole


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--person", "S9", "--kind", "card"), 1, "No person of this provider has the reference S9."),
        (("--person", "S1", "--kind", "nfc", "--uid", "04"), 2, "/uid"),
        (("--person", "S1", "--kind", "nfc", "--uid", "xx"), 2, "must be hex digits"),
        (("--person", "S1", "--kind", "fob", "--step", "7"), 2, "must be 30 or 60"),
        (("--person", "S1", "--kind", "card", "--number", "01432 000000"), 2, "is only for a telephone line"),
    ],
)
async def test_what_cannot_be_registered_is_named(
    world: World, database: Database, arguments: tuple[str, ...], status: int, said: str
) -> None:
    refused = doorstep(database, "tag", "add", "--provider", "hearth", *arguments)
    assert (refused.returncode, refused.stdout) == (status, "")
    assert said in refused.stderr
