"""One event is read, or kept with the reason why not; what stands beside the known members is covered all the same."""

import json
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from backend.domain.canonical import base64url, canonical, sha256
from backend.domain.chain import Link
from backend.domain.events import ReadEvent, read_event
from backend.domain.signatures import es256, jwk_of

KEY, OTHER = (derive_private_key(number, SECP256R1()) for number in (7, 8))
PHONE = "00000000-0000-0000-0000-00000000000a"
EVENT = "00000000-0000-0000-0000-0000000000e1"
SALT = base64url(b"sixteen of bytes")
FIX = {"salt": SALT, "lat": 52.05, "lon": -2.7, "accuracy_m": 12, "taken_at": "2026-11-02T07:00:00Z"}
PAYLOAD = {"salt": SALT, "activity": "training", "colour": "blue"}
SIGNED: dict[str, Any] = {
    "type": "doorstep-event-1", "id": EVENT, "device_id": PHONE, "seq": 4, "prev": base64url(bytes(32)),
    "kind": "check_in", "occurred_at": "2026-11-02T07:00:00Z", "clock_id": "boot-1", "monotonic_ms": 5,
    "method": "gps",
}  # fmt: skip


def digest(part: object) -> str:
    return base64url(sha256(canonical(part)))


def sent(changes: dict[str, Any] | None = None, **parts: Any) -> bytes:
    """An event signed with these changes, beside the parts given."""
    signed = SIGNED | (changes or {})
    signature = es256(KEY, canonical(signed))
    return json.dumps({"signed": signed, "signature": signature} | parts).encode()


def read(changes: dict[str, Any] | None = None, **parts: Any) -> ReadEvent:
    return read_event(sent(changes, **parts), PHONE)


def test_an_event_is_read_with_its_parts_and_their_bytes() -> None:
    hashes = {"fix_hash": digest(FIX), "payload_hash": digest(PAYLOAD)}
    raw = sent(hashes, fix=FIX, payload=PAYLOAD)
    found = read_event(raw, PHONE)
    assert (found.fault, found.wrong_hash(), found.id, found.kind) == (None, None, EVENT, "check_in")
    assert found.event is not None and found.fix is not None and found.payload is not None
    assert (found.event.seq, found.fix.accuracy_m, found.payload.activity) == (4, 12, "training")
    assert found.identity is not None and found.identity.seq == 4
    assert found.signed is not None and found.signed in raw
    assert found.signed_canonical == canonical(SIGNED | hashes)
    assert found.signed_hash == sha256(canonical(SIGNED | hashes))
    assert found.link == Link(UUID(EVENT), 4, found.signed_hash, bytes(32))
    assert (found.fix_canonical, found.payload_canonical) == (canonical(FIX), canonical(PAYLOAD))


def test_the_signature_is_looked_at_by_the_key_of_the_phone() -> None:
    assert read().signed_by(jwk_of(KEY))
    assert not read().signed_by(jwk_of(OTHER))
    assert not read(signature="no signature!").signed_by(jwk_of(KEY))
    assert not read_event(b"{}", PHONE).signed_by(jwk_of(KEY))


def test_a_part_that_is_not_the_signed_one_or_is_missing_or_added_is_named() -> None:
    fault = "the {} is not the one that was signed"
    assert read().wrong_hash() is None
    assert read(fix=FIX).wrong_hash() == fault.format("fix")
    assert read({"fix_hash": digest(FIX)}).wrong_hash() == fault.format("fix")
    assert read({"fix_hash": digest(FIX)}, fix=FIX | {"lat": 52.06}).wrong_hash() == fault.format("fix")
    assert read(payload=PAYLOAD).wrong_hash() == fault.format("payload")


def test_members_that_nobody_knows_may_stand_beside_those_of_each_part() -> None:
    changes = {"later": 1, "fix_hash": digest(FIX | {"later": 1})}
    found = read(changes, fix=FIX | {"later": 1})
    assert (found.fault, found.wrong_hash()) == (None, None)
    assert (
        read(later=1, also=2).fault == "/also is not a member of an event; /later is not a member of an event"
    )


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"[]", "the event is no object with a signed part"),
        (b'{"signed": 1}', "the event is no object with a signed part"),
        (b"tru", "the event is not valid JSON"),
    ],
)
def test_what_holds_no_signed_part_is_kept_with_the_reason(raw: bytes, fault: str) -> None:
    found = read_event(raw, PHONE)
    assert found.fault is not None and found.fault.startswith(fault)
    assert (found.raw, found.id, found.signed_hash, found.event) == (raw, None, None, None)


def test_an_unsound_event_keeps_its_place_in_the_chain_and_its_parts() -> None:
    found = read({"method": "guessed"}, fix=FIX)
    assert found.event is None
    assert found.fault is not None and found.fault.startswith("/signed/method ")
    assert found.identity is not None and (str(found.identity.id), found.identity.seq) == (EVENT, 4)
    assert (found.id, found.kind, found.fix_canonical) == (EVENT, "check_in", canonical(FIX))
    assert found.link is not None and found.link.seq == 4


def test_what_is_no_text_or_no_id_is_not_told_as_kind_and_id() -> None:
    found = read({"kind": ["check_in"], "id": "17"})
    assert (found.kind, found.id, found.identity, found.link) == (None, None, None, None)


def test_an_event_of_another_phone_takes_no_place_in_this_ones_chain() -> None:
    found = read({"device_id": "another"})
    assert (found.fault, found.identity) == ("/signed/device_id differs from the batch's device_id", None)
    assert found.event is None


@pytest.mark.parametrize("kind", ["activity_start", "activity_end"])
def test_an_activity_says_what_was_begun_or_ended(kind: str) -> None:
    lacks = "/payload/activity is required: it says what was begun or ended"
    assert read({"kind": kind}).fault == lacks
    assert read({"kind": kind}, payload={"salt": SALT}).fault == lacks
    assert read({"kind": kind}, payload=PAYLOAD).fault is None
    assert read(payload={"salt": SALT}).fault is None, "nothing else needs one"


def test_a_part_that_is_no_object_is_named_and_a_null_one_is_none() -> None:
    assert read(fix=[1]).fault == "/fix must be an object"
    assert read(payload="words").fault == "/payload must be an object"
    found = read(fix=None, payload=None)
    assert (found.fault, found.fix_canonical, found.payload_canonical) == (None, None, None)


def test_faults_are_one_line_of_a_bounded_length_that_any_screen_can_show() -> None:
    assert read(**{"a\nb": 1}).fault == "/a?b is not a member of an event"
    assert len(read(**{"x" * 2000: 1}).fault or "") == 1000


def test_nothing_personal_of_an_event_is_shown_when_it_is_printed() -> None:
    found = read({"fix_hash": digest(FIX)}, fix=FIX, payload=PAYLOAD)
    shown = repr(found)
    assert SALT not in shown and "52.05" not in shown and "blue" not in shown
    for name in (
        "raw",
        "signed",
        "signed_canonical",
        "signature",
        "fix",
        "fix_canonical",
        "payload_canonical",
    ):
        assert f"{name}=" not in shown
    assert " payload=" not in shown
