import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend import settings
from backend.cli import cli
from backend.faults import SetupFault

OWN = {"DATABASE_URL": "postgresql://app:secret@db:5432/doorstep", "DOORSTEP_KEYS": "/etc/doorstep/keys.json"}


def test_nothing_set_means_the_embedded_database_in_the_present_folder() -> None:
    made = settings.load({})
    assert made.embedded
    assert made.database_url is None
    assert made.data == Path(".data").absolute()


def test_a_database_of_ones_own_is_not_embedded() -> None:
    assert not settings.load(OWN).embedded


def test_keys_are_never_made_up_for_a_database_of_ones_own() -> None:
    with pytest.raises(SetupFault, match="DOORSTEP_KEYS is required"):
        settings.load({"DATABASE_URL": OWN["DATABASE_URL"]})


def test_a_simulated_clock_is_refused_for_a_database_of_ones_own() -> None:
    with pytest.raises(SetupFault, match="DOORSTEP_CLOCK is only for the embedded database"):
        settings.load({**OWN, "DOORSTEP_CLOCK": "/tmp/clock"})


def test_an_owner_without_a_database_is_refused() -> None:
    with pytest.raises(SetupFault, match="set both, or neither"):
        settings.load({"DOORSTEP_OWNER_DATABASE_URL": OWN["DATABASE_URL"]})


def test_every_faulty_variable_is_named_at_once() -> None:
    faulty = {
        "DATABASE_URL": "mysql://x",
        "DOORSTEP_BASE_URL": "ftp://x",
        "DOORSTEP_POOL_SIZE": "none",
        "DOORSTEP_METRICS": "yes",
        "DOORSTEP_LOG_FORMAT": "loud",
        "DOORSTEP_CALLED_HOSTS": "https://hooks.example",
    }
    with pytest.raises(SetupFault) as refusal:
        settings.load(faulty)
    assert set(re.findall(r"^\w+", str(refusal.value), re.MULTILINE)) == set(faulty)


def test_secrets_show_neither_in_the_listing_nor_in_a_representation() -> None:
    shown = CliRunner(env={**OWN, "DOORSTEP_KEYS": '{"signing": ["top-secret"]}'}).invoke(cli, ["settings"])
    assert "secret" not in shown.output.replace("secrets", "")
    assert "(hidden)" in shown.output
    assert "secret" not in repr(settings.load(OWN))


def test_a_value_that_is_wrong_is_listed_with_what_is_wrong_and_never_with_its_secrets() -> None:
    wrong = {
        "DATABASE_URL": "postgresql://app:sec#ret@db:port/doorstep",
        "DOORSTEP_POOL_SIZE": "none",
        "DOORSTEP_CLOCK": "/tmp/clock",
        "DOORSTEP_SMTP": "smtp://robot:secret@mail",
    }
    shown = CliRunner(env=wrong).invoke(cli, ["settings"])
    assert shown.exit_code == 0 and "secret" not in shown.output and "sec#ret" not in shown.output
    for variable, detail in {
        "DATABASE_URL": "must look like postgresql://",
        "DOORSTEP_POOL_SIZE": "must be a whole number from 1 to 1,000",
        "DOORSTEP_MAIL_FROM": "is required with DOORSTEP_SMTP",
    }.items():
        beside = shown.output.partition(f"{variable} =")[2].splitlines()[2]
        assert beside.startswith(f"    WRONG: {variable} {detail}"), beside
    rows = json.loads(CliRunner(env=wrong).invoke(cli, ["settings", "--json"]).output)
    assert {row["variable"] for row in rows if row["faults"]} == {
        "DATABASE_URL",
        "DOORSTEP_POOL_SIZE",
        "DOORSTEP_MAIL_FROM",
    }
    assert "WRONG" not in CliRunner(env=OWN).invoke(cli, ["settings"]).output


def test_the_listing_names_every_setting_with_its_meaning() -> None:
    shown = CliRunner().invoke(cli, ["settings"]).output
    for setting in settings.SETTINGS:
        assert setting.variable in shown
        assert setting.meaning in shown


def test_an_engines_addresses_are_one_for_all_ways_of_travelling_or_one_for_each() -> None:
    one = settings.load({"DOORSTEP_TRAVEL": "valhalla", "DOORSTEP_TRAVEL_URL": "http://v:8002/"})
    assert one.travel_urls == dict.fromkeys(("car", "bicycle", "walk"), "http://v:8002")
    each = settings.load(
        {"DOORSTEP_TRAVEL": "osrm", "DOORSTEP_TRAVEL_URL": "car=http://o:5000 walk=http://o:5001"}
    )
    assert each.travel_urls == {"car": "http://o:5000", "walk": "http://o:5001"}


@pytest.mark.parametrize(
    ("engine", "address", "says"),
    [
        ("osrm", "", "DOORSTEP_TRAVEL_URL is required"),
        ("osrm", "http://o:5000", "one profile"),
        ("osrm", "bus=http://o:5000", "names bus"),
        ("valhalla", "v:8002", "must be a web address"),
        ("google", "http://g", "DOORSTEP_TRAVEL must be one of"),
    ],
)
def test_an_engine_that_could_not_answer_is_refused(engine: str, address: str, says: str) -> None:
    with pytest.raises(SetupFault, match=says):
        settings.load({"DOORSTEP_TRAVEL": engine, "DOORSTEP_TRAVEL_URL": address})


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://me:secret@db/doorstep", [("db", 5432)]),
        ("postgresql://me@one:5433,two/doorstep?sslmode=require", [("one", 5433), ("two", 5432)]),
        ("postgresql://me:p%40ss@[::1]:5433,10.0.0.2:5434/doorstep", [("::1", 5433), ("10.0.0.2", 5434)]),
        ("postgresql://me@/doorstep", [("localhost", 5432)]),
    ],
)
def test_an_address_may_name_several_hosts(url: str, found: list[tuple[str, int]]) -> None:
    assert list(settings.hosts_of(url)) == found


def test_a_port_that_is_no_number_is_refused_without_a_word_of_the_password() -> None:
    with pytest.raises(SetupFault, match="DATABASE_URL must look like") as refusal:
        settings.load({**OWN, "DATABASE_URL": "postgresql://app:sec#ret@db:port/doorstep"})
    assert "sec" not in str(refusal.value)
    with pytest.raises(SetupFault, match="DATABASE_URL must look like"):
        settings.load({**OWN, "DATABASE_URL": "postgresql://app:secret@db:5432,db2:x/doorstep"})
