"""The chain of a phone's signed events: what is a repeat, what contradicts what is held, what merely waits.

Only validly signed events come here. The verdict on an event depends on the order of arrival in one case alone, a fork:
of two events that cannot both stand, the later arrival is the doubtful one.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.domain.canonical import sha256

Verdict = Literal["new", "conflict", "fork"]


class Link(Struct, frozen=True):
    """A validly signed event as the chain sees it. `conflict` and `fork` say how it was received.

    `holds` is false where another event has its id or its place already.
    """

    id: UUID
    seq: int
    signed_hash: bytes
    prev: bytes
    verdict: Verdict = "new"
    holds: bool = True


class Chain:
    """The links of one phone around the events to be judged, in their order of arrival."""

    def __init__(self, device_id: str, held: Iterable[Link], arriving: Iterable[int] = ()) -> None:
        self._genesis = sha256(device_id.encode("ascii", "replace"))
        self._ids: set[UUID] = set()
        self._at: dict[int, list[Link]] = defaultdict(list)
        for link in held:
            self.add(link)
        # Chains begin at 1; a phone that counts from 0 is understood from its own events.
        self._first = 0 if self._at.get(0) or 0 in arriving else 1

    def add(self, link: Link) -> None:
        """Hold one more link."""
        self._ids.add(link.id)
        self._at[link.seq].append(link)

    def repeats(self, link: Link) -> bool:
        """Whether the same signed event is held already."""
        return any(link.signed_hash == held.signed_hash for held in self._held(link.seq))

    def place(self, link: Link) -> Link:
        """Hold one that repeats nothing, and say what it is against everything held before."""
        verdict: Verdict = "new"
        if link.id in self._ids:
            verdict = "conflict"
        elif self._breaks(link):
            verdict = "fork"
        holds = verdict != "conflict" and not self._taken(link)
        placed = Link(link.id, link.seq, link.signed_hash, link.prev, verdict, holds)
        self.add(placed)
        return placed

    def waits(self, link: Link) -> bool:
        """Whether the predecessor of `link` has not come."""
        return link.seq > self._first and not self._held(link.seq - 1)

    def _held(self, seq: int) -> list[Link]:
        return self._at.get(seq, [])

    def _taken(self, link: Link) -> bool:
        return any(held.holds for held in self._held(link.seq))

    def _breaks(self, link: Link) -> bool:
        if self._taken(link):
            return True
        if link.seq <= self._first:
            return link.prev != self._genesis or self._orphans(link)
        before = self._held(link.seq - 1)
        if before and all(held.signed_hash != link.prev for held in before):
            return True
        return self._orphans(link)

    def _orphans(self, link: Link) -> bool:
        """Whether an event that waited for this place was made after another one."""
        known = {held.signed_hash for held in self._held(link.seq)} | {link.signed_hash}
        return any(after.verdict == "new" and after.prev not in known for after in self._held(link.seq + 1))
