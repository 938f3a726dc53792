"""What becomes of each event of a batch: what outweighs what, and what waits for a predecessor."""

from uuid import UUID

import pytest

from backend.domain.canonical import base64url, sha256
from backend.domain.chain import Chain
from backend.domain.decisions import Decision, Objection, decide
from backend.domain.events import ReadEvent
from schemas.mobile import SignedIdentity

PHONE = "00000000-0000-0000-0000-00000000000a"
LATE = Objection("absurd_time", "its time lies too far ahead")


def event(seq: int, prev: bytes, number: int | None = None, fault: str | None = None) -> ReadEvent:
    """An event whose signed part is told apart by its place and number."""
    name = UUID(int=seq if number is None else number)
    return ReadEvent(
        b"raw",
        fault,
        identity=SignedIdentity(name, seq, base64url(prev)),
        signed_canonical=b"%d.%d" % (seq, name.int),
    )


def following(before: ReadEvent, number: int | None = None, fault: str | None = None) -> ReadEvent:
    assert before.identity is not None
    return event(before.identity.seq + 1, before.signed_hash or b"", number, fault)


FIRST = event(1, sha256(PHONE.encode()))
SECOND = following(FIRST)
THIRD = following(SECOND)


def decided(*events: ReadEvent, genuine: bool = True, objection: Objection | None = None) -> list[Decision]:
    many = len(events)
    return decide(events, [genuine] * many, [objection] * many, Chain(PHONE, []))


def told(*decisions: Decision) -> list[tuple[str, str | None, bool]]:
    return [(one.outcome, one.code, one.waiting) for one in decisions]


def test_events_in_their_places_are_accepted_and_take_them() -> None:
    found = decided(FIRST, SECOND)
    assert told(*found) == [("accepted", None, False)] * 2
    assert [one.link and one.link.seq for one in found] == [1, 2]


def test_the_same_event_again_is_a_duplicate_whether_or_not_its_signature_is_looked_at() -> None:
    assert told(*decided(FIRST, FIRST))[1] == ("duplicate", None, False)
    again = decide([FIRST, FIRST], [True, False], [None, LATE], Chain(PHONE, []))
    assert (again[1], again[0].outcome) == (Decision("duplicate"), "accepted")


def test_an_event_whose_signature_does_not_hold_takes_no_place() -> None:
    [found] = decided(FIRST, genuine=False)
    assert (found.outcome, found.code, found.link) == ("quarantined", "bad_signature", None)
    assert found.detail == "the signature is not this phone's over the event"
    assert told(*decide([FIRST, FIRST], [False, True], [None, None], Chain(PHONE, []))) == [
        ("quarantined", "bad_signature", False),
        ("accepted", None, False),
    ]


@pytest.mark.parametrize("genuine", [True, False])
def test_an_event_that_cannot_be_read_says_why_and_keeps_its_place_only_if_it_is_genuine(
    genuine: bool,
) -> None:
    broken = event(1, sha256(PHONE.encode()), fault="kind is required")
    [found] = decided(broken, genuine=genuine, objection=LATE)
    assert (found.outcome, found.code, found.detail) == ("quarantined", "invalid_event", "kind is required")
    assert (found.link is not None) is genuine
    nowhere = decided(ReadEvent(b"raw", "is no object"))[0]
    assert (nowhere.code, nowhere.detail, nowhere.link) == ("invalid_event", "is no object", None)


@pytest.mark.parametrize("unplaced", [ReadEvent(b"raw"), ReadEvent(b"raw", identity=FIRST.identity)])
def test_an_event_that_can_be_placed_nowhere_counts_as_unsigned(unplaced: ReadEvent) -> None:
    assert unplaced.link is None
    assert told(*decided(unplaced)) == [("quarantined", "bad_signature", False)]


def test_another_event_of_one_id_is_a_conflict_and_another_at_one_place_a_fork() -> None:
    same_id = following(FIRST, number=1)
    assert told(*decided(FIRST, same_id, objection=LATE))[1] == ("conflict", "conflict", False)
    same_place = event(1, sha256(PHONE.encode()), number=9)
    [_, forked] = decided(FIRST, same_place)
    assert (forked.outcome, forked.code) == ("quarantined", "fork")
    assert forked.link is not None, "both are kept"


def test_what_is_objected_to_keeps_its_place_and_does_not_count() -> None:
    [found] = decided(FIRST, objection=LATE)
    assert (found.outcome, found.code, found.detail) == ("quarantined", "absurd_time", LATE.detail)
    assert found.link is not None


def test_an_event_waits_for_its_predecessor_unless_the_same_batch_brings_it() -> None:
    assert told(*decided(SECOND)) == [("accepted", None, True)]
    assert told(*decided(SECOND, FIRST)) == [("accepted", None, False)] * 2
    assert told(*decided(THIRD, FIRST)) == [("accepted", None, True), ("accepted", None, False)]
    assert told(*decided(SECOND, objection=LATE)) == [("quarantined", "absurd_time", False)]


def test_each_event_needs_its_own_judgements() -> None:
    with pytest.raises(ValueError, match="zip"):
        decide([FIRST, SECOND], [True], [None, None], Chain(PHONE, []))
