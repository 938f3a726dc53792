"""`doorstep enrol-code` and `doorstep device`, as a manager calls them."""

import json

from mobile_api.reference_client import Phone
from tests.conftest import Database
from tests.mobile_api.conftest import world
from tests.mobile_api.world import World
from tests.program import doorstep

__all__ = ["world"]


async def test_a_printed_code_enrols_and_the_phone_can_be_revoked(world: World, database: Database) -> None:
    made = doorstep(database, "enrol-code", "--provider", "hearth", "--carer", "C1")
    assert (made.returncode, made.stdout.count("\n")) == (0, 1), made.stderr
    phone = Phone(world.http)
    await phone.enrol(made.stdout.strip())
    device = str(phone.device_id)
    for command in ("revoke", "unlock"):
        assert doorstep(database, "device", command, device).returncode == 0
    listed = json.loads(doorstep(database, "device", "list", "--provider", "hearth", "--json").stdout)
    assert [(row["id"], row["carer"], row["state"]) for row in listed] == [(device, "C1", "revoked")]
    shown = doorstep(database, "device", "list", "--provider", "hearth").stdout
    assert shown.startswith(f"{device}  C1  revoked  last event never")
    replacing = doorstep(
        database, "enrol-code", "--provider", "hearth", "--carer", "C2", "--replaces", device
    )
    assert (replacing.returncode, replacing.stderr) == (
        1,
        f"The phone {device} is not one of this carer's.\n",
    )


def test_what_does_not_exist_is_named(database: Database) -> None:
    unknown = doorstep(database, "enrol-code", "--provider", "nobody", "--carer", "C1")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "No provider has the reference nobody.\n"
    nowhere = "2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11"
    assert doorstep(database, "device", "revoke", nowhere).stderr == f"No phone has the id {nowhere}.\n"
    assert doorstep(database, "device", "revoke", "phone").returncode == 2
