"""Every provision of the minimum wage law is answered by rules, tests and worked cases that exist, or says why not."""

import ast
from collections import Counter
from typing import Any

import pytest

from backend.statute import strict_yaml
from backend.statute.catalogue import rule, rules
from backend.statute.coverage import REGULATIONS, expanded, provisions
from backend.statute.strict_yaml import StatuteError
from tests.law_page import PAGE, ROOT, cases, page

LISTED = provisions()


def numbers(of: str) -> Counter[str]:
    return Counter(number for one in LISTED if one.of == of for number in expanded(one.numbers))


def test_every_regulation_is_listed_once() -> None:
    assert numbers("regulations") == Counter(REGULATIONS)


def test_the_sections_of_the_act_that_decide_what_is_owed_are_listed_once() -> None:
    listed = numbers("act")
    assert {"1", "2", "9", "10", "11", "17", "19A", "28", "54"} <= listed.keys()
    assert set(listed.values()) == {1}


def test_every_rule_that_is_named_exists() -> None:
    for rule_id in {rule_id for one in LISTED for rule_id in one.rules}:
        assert rule(rule_id).id == rule_id


def test_every_rule_of_the_regulations_and_the_act_stands_under_a_provision() -> None:
    named = {rule_id for one in LISTED for rule_id in one.rules}
    dated = ("nmw-rate-", "nmw-offset-")
    law = {rule_id for rule_id in rules() if rule_id.startswith("nmw-") and not rule_id.startswith(dated)}
    assert law - named == set()


def test_every_test_that_is_named_exists() -> None:
    for test in {test for one in LISTED for test in one.tests}:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert not name or name in functions, test


def test_every_worked_case_that_is_named_exists() -> None:
    assert {case for one in LISTED for case in one.cases} <= cases().keys()


def test_every_worked_case_of_the_wage_and_the_day_stands_under_a_provision() -> None:
    named = {case for one in LISTED for case in one.cases}
    worked = {case for case in cases() if not case.startswith("price:") and ":refuse-" not in case}
    assert worked - named == set()


def test_the_page_is_the_one_drawn_from_the_list() -> None:
    """When this fails: run scripts/law and look at what changed."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"status": "partly"}, "/0/because is required"),
        ({"status": "covered", "rules": []}, "/0/rules is required"),
        ({"status": "covered", "tests": []}, "/0/tests is required"),
        ({"status": "not_applicable", "because": "Why."}, "/0/status is not_applicable"),
        ({"of": "custom"}, "/0/of"),
    ],
)
def test_an_entry_that_answers_to_nothing_is_refused(changes: dict[str, Any], fault: str) -> None:
    [covered] = [one for one in strict_yaml.read("coverage.yaml") if one["numbers"] == ["33"]]
    assert len(provisions([covered])) == 1
    with pytest.raises(StatuteError, match=fault):
        provisions([covered | changes])


def test_a_range_of_numbers_is_written_out() -> None:
    assert expanded(["4", "4A", "41-43"]) == ["4", "4A", "41", "42", "43"]
