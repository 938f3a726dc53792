"""The chain of a phone's events, in any order of arrival."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.domain.canonical import sha256
from backend.domain.chain import Chain, Link

DEVICE = "2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11"


def links(count: int) -> list[Link]:
    """A genuine chain."""
    prev, made = sha256(DEVICE.encode()), []
    for seq in range(1, count + 1):
        made.append(Link(UUID(int=seq), seq, sha256(f"event {seq}".encode()), prev))
        prev = made[-1].signed_hash
    return made


def impostor(like: Link, prev: bytes | None = None) -> Link:
    return Link(UUID(int=1000 + like.seq), like.seq, sha256(b"other"), like.prev if prev is None else prev)


@given(st.permutations(links(7)))
@settings(max_examples=60)
def test_a_genuine_chain_stands_in_any_order(order: list[Link]) -> None:
    chain = Chain(DEVICE, [])
    assert {chain.place(link).verdict for link in order} == {"new"}
    assert not any(chain.waits(link) for link in order)
    assert all(chain.repeats(link) for link in order)


@given(st.permutations(links(5)), st.integers(0, 4))
@settings(max_examples=60)
def test_of_two_at_one_place_the_later_arrival_is_the_fork(order: list[Link], at: int) -> None:
    rival = impostor(order[at])
    chain = Chain(DEVICE, [])
    verdicts = [chain.place(link).verdict for link in [*order, rival]]
    assert verdicts == ["new"] * 5 + ["fork"]


def test_an_event_after_a_fork_stands_on_either_branch() -> None:
    first, second, third = links(3)
    rival = impostor(second)
    chain = Chain(DEVICE, [])
    for link in (first, second, rival):
        chain.place(link)
    assert chain.place(Link(UUID(int=77), 3, sha256(b"after the rival"), rival.signed_hash)).verdict == "new"
    assert chain.place(third).verdict == "fork"


def test_a_predecessor_that_nobody_waited_for_is_a_fork() -> None:
    _, second, third = links(3)
    chain = Chain(DEVICE, [])
    assert chain.place(third).verdict == "new"
    assert chain.waits(third)
    assert chain.place(impostor(second)).verdict == "fork"
    assert Chain(DEVICE, [third]).place(impostor(second)).verdict == "fork"


def test_a_wrong_first_predecessor_is_a_fork() -> None:
    assert Chain(DEVICE, []).place(impostor(links(1)[0], prev=sha256(b"x"))).verdict == "fork"


def test_a_conflict_holds_neither_its_id_nor_its_place() -> None:
    first, second, third = links(3)
    chain = Chain(DEVICE, [first])
    clash = chain.place(Link(first.id, 2, sha256(b"clash"), first.signed_hash))
    assert (clash.verdict, clash.holds) == ("conflict", False)
    assert chain.place(second).verdict == "new"
    assert chain.place(third).verdict == "new"


def test_a_phone_that_counts_from_0_begins_its_chain_there() -> None:
    """Its first event goes by its own number, held already or among those that arrive."""
    genesis = sha256(DEVICE.encode())
    zero = Link(UUID(int=500), 0, sha256(b"event 0"), genesis)
    one = Link(UUID(int=501), 1, sha256(b"event 1"), zero.signed_hash)
    for chain in (Chain(DEVICE, [zero]), Chain(DEVICE, [], arriving=[1, 0])):
        assert not chain.waits(zero)
        assert chain.place(one).verdict == "new"
    waiting = Chain(DEVICE, [], arriving=[0, 1])
    assert waiting.waits(one)
    assert waiting.place(zero).verdict == "new"
    assert not waiting.waits(one)
    assert not Chain(DEVICE, [], arriving=[1, 2]).waits(one)


def test_a_repeat_is_the_same_signed_event_and_nothing_else() -> None:
    first, second, _ = links(3)
    chain = Chain(DEVICE, [first, second])
    assert chain.repeats(second)
    assert not chain.repeats(impostor(second))
    chain.place(impostor(second))
    assert chain.repeats(second)
    assert chain.repeats(impostor(second))
    assert not Chain(DEVICE, [first]).repeats(second)


def test_an_event_whose_place_is_taken_holds_nothing_and_one_that_breaks_the_chain_holds_its_place() -> None:
    first, second, _ = links(3)
    chain = Chain(DEVICE, [first, second])
    taken = chain.place(impostor(second))
    assert (taken.verdict, taken.holds) == ("fork", False)
    broken = chain.place(Link(UUID(int=900), 3, sha256(b"third"), sha256(b"nothing held")))
    assert (broken.verdict, broken.holds) == ("fork", True)


def test_what_follows_a_fork_does_not_make_a_late_predecessor_doubtful() -> None:
    """Only an event that stands speaks for its predecessor; a fork after the place says nothing about it."""
    first, second, third = links(3)
    doubted = replace(impostor(third, prev=sha256(b"elsewhere")), verdict="fork", holds=False)
    assert Chain(DEVICE, [first, doubted]).place(second).verdict == "new"
