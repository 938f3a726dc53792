"""Audit tests find what is false in a made-up county, on seeds that the published table does not hold."""

import re

import pytest

from backend.simulator.detection import MEASURED, Found, detection, together
from tests.detection_page import OTHER_SEEDS, PAGE, PRECISION, RECALL, SEEDS, page


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    return together([detection(seed) for seed in OTHER_SEEDS])


@pytest.mark.slow
@pytest.mark.parametrize("test", MEASURED)
def test_each_trick_is_found_and_little_else_flagged(found: dict[str, Found], test: str) -> None:
    assert found[test].there > 3
    assert found[test].recall >= RECALL, found[test]
    assert found[test].precision >= PRECISION, found[test]


def test_the_published_table_reaches_the_bar_on_ten_other_seeds() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| \d+ \| \d+ \| ([\d.]+) \| \d+ \| \d+ \| ([\d.]+) \|", text, re.MULTILINE)
    assert len(rows) == len(MEASURED)
    reached = [float(recall) >= RECALL and float(precision) >= PRECISION for recall, precision in rows]
    assert [test for test, there in zip(MEASURED, reached, strict=True) if not there] == []
    assert len(re.findall(r"^\| 1\d\d \|", text, re.MULTILINE)) == len(SEEDS) == 10
    assert not set(SEEDS) & set(OTHER_SEEDS)


def test_nothing_there_and_nothing_flagged_is_neither_missed_nor_wrong() -> None:
    empty = Found(0, 0, 0, 0, {})
    assert (empty.recall, empty.precision) == (1, 1)
    half = Found(4, 2, 3, 2, {"honest": 1})
    assert (half + half).wrong == {"honest": 2}
    assert (half.recall, half.precision) == (0.5, 2 / 3)
    assert "0.500" in page({1: dict.fromkeys(MEASURED, half)})
