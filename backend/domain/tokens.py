"""What the token of an event proves: a card's text, a fob's changing code, or the message of an NFC tag.

Pure: the register of tags is handed in. That a tag's counter proves one event only is judged later, over all events.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from backend.domain.canonical import base64url, unbase64url
from backend.domain.heard import Heard, read_heard
from backend.domain.sun import Tap, code_is_right, open_picc_data, read_tap

RULE_VERSION: Final = "token-1"
PATH: Final = "/at"
"""Where the addresses on cards and tags lead."""
CARD_SECRET_BYTES: Final = 16
LONGEST_TOKEN: Final = 500
_ID_BYTES: Final = 16
_CODE: Final = re.compile(r"\d{6,8}", re.ASCII)

TagKind = Literal["qr_static", "qr_rotating", "nfc", "line"]
ProofKind = Literal["qr_static", "qr_rotating", "nfc", "line", "told_code", "message"]
"""What proves something about an event: a tag, or what was heard of one by telephone."""
Verdict = Literal[
    "verified",
    "token_missing",
    "token_unreadable",
    "token_unknown_tag",
    "token_bad_mac",
    "token_other_place",
    "token_retired",
    "line_unknown",
]


@dataclass(frozen=True, slots=True)
class Card:
    """The text of a card or of a fob's display: which tag, and its secret or its code."""

    tag_id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """The digits of a fob, typed in."""

    digits: str = field(repr=False)


Presented = Card | Code | Tap | Heard


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the register, its keys opened. `retired_at` None: still in use; `step_s`: how often a code changes."""

    id: UUID
    kind: TagKind
    service_user_id: UUID
    starts_at: datetime
    retired_at: datetime | None
    secret: bytes = field(repr=False)
    meta_key: bytes | None = field(default=None, repr=False)
    uid: bytes | None = None
    step_s: int | None = None

    def in_use(self, at: datetime) -> bool:
        """Whether it was in use at an instant."""
        return self.starts_at <= at and (self.retired_at is None or at < self.retired_at)


@dataclass(frozen=True, slots=True)
class TokenJudgement:
    """A verdict. `counter` stands only where the code of an NFC tag was right."""

    verdict: Verdict
    tag_id: UUID | None = None
    kind: ProofKind | None = None
    counter: int | None = None


def card_text(base_url: str, tag_id: UUID, secret: bytes) -> str:
    """What the code on a card says: an address whose last part, behind #, browsers send to no server."""
    return f"{base_url}{PATH}#{base64url(tag_id.bytes)}.{base64url(secret)}"


def read_token(text: str) -> Presented | None:
    """What a token presents; None if it is nothing that we know. Never raises."""
    if len(text) > LONGEST_TOKEN or not text.isascii():
        return None
    if _CODE.fullmatch(text):
        return Code(text)
    if heard := read_heard(text):
        return heard
    return _read_card(text) or read_tap(text)


def _read_card(text: str) -> Card | None:
    try:
        tag, _, secret = urlsplit(text).fragment.partition(".")
        raw = unbase64url(tag)
    except ValueError:
        return None
    return Card(UUID(bytes=raw), secret) if len(raw) == _ID_BYTES and secret else None


def judge_token(
    presented: Presented | None, at: datetime, person: UUID | None, tags: Sequence[Tag], tolerance_s: int
) -> TokenJudgement:
    """Judge what was presented at `at` (the instant that counts) at the home of `person` (None: not known).

    `tags`: at least those whose id, UID or person is meant. A fob's code may be `tolerance_s` seconds off.
    """
    if presented is None:
        return TokenJudgement("token_unreadable")
    if isinstance(presented, Heard):
        return _judge_heard(presented, at, person, tags, tolerance_s)
    meant = [tag for tag in tags if _is_meant(tag, presented, person)]
    in_use = [tag for tag in meant if tag.in_use(at)]
    proved = [
        (tag, counter)
        for tag in [*in_use, *(tag for tag in meant if tag not in in_use)]
        if (counter := _proof(tag, presented, at, tolerance_s)) is not None
    ]
    if not meant:
        return TokenJudgement("token_unknown_tag")
    if not proved:
        return TokenJudgement("token_bad_mac", meant[0].id, meant[0].kind)
    tag, counter = proved[0]
    return TokenJudgement(
        _standing(tag, at, person), tag.id, tag.kind, counter if tag.kind == "nfc" else None
    )


