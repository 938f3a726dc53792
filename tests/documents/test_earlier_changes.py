"""Changes to earlier periods on paper and in sheets."""

from decimal import Decimal

import msgspec
import pytest

from backend.documents.earlier_changes import meaning, report_tables, worker_tables
from backend.documents.wage_report import alone
from schemas.changes import EarlierChange
from tests.documents import samples
from tests.documents.test_wage_report import report
from tests.documents.test_wage_workbook import book, sheet


def changed(**after: object) -> EarlierChange:
    """The sample with another result."""
    data = {**samples.CHANGES[0], "after": {**samples.CHANGES[0]["after"], **after}}
    return msgspec.convert(data, EarlierChange, strict=False)


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ({}, "paid enough before, short by £11.65 now"),
        ({"shortfall": "0.00"}, "no change: paid enough"),
        ({"shortfall": None}, "not tested: no pay is loaded for the period"),
    ],
)
def test_what_a_difference_means_for_the_verdict_stands_in_words(after: dict[str, object], says: str) -> None:
    assert meaning(changed(**after)) == says


def test_time_that_was_taken_away_stands_with_a_minus() -> None:
    [table] = report_tables([changed(counted_seconds=360000 - 600)])
    assert table.rows[0][4] == "−10 min"


def test_where_nothing_changed_there_is_no_table() -> None:
    assert report_tables([]) == worker_tables([]) == []


def test_a_record_shows_the_changes_of_its_own_worker_alone() -> None:
    assert [change.employment for change in report().changes] == ["E-02", "E-77"]
    assert [change.employment for change in alone(report(), "E-02").changes] == ["E-02"]
    assert alone(report(), "E-01").changes == []


def test_a_sheet_gives_each_gap_before_and_after_to_the_second() -> None:
    row = sheet("Earlier gaps", book())[0]
    assert (row["observed seconds before"], row["observed seconds after"], row["difference seconds"]) == (
        4200,
        3300,
        3300,
    )
    assert (row["credited seconds before"], row["credited seconds after"]) == (0, 3300)
    assert row["parts before"] == "unresolved 4200 [nmw-2015-32]"
    money = sheet("Earlier periods", book())[0]
    assert Decimal(str(money["shortfall after £"])) == Decimal("11.65")
