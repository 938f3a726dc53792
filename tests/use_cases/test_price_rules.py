"""Every rule that a priced line names is listed, with words for its number of minutes."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

from backend.statute import strict_yaml
from backend.statute.catalogue import rule

PRICING = Path(str(files("backend.domain.pricing")))
LISTED = {entry["id"] for entry in strict_yaml.read("rules/price.yaml")}


def named_in_code() -> set[str]:
    """Text constants of the pricing code that look like rule ids; the rounding rules are built from their step."""
    texts = {
        node.value
        for path in PRICING.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if "-" in text and text.replace("-", "").isalpha() and text.islower()}


def test_the_rules_of_the_code_and_of_the_list_are_the_same() -> None:
    assert named_in_code() - {"round-"} == {rule_id for rule_id in LISTED if not rule_id.startswith("round-")}
    assert {f"round-{mode}-N" for mode in ("up", "down", "nearest")} <= LISTED


@pytest.mark.parametrize(
    ("rule_id", "words"), [("round-nearest-15", " 15 minutes"), ("round-up-1.5", " 1.5 minutes")]
)
def test_a_rounding_rule_is_explained_with_its_own_minutes(rule_id: str, words: str) -> None:
    found = rule(rule_id)
    assert found.id == rule_id
    assert words in found.title
    assert words in found.says


def test_a_rule_with_a_number_of_its_own_is_itself() -> None:
    assert rule("nmw-2015-30").instrument.startswith("National Minimum Wage")


@pytest.mark.parametrize("rule_id", ["round-sideways-15", "nonsense", "nmw-2015-999"])
def test_an_unknown_rule_is_not_made_up(rule_id: str) -> None:
    with pytest.raises(KeyError):
        rule(rule_id)


def test_the_headings_that_rules_point_to_stand_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "pricing.md").read_text()
    headings = {line[3:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("## ")}
    for entry in strict_yaml.read("rules/price.yaml"):
        assert entry["href"].removeprefix("docs/pricing.md#") in headings
