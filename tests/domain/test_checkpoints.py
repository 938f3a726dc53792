"""The hash tree of a checkpoint: every leaf can be shown to be in it, and nothing else can."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.checkpoints import body, included_root, inclusion, leaf, root, tree

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def rfc6962(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1, over leaves that are hashed already."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + rfc6962(leaves[:split]) + rfc6962(leaves[split:])).digest()


@given(LEAVES)
def test_the_root_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    assert root(leaves) == rfc6962(leaves)


@given(LEAVES, st.data())
def test_every_leaf_is_shown_to_be_in_the_tree(leaves: list[bytes], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion(tree(leaves), position)
    assert included_root(leaves[position], position, len(leaves), proof) == root(leaves)
    assert len(proof) <= len(leaves).bit_length()


@given(LEAVES, st.data())
def test_another_leaf_leads_to_another_root(leaves: list[bytes], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(leaves) - 1))
    other = bytes([leaves[position][0] ^ 1]) + leaves[position][1:]
    proof = inclusion(tree(leaves), position)
    assert included_root(other, position, len(leaves), proof) != root(leaves)


@pytest.mark.parametrize(
    ("position", "events", "proof", "words"),
    [
        (0, 2, [], "too short"),
        (0, 1, [bytes(32)], "too long"),
        (3, 3, [], "position"),
        (-1, 3, [], "position"),
        (1, 1, [], "position"),
    ],
)
def test_a_proof_of_another_shape_is_refused(
    position: int, events: int, proof: list[bytes], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        included_root(bytes(32), position, events, proof)


def test_of_no_events_the_root_is_the_digest_of_nothing() -> None:
    assert root([]) == sha256(b"").digest()


NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_leaf_is_the_digest_of_what_was_received_as_it_is_published() -> None:
    said = (
        b'{"code":null,"device_id":"00000000-0000-0000-0000-000000000002","hash":"AAAA","outcome":"accepted",'
        b'"received_at":"2026-11-02T12:00:00+00:00","row":"00000000-0000-0000-0000-000000000001"}'
    )
    assert leaf(UUID(int=1), UUID(int=2), bytes(3), "accepted", None, NOON) == sha256(b"\0" + said).digest()


def test_a_body_is_the_signed_json_that_is_published() -> None:
    assert body(UUID(int=1), 7, bytes(3), 2, bytes(6), NOON) == (
        b'{"created_at":"2026-11-02T12:00:00+00:00","events":2,"number":7,"previous":"AAAA",'
        b'"provider_id":"00000000-0000-0000-0000-000000000001","root":"AAAAAAAA","type":"doorstep-checkpoint-1"}'
    )
