"""`doorstep rules` and `doorstep statute check`."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import CliRunner, Result

from backend.commands.statute import rules, statute


def test_rules_lists_every_rule_on_a_line() -> None:
    listed = CliRunner().invoke(rules).output
    assert "nmw-2015-34 " in listed
    assert "nmw-rate-2026-04-01" in listed


def test_rules_lists_each_with_its_citation_and_the_usual_roundings_by_name() -> None:
    listed = dict(line.split(maxsplit=1) for line in CliRunner().invoke(rules).output.splitlines())
    assert "SI 2015/621, reg 34" in listed["nmw-2015-34"]
    assert listed["round-nearest-15"].startswith("Rounded to the nearest 15 minutes (")
    assert listed["round-up-1"].startswith("Rounded up to 1 minute (")


def test_rules_shows_one_with_its_citation() -> None:
    shown = CliRunner().invoke(rules, ["nmw-2015-34"]).output
    assert "SI 2015/621, reg 34" in shown
    assert "https://www.legislation.gov.uk/" in shown


def test_rules_prints_json() -> None:
    one = json.loads(CliRunner().invoke(rules, ["nmw-2015-34", "--json"]).output)
    every = json.loads(CliRunner().invoke(rules, ["--json"]).output)
    assert one in every


def test_an_unknown_rule_is_an_error_that_says_what_to_do() -> None:
    result: Result = CliRunner().invoke(rules, ["nmw-1"])
    assert result.exit_code == 1
    assert "lists them all" in result.output


def test_rules_shows_how_far_a_citation_was_checked() -> None:
    assert (
        "Checked: read in the text of the instrument on" in CliRunner().invoke(rules, ["nmw-2015-34"]).output
    )
    unread = CliRunner().invoke(rules, ["nmw-2015-12-refund"]).output
    assert "Checked: not found anywhere" in unread
    assert "Note: " in unread


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `statute check` at noon of a day."""

    def run(day: str, *options: str) -> Result:
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        monkeypatch.setattr("backend.clock.now", lambda: noon)
        return CliRunner().invoke(statute, ["check", *options])

    return run


def test_statute_check_says_what_is_known_and_names_what_was_not_verified(on: Callable[..., Result]) -> None:
    result = on("2026-11-21")
    assert (result.exit_code, "2027-03-31" in result.output) == (0, True)
    assert "nmw-rate-2026-04-01: read in somebody else's account" in result.output
    assert "nmw-rate-2022-04-01" not in result.output


def test_statute_check_warns_when_the_newest_interval_ends_within_ninety_days(
    on: Callable[..., Result],
) -> None:
    assert on("2026-12-30").exit_code == 0
    warned = on("2026-12-31")
    assert warned.exit_code == 1
    assert (
        "nmw-rate-2026-04-01 is the newest of its list and ends on 2027-03-31: 90 days are left"
        in warned.stderr
    )
    assert "mileage" not in warned.stderr
    assert "mileage-2026-04-06" in on("2027-04-10").stderr
    assert "it is past" in on("2027-04-10").stderr


def test_statute_check_prints_json(on: Callable[..., Result]) -> None:
    found = json.loads(on("2027-01-31", "--json").stdout)
    assert (found["rate_intervals"], found["last_known"]) == (13, "2027-03-31")
    assert found["ending"][0] == {"id": "nmw-rate-2026-04-01", "last_known": "2027-03-31", "days_left": 59}
    assert {entry["checked_against"] for entry in found["unverified"]} == {"secondary", "nothing"}
