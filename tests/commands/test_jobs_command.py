"""`doorstep jobs run`: never ahead of the clock."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend import clock, settings
from backend.cli import cli
from tests.conftest import Database

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
