"""What counts of a carer's time besides visits: versions, withdrawals, and breaks that work interrupted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.activity import (
    ACTIVITY_EVENT_SCHEMA,
    DAY_CORRECTION_SCHEMA,
    ENTRY_SCHEMA,
    activities,
)

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NO_EVENTS = pl.DataFrame(schema=ACTIVITY_EVENT_SCHEMA)
NO_CORRECTIONS = pl.DataFrame(schema=DAY_CORRECTION_SCHEMA)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def entries(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Versions as (activity, version, kind, start, end, withdrawn), times in minutes after nine."""
    told = [
        (
            activity,
            version,
            "C",
            kind,
            at(start),
            at(end),
            None,
            None,
            withdrawn,
            at(600 + version),
            f"{activity}{version}",
        )
        for activity, version, kind, start, end, withdrawn in rows
    ]
    return pl.DataFrame(told, schema=ENTRY_SCHEMA, orient="row")


def said(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """What a phone said: (kind, start, end), in minutes after nine."""
    names = [(f"{kind}{start}{mark}", kind, mark, minute, seq)
             for seq, (kind, start, end) in enumerate(rows)
             for mark, minute in (("start", start), ("end", end))]  # fmt: skip
    events = [
        (name, name, "C", f"activity_{mark}", kind, seq, at(minute), at(minute), [], "00", None, None)
        for name, kind, mark, minute, seq in names
    ]
    return pl.DataFrame(events, schema=ACTIVITY_EVENT_SCHEMA, orient="row")


def corrected(kind: str, start: int, end: int) -> pl.DataFrame:
    row = ("K", "C", kind, at(start), at(end), at(700))
    return pl.DataFrame([row], schema=DAY_CORRECTION_SCHEMA, orient="row")


def told(
    events: pl.DataFrame = NO_EVENTS,
    corrections: pl.DataFrame = NO_CORRECTIONS,
    entered: pl.DataFrame | None = None,
) -> list[tuple[str, int, int]]:
    found = activities(events, corrections, entries() if entered is None else entered)
    return [
        (row["kind"], *(int((row[name] - NINE).total_seconds() // 60) for name in ("start", "end")))
        for row in found.sort("start", "kind").to_dicts()
    ]


def phone(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Events of a phone in the order sent: (kind, start or end, minutes after nine). Named by kind, mark and minute."""
    told = [
        (f"{kind}-{mark}{minute}", f"{kind}-{mark}{minute}", "C", f"activity_{mark}", kind, seq, at(minute),
         at(minute + 300), [], f"{seq:02d}", None, None)
        for seq, (kind, mark, minute) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(told, schema=ACTIVITY_EVENT_SCHEMA, orient="row")


def pairs(events: pl.DataFrame) -> list[tuple[str, str, int | None, int | None]]:
    """Activities in the order given: carer, kind, start and end in minutes after nine."""
    found = activities(events, NO_CORRECTIONS, entries()).to_dicts()
    minutes = [
        [None if row[name] is None else int((row[name] - NINE).total_seconds() // 60) for name in ("start", "end")]
        for row in found
    ]  # fmt: skip
    return [(row["carer_id"], row["kind"], *ends) for row, ends in zip(found, minutes, strict=True)]


def test_a_start_takes_the_next_end_of_its_kind_and_what_has_none_stands_alone() -> None:
    events = phone(
        ("break", "end", 0), ("break", "start", 10), ("training", "start", 12), ("break", "end", 20),
        ("training", "end", 30), ("break", "end", 40), ("break", "start", 50), ("break", "start", 60),
    )  # fmt: skip
    expected = [
        ("C", "break", None, 0), ("C", "break", 10, 20), ("C", "training", 12, 30), ("C", "break", None, 40),
        ("C", "break", 50, None), ("C", "break", 60, None),
    ]  # fmt: skip
    assert pairs(events) == expected
    assert pairs(events.reverse()) == expected, "events pair by their time, in whatever order they came"


def test_events_of_one_instant_pair_in_the_order_in_which_the_phone_counted_them() -> None:
    both = phone(("break", "start", 0), ("break", "end", 10), ("break", "start", 10), ("break", "end", 20))
    for events in (both, both.reverse()):
        assert pairs(events) == [("C", "break", 0, 10), ("C", "break", 10, 20)]


def test_each_carers_events_pair_by_themselves() -> None:
    mine = phone(("break", "start", 0), ("break", "end", 20))
    hers = phone(("break", "end", 10), ("break", "start", 15)).with_columns(carer_id=pl.lit("D"))
    assert pairs(pl.concat([hers, mine])) == [
        ("C", "break", 0, 20),
        ("D", "break", None, 10),
        ("D", "break", 15, None),
    ]


def test_an_activity_says_what_of_it_is_open_and_what_its_events_doubted() -> None:
    events = phone(("break", "start", 0), ("break", "end", 20), ("training", "start", 30))
    doubted = events.with_columns(
        flags=pl.when(pl.col("kind") == "break").then(["clock_unknown"]).otherwise(["queued"])
    )
    whole, half = activities(doubted, NO_CORRECTIONS, entries()).to_dicts()
    assert (whole["unresolved"], whole["flags"]) == ("clock_unknown", ["clock_unknown"])
    assert (half["unresolved"], half["flags"]) == ("incomplete", ["incomplete", "queued"])
    assert (whole["activity_id"], whole["last_fact_at"], whole["corrected"]) == (
        "break-start0",
        at(320),
        False,
    )
    assert whole["event_ids"] == whole["event_rows"] == ["break-start0", "break-end20"]


@pytest.mark.parametrize(
    ("digests", "expected"), [(["b", "a"], ["a", "b"]), (["a", None], ["a"]), ([None, "b"], ["b"])]
)
def test_an_activity_leads_to_what_was_signed_of_it(digests: list[str | None], expected: list[str]) -> None:
    events = phone(("break", "start", 0), ("break", "end", 20)).with_columns(pl.Series("digest", digests))
    assert activities(events, NO_CORRECTIONS, entries())["digests"].to_list() == [expected]


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [(52.0, 52.5, 52.0), (None, 52.5, 52.5), (52.0, None, 52.0), (None, None, None)],
)
def test_an_activity_is_where_its_start_was_made_or_else_its_end(
    start: float | None, end: float | None, place: float | None
) -> None:
    where = pl.Series("lat", [start, end], pl.Float64)
    events = phone(("break", "start", 0), ("break", "end", 20)).with_columns(where, where.alias("lon"))
    [row] = activities(events, NO_CORRECTIONS, entries()).to_dicts()
    assert (row["lat"], row["lon"]) == (place, place)


def test_a_correction_is_marked_as_one_and_has_neither_events_nor_a_place() -> None:
    [row] = activities(NO_EVENTS, corrected("handover", 0, 9), entries()).to_dicts()
    assert (row["flags"], row["corrected"], row["event_ids"], row["lat"]) == (["corrected"], True, [], None)


def test_work_beside_a_break_does_not_interrupt_it_nor_a_break_of_no_length() -> None:
    beside = entries(("A", 1, "waiting", 30, 40, False), ("B", 1, "waiting", 0, 5, False))
    found = activities(said(("break", 5, 30)), NO_CORRECTIONS, beside)
    assert found.filter(kind="break")["flags"].to_list() == [[]]
    around = entries(("A", 1, "waiting", 0, 30, False))
    assert ("break", 10, 10) in told(phone(("break", "start", 10), ("break", "end", 10)), entered=around)


def test_the_newest_version_of_what_was_entered_counts() -> None:
    rows = entries(("A", 1, "training", 0, 60, False), ("A", 2, "meeting", 10, 40, False))
    assert told(entered=rows) == told(entered=rows.reverse()) == [("meeting", 10, 40)]


def test_what_was_withdrawn_counts_no_more_until_it_is_entered_again() -> None:
    first = (("A", 1, "training", 0, 60, False), ("A", 2, "training", 0, 60, True))
    assert told(entered=entries(*first)) == []
    assert told(entered=entries(*first, ("A", 3, "training", 0, 50, False))) == [("training", 0, 50)]


versions_made = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(["training", "waiting"]), st.integers(0, 9), st.booleans()
    ),
    max_size=8,
).map(
    lambda made: [
        (activity, number, kind, start, start + 5, withdrawn)
        for number, (activity, kind, start, withdrawn) in enumerate(made, start=1)
    ]
)


@settings(max_examples=60, deadline=None)
@given(versions_made, st.randoms(use_true_random=False))
def test_versions_mean_the_same_in_whatever_order_they_come(made: list[Any], chance: Any) -> None:
    shuffled = chance.sample(made, len(made))
    assert told(entered=entries(*shuffled)) == told(entered=entries(*made))


def test_entered_time_is_marked_and_leads_to_its_version() -> None:
    [row] = activities(NO_EVENTS, NO_CORRECTIONS, entries(("A", 1, "handover", 0, 9, False))).to_dicts()
    assert (row["flags"], row["corrected"], row["digests"], row["event_ids"]) == (
        ["entered"],
        False,
        ["A1"],
        [],
    )


def test_work_that_somebody_states_interrupts_a_break() -> None:
    entered = entries(("A", 1, "waiting", 10, 20, False), ("B", 1, "meeting", 25, 28, False))
    assert told(said(("break", 0, 30)), entered=entered) == [
        ("break", 0, 10),
        ("waiting", 10, 20),
        ("break", 20, 25),
        ("meeting", 25, 28),
        ("break", 28, 30),
    ]
    assert told(said(("break", 0, 30)), corrected("handover", 20, 40)) == [
        ("break", 0, 20),
        ("handover", 20, 40),
    ]


def test_a_break_that_was_worked_through_is_none() -> None:
    assert told(said(("break", 0, 30)), entered=entries(("A", 1, "waiting", 0, 30, False))) == [
        ("waiting", 0, 30)
    ]


def test_withdrawn_work_another_s_work_and_a_phone_s_own_interrupt_nothing() -> None:
    assert told(said(("break", 0, 30)), entered=entries(("A", 1, "waiting", 5, 9, True))) == [
        ("break", 0, 30)
    ]
    others = entries(("A", 1, "waiting", 5, 9, False)).with_columns(carer_id=pl.lit("D"))
    assert ("break", 0, 30) in told(said(("break", 0, 30)), entered=others)
    assert ("break", 0, 30) in told(said(("break", 0, 30), ("training", 5, 9)))


def test_an_interrupted_break_says_so_and_keeps_its_events() -> None:
    found = activities(said(("break", 0, 30)), NO_CORRECTIONS, entries(("A", 1, "waiting", 5, 9, False)))
    pieces = found.filter(kind="break").to_dicts()
    assert [row["flags"] for row in pieces] == [["interrupted"], ["interrupted"]]
    assert {tuple(row["event_ids"]) for row in pieces} == {("break0start", "break0end")}


interruptions = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=4)


@settings(max_examples=80, deadline=None)
@given(interruptions)
def test_a_break_and_its_interruptions_share_out_its_minutes(made: list[tuple[int, int]]) -> None:
    """What is left of a break is every minute of it in which nobody said that she worked, and no other."""
    entered = entries(
        *(
            (f"A{number}", 1, "waiting", start, start + length, False)
            for number, (start, length) in enumerate(made)
        )
    )
    found = told(said(("break", 5, 35)), entered=entered)
    worked = {minute for start, length in made for minute in range(start, start + length)}
    left = [minute for kind, start, end in found if kind == "break" for minute in range(start, end)]
    assert left == [minute for minute in range(5, 35) if minute not in worked]
