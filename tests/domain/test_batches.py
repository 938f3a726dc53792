"""The envelope of a batch is read, its events stay the bytes that came, and every fault is named at once."""

import json

import pytest

from backend.domain.batches import read_batch
from schemas.mobile import MOST_EVENTS
from schemas.strict import Faulty

ENVELOPE = {
    "device_id": "phone",
    "sent_at": "2026-11-02T09:00:00Z",
    "clock_id": "boot-1",
    "sent_monotonic_ms": 12_345,
}


def body(events: bytes | None = b"[1]", **changes: object) -> bytes:
    """A batch of these events under a sound envelope with the changes; None leaves a member out."""
    said = {name: value for name, value in (ENVELOPE | changes).items() if value is not None}
    parts = [json.dumps({name: value})[1:-1].encode() for name, value in said.items()]
    parts += [] if events is None else [b'"events": ' + events]
    return b"{" + b", ".join(parts) + b"}"


def faults(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as refused:
        read_batch(raw)
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_events_stay_the_bytes_that_came_however_odd_they_are() -> None:
    batch = read_batch(body(b'[{"a": 1,  "a": 2}, NaN , "x"]'))
    assert batch.events == [b'{"a": 1,  "a": 2}', b"NaN", b'"x"']
    assert (batch.envelope.device_id, batch.envelope.sent_monotonic_ms) == ("phone", 12_345)


@pytest.mark.parametrize(("count", "sound"), [(0, False), (1, True), (200, True), (201, False)])
def test_one_to_two_hundred_events_come_in_one_call(count: int, sound: bool) -> None:
    raw = body(b"[" + b",".join([b"1"] * count) + b"]")
    if sound:
        assert len(read_batch(raw).events) == count
    else:
        assert faults(raw) == [("/events", f"holds {count}: send 1 to {MOST_EVENTS} in one call")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"[]", [("", "the body is not a JSON object")]),
        (body(None), [("/events", "is required")]),
        (body(b"{}"), [("/events", "is not a JSON array")]),
        (body(clock_id=None), [("/clock_id", "is required")]),
    ],
)
def test_what_is_no_batch_is_refused_where_it_fails(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert faults(raw) == expected


def test_every_fault_is_named_once_and_one_that_cannot_be_read_by_what_is_wrong_with_it() -> None:
    raw = body(None, sent_at="yesterday", clock_id=None)
    unreadable = raw[:-1] + b', "clock_id": "\\ud800"}'
    found = faults(unreadable)
    assert sorted(pointer for pointer, _ in found) == ["/clock_id", "/events", "/sent_at"]
    assert ("/clock_id", "holds half of a surrogate pair") in found
