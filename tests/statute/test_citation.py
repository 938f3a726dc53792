"""What a citation must say about how it was checked."""

from datetime import date
from typing import Any

import pytest

from backend.statute.catalogue import parsed, rules
from backend.statute.citation import Cited, how_checked, verified
from backend.statute.strict_yaml import StatuteError
from schemas.strict import decode

READ: dict[str, Any] = {
    "instrument": "SI 2015/621, reg 34",
    "href": "https://www.legislation.gov.uk/uksi/2015/621/regulation/34",
    "checked_against": "instrument",
    "checked_on": "2026-11-21",
    "checked_in": ["https://www.legislation.gov.uk/uksi/2015/621/part/5/made"],
}
UNREAD = {"checked_against": "nothing", "checked_on": None, "checked_in": [], "note": "Nothing was found."}


def faults(**changes: Any) -> set[str]:
    return {fault.pointer for fault in decode(Cited, READ | changes).faults}


@pytest.mark.parametrize("degree", ["instrument", "official_page", "secondary"])
def test_what_was_read_names_where_and_when(degree: str) -> None:
    assert faults(checked_against=degree) == set()
    assert faults(checked_against=degree, checked_on=None) == {"/checked_on"}
    assert faults(checked_against=degree, checked_in=[]) == {"/checked_in"}


def test_what_could_not_be_read_says_why_and_has_no_day_of_checking() -> None:
    assert faults(**UNREAD) == set()
    assert faults(**UNREAD | {"note": None}) == {"/note"}
    assert faults(**UNREAD | {"checked_on": "2026-11-21"}) == {"/checked_on"}


def test_what_is_no_law_was_not_read_in_one() -> None:
    assert faults(checked_against="not_law", checked_on=None, checked_in=[]) == set()
    assert faults(checked_against="not_law") == {"/checked_on", "/checked_in"}


def test_a_degree_of_checking_that_there_is_not_is_refused() -> None:
    assert faults(checked_against="memory") == {"/checked_against"}


def test_a_rule_with_no_word_on_its_checking_is_refused_by_its_file() -> None:
    bare = {"id": "abc", "title": "A", "says": "B.", "instrument": "C", "href": "docs/pay.md"}
    with pytest.raises(StatuteError, match=r"rules/x\.yaml: /0/checked_against is required"):
        parsed([bare], "rules/x.yaml")


def test_a_second_hand_account_and_nothing_at_all_are_not_verified() -> None:
    by_degree = {entry.checked_against: verified(entry) for entry in rules().values()}
    assert by_degree == {
        "instrument": True, "official_page": True, "not_law": True, "secondary": False, "nothing": False,
    }  # fmt: skip


def test_the_words_say_what_was_read_where_and_when() -> None:
    read = decode(Cited, READ).value
    assert read is not None and read.checked_on == date(2026, 11, 21)
    assert how_checked(read) == (
        "read in the text of the instrument on 2026-11-21: https://www.legislation.gov.uk/uksi/2015/621/part/5/made"
    )


def test_law_is_cited_at_a_public_address_and_the_rest_in_these_pages() -> None:
    for entry in rules().values():
        expected = "docs/" if entry.checked_against == "not_law" else "https://"
        assert entry.href.startswith(expected), entry.id
