"""The page about security names tests and files that are there, and every requirement of the standards once."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| ([0-9A-Z][0-9A-Z., -]+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
STATES = {"met", "partly", "not met", "n/a", "operator"}
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
"""So many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has (github.com/OWASP/ASVS, tag v5.0.0)."""


def test_every_test_and_file_that_is_named_exists() -> None:
    named = set(
        re.findall(r"`((?:tests|backend|mobile_api|schemas|scripts)/[\w./-]+|pyproject\.toml)`", PAGE)
    )
    assert len(named) > 60
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_requirement_stands_once_with_a_state_and_what_shows_it() -> None:
    assert {state for _, state, _ in ROWS} <= STATES
    numbers = [number for names, _, _ in ROWS for number in names.split(", ") if number[0].isdigit()]
    assert len(numbers) == len(set(numbers))
    counted = {chapter: sum(number.startswith(f"{chapter}.") for number in numbers) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    controls = [name for names, _, _ in ROWS for name in names.split(", ") if name.startswith("MASVS-")]
    assert len(controls) == len(set(controls)) == 24


def test_what_is_counted_is_what_stands_there() -> None:
    asvs = [(names.split(", "), state) for names, state, _ in ROWS if names[0].isdigit()]
    counts = {name: sum(len(names) for names, state in asvs if state == name) for name in STATES}
    said = re.search(
        r"Of (\d+) requirements (\d+) are met, (\d+) partly, (\d+) not; (\d+) are the operator's and (\d+)",
        PAGE,
    )
    assert said is not None
    ordered = [counts[name] for name in ("met", "partly", "not met", "operator", "n/a")]
    assert [int(number) for number in said.groups()] == [sum(ordered), *ordered]


def test_what_is_met_names_a_test_a_file_or_a_page() -> None:
    bare = [names for names, state, where in ROWS if state == "met" and len(where.strip()) < 5]
    assert bare == []
