"""The hash tree of a checkpoint: every leaf can be shown to be in it, and nothing else can."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.checkpoints import included_root, inclusion, root, tree

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


@pytest.mark.parametrize(("position", "events", "proof"), [(0, 2, []), (0, 1, [bytes(32)]), (3, 3, [])])
def test_a_proof_of_another_shape_is_refused(position: int, events: int, proof: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"proof|position"):
        included_root(bytes(32), position, events, proof)