def _judge_heard(
    heard: Heard, at: datetime, person: UUID | None, tags: Sequence[Tag], tolerance_s: int
) -> TokenJudgement:
    """The line that called proves most, then the code that was said. A text message proves no more than itself."""
    lines = [tag for tag in tags if tag.kind == "line" and tag.uid == heard.line and tag.in_use(at)]
    mine = [tag for tag in lines if person in (None, tag.service_user_id)]
    told = TokenJudgement("line_unknown")
    if heard.code is not None:
        told = judge_token(Code(heard.code), at, person, tags, tolerance_s)
    if heard.by == "message":
        return TokenJudgement(told.verdict, told.tag_id, "message")
    if mine:
        return TokenJudgement("verified", mine[0].id, "line")
    if told.verdict == "verified":
        return TokenJudgement("verified", told.tag_id, "told_code")
    if lines:
        return TokenJudgement("token_other_place", lines[0].id, "line")
    return TokenJudgement(told.verdict, told.tag_id, None)


def _standing(tag: Tag, at: datetime, person: UUID | None) -> Verdict:
    """The verdict on a tag whose proof holds."""
    if tag.retired_at is not None and at >= tag.retired_at:
        return "token_retired"
    if at < tag.starts_at:
        return "token_unknown_tag"
    return "verified" if person in (None, tag.service_user_id) else "token_other_place"


def _is_meant(tag: Tag, presented: Card | Code | Tap, person: UUID | None) -> bool:
    if isinstance(presented, Card):
        return tag.kind != "nfc" and tag.id == presented.tag_id
    if isinstance(presented, Code):
        return tag.kind == "qr_rotating" and tag.service_user_id == person
    return tag.kind == "nfc" and _tapped(tag, presented) is not None


def _proof(tag: Tag, presented: Card | Code | Tap, at: datetime, tolerance_s: int) -> int | None:
    """The counter that the proof is for, 0 where there is none; None if the proof does not hold."""
    if isinstance(presented, Tap):
        counter = _tapped(tag, presented)
        assert tag.uid is not None and counter is not None
        return counter if code_is_right(tag.secret, tag.uid, counter, presented.cmac) else None
    said = presented.secret if isinstance(presented, Card) else presented.digits
    if tag.kind == "qr_static":
        return 0 if hmac.compare_digest(base64url(tag.secret).encode(), said.encode()) else None
    return 0 if _code_holds(tag, said, at, tolerance_s) else None


def _tapped(tag: Tag, tap: Tap) -> int | None:
    """The counter of a tap, if it is of this tag."""
    if tap.picc_data is None:
        return tap.counter if tap.uid == tag.uid else None
    opened = None if tag.meta_key is None else open_picc_data(tag.meta_key, tap.picc_data)
    return opened[1] if opened is not None and opened[0] == tag.uid else None


def _code_holds(tag: Tag, said: str, at: datetime, tolerance_s: int) -> bool:
    assert tag.step_s is not None
    if not _CODE.fullmatch(said):
        return False
    seconds = int(at.timestamp())
    steps = range((seconds - tolerance_s) // tag.step_s, (seconds + tolerance_s) // tag.step_s + 1)
    right = [hmac.compare_digest(fob_code(tag.secret, step, len(said)), said) for step in steps]
    return any(right)


def fob_code(seed: bytes, step: int, digits: int) -> str:
    """The code of a time step since 1970: RFC 6238 (TOTP) with HMAC-SHA-1, as fobs are made."""
    mac = hmac.digest(seed, max(step, 0).to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"
