"""What is decided about each event of a batch, given what is held. Nothing is thrown away; a doubt becomes a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from backend.domain.chain import Chain, Link
from backend.domain.events import ReadEvent

Code = Literal[
    "conflict",
    "fork",
    "bad_signature",
    "bad_hash",
    "invalid_event",
    "not_your_visit",
    "revoked",
    "absurd_time",
    "unknown_device",
]
UNVERIFIED: Final = ("bad_signature", "unknown_device")
"""Codes of events that prove nothing: they occupy no place, and are limited per address."""


class Decision(Struct, frozen=True):
    """An outcome. `link` stands for a validly signed event that is new: it takes its place in the chain."""

    outcome: Literal["accepted", "duplicate", "conflict", "quarantined"]
    code: Code | None = None
    detail: str | None = None
    link: Link | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a validly signed event in its right place may not count yet."""

    code: Code
    detail: str


def decide(
    events: Sequence[ReadEvent],
    genuine: Sequence[bool],
    objections: Sequence[Objection | None],
    chain: Chain,
) -> list[Decision]:
    """Decide a batch in order, adding to `chain` as it goes. `genuine`: whose signatures hold."""
    made = [_decide(*each, chain) for each in zip(events, genuine, objections, strict=True)]
    # A predecessor later in the same batch has come by the time of the answer.
    return [
        replace(one, waiting=True)
        if one.outcome == "accepted" and one.link and chain.waits(one.link)
        else one
        for one in made
    ]


def _decide(event: ReadEvent, genuine: bool, objection: Objection | None, chain: Chain) -> Decision:
    link = event.link
    if link is not None and chain.repeats(link):
        return Decision("duplicate")
    if not genuine or link is None:
        if event.fault is not None:
            return Decision("quarantined", "invalid_event", event.fault)
        return Decision("quarantined", "bad_signature", "the signature is not this phone's over the event")
    placed = chain.place(link)
    return _standing(event, placed, objection)


def _standing(event: ReadEvent, placed: Link, objection: Objection | None) -> Decision:
    if event.fault is not None:
        return Decision("quarantined", "invalid_event", event.fault, placed)
    if placed.verdict == "conflict":
        return Decision("conflict", "conflict", "another event has this id; both are kept", placed)
    if placed.verdict == "fork":
        words = "it does not continue the chain of this phone's events"
        return Decision("quarantined", "fork", words, placed)
    if objection is not None:
        return Decision("quarantined", objection.code, objection.detail, placed)
    return Decision("accepted", link=placed)
