"""What waits: its order, its counts and its pages."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.queue import (
    ACKNOWLEDGED,
    DECISIONS,
    KINDS,
    VISIT_KINDS,
    Filter,
    Item,
    about,
    counts,
    page_of,
)

START = datetime(2026, 11, 2, tzinfo=UTC)
ITEMS = st.lists(
    st.builds(
        Item,
        kind=st.sampled_from(KINDS),
        id=st.uuids().map(str),
        since=st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours)),
        code=st.just(""),
        carer=st.sampled_from([None, "C1", "C2"]),
        person=st.sampled_from([None, "S1", "S2"]),
    ),
    unique_by=lambda item: (item.kind, item.id),
)
WANTED = st.builds(
    Filter, st.sampled_from([None, *KINDS]), st.sampled_from([None, "C1"]), st.sampled_from([None, "S1"])
)


def test_danger_stands_before_money_and_the_oldest_before_the_newest() -> None:
    new = Item("help", "b", START + timedelta(days=2), "")
    old = Item("help", "a", START, "")
    dispute = Item("dispute", "c", START - timedelta(days=90), "open")
    assert about([dispute, new, old], Filter()) == [old, new, dispute]


def test_the_carer_and_the_person_that_are_asked_for_both_hold_and_a_page_begins_behind_the_last() -> None:
    items = [
        Item("help", f"{carer}{person}", START, "", carer=carer, person=person)
        for carer in ("C1", "C2")
        for person in ("S1", "S2")
    ]
    told = [[item.id for item in about(items, Filter(None, *who))]
            for who in (("C1", None), (None, "S1"), ("C1", "S1"))]  # fmt: skip
    assert told == [["C1S1", "C1S2"], ["C1S1", "C2S1"], ["C1S1"]]
    assert page_of(items, None, items[1].order, 9) == (items[2:], False)


@given(ITEMS, WANTED, st.integers(1, 7))
def test_the_pages_of_a_list_hold_each_of_its_rows_once_and_in_order(
    items: list[Item], wanted: Filter, size: int
) -> None:
    expected = [
        item
        for item in items
        if wanted.kind in (None, item.kind)
        and wanted.carer in (None, item.carer)
        and wanted.person in (None, item.person)
    ]
    ordered = about(items, wanted)
    found: list[Item] = []
    after, more = None, True
    while more:
        page, more = page_of(ordered, wanted.kind, after, size)
        found += page
        after = page[-1].order if page else None
        assert more == (len(found) < len(expected)), "who is told of more finds more on the next page"
    assert found == sorted(expected, key=lambda item: (KINDS.index(item.kind), item.since, item.id))
    many = [(kind, sum(item.kind == kind for item in ordered)) for kind in KINDS]
    assert list(counts(ordered).items()) == [(kind, number) for kind, number in many if number]


def test_what_nobody_can_decide_about_together_is_not_to_be_ticked() -> None:
    assert Item("correction", "a", START, "other").tickable
    assert not Item("correction", "a", START, "other", own=True).tickable
    assert not Item("quarantine", "a", START, "bad_signature", decidable=False).tickable
    assert not Item("flag", "a", START, "audit-overlap").tickable


def test_every_kind_that_a_decision_names_is_one_that_waits() -> None:
    assert VISIT_KINDS | ACKNOWLEDGED | frozenset().union(*DECISIONS.values()) <= frozenset(KINDS)
