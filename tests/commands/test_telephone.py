"""`doorstep telephone` and the line of a home, as a manager calls for them."""

from tests.conftest import Database
from tests.mobile_api.conftest import world
from tests.mobile_api.world import World
from tests.program import doorstep

__all__ = ["world"]

PROVIDER = ("--provider", "hearth")


async def test_a_service_is_added_listed_without_its_secret_and_ended(
    world: World, database: Database
) -> None:
    address, secret = doorstep(database, "telephone", "add", *PROVIDER).stdout.split()
    service = address.rpartition("/telephone/")[2]
    listed = doorstep(database, "telephone", "list", *PROVIDER).stdout
    assert f"{service}  plain  in use  Telephone" in listed
    assert secret not in doorstep(database, "telephone", "list", *PROVIDER, "--json").stdout
    assert doorstep(database, "telephone", "end", *PROVIDER, service).returncode == 0
    assert f"{service}  plain  ended" in doorstep(database, "telephone", "list", *PROVIDER).stdout


async def test_a_carers_number_is_printed_once_and_only_for_one_who_is_known(
    world: World, database: Database
) -> None:
    number = doorstep(database, "telephone", "number", *PROVIDER, "--carer", "C1").stdout.strip()
    assert len(number) == 8
    assert number.isdigit()
    unknown = doorstep(database, "telephone", "number", *PROVIDER, "--carer", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "No carer of this provider has the reference nobody." in unknown.stderr


async def test_twilio_needs_its_token_and_a_line_its_number(world: World, database: Database) -> None:
    without = doorstep(database, "telephone", "add", *PROVIDER, "--kind", "twilio")
    assert without.returncode == 1
    assert "auth token" in without.stderr
    home = (*PROVIDER, "--person", "S1", "--kind", "line")
    wrong = doorstep(database, "tag", "add", *home, "--number", "none")
    assert "/number" in wrong.stderr
    assert doorstep(database, "tag", "add", *home, "--number", "01432 000000").returncode == 0
    listed = doorstep(database, "tag", "list", *PROVIDER).stdout
    assert "  S1  line  in use  -  Line" in listed
    assert "1432" not in listed
