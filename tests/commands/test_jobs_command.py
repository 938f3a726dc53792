"""`doorstep jobs run`: never ahead of the clock."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend import clock, settings
from backend.cli import cli
from tests.conftest import Database
from tests.program import doorstep

NOW = datetime(2026, 11, 10, 6, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now(database: Database, tmp_path: Path) -> None:
    clock.write(tmp_path / "clock", NOW)
    settings.use(replace(settings.current(), clock=tmp_path / "clock"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["jobs", *arguments])


def test_an_instant_to_come_is_refused_and_nothing_is_run() -> None:
    refused = run("run", "--as-of", "2026-11-10T06:05:01Z")
    assert refused.exit_code == 2
    assert "2026-11-10T06:05:01Z is still to come (it is 2026-11-10T06:05:00Z)" in refused.output
    assert run("history").output == "Nothing has run.\n"


def test_the_present_instant_is_run_and_one_to_come_can_be_looked_at() -> None:
    assert run("run", "--as-of", "2026-11-10T06:05:00Z").exit_code == 0
    assert run("list", "--as-of", "2027-11-10T06:05:00Z").exit_code == 0


def test_what_ran_is_alone_on_standard_output_and_its_log_on_standard_error(database: Database) -> None:
    ran = doorstep(database, "jobs", "run", "--job", "statistics", "--json")
    assert ran.returncode == 0
    assert [one["job"] for one in json.loads(ran.stdout)] == ["statistics"]
    assert "job_done" in ran.stderr and "statistics" in ran.stderr
