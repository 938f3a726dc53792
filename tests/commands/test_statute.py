"""`doorstep rules` and `doorstep statute check`."""

import json

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


def test_statute_check_says_what_is_known() -> None:
    result = CliRunner().invoke(statute, ["check"])
    assert (result.exit_code, "2027-03-31" in result.output) == (0, True)
    assert json.loads(CliRunner().invoke(statute, ["check", "--json"]).output)["rate_intervals"] == 13
