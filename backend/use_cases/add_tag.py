"""A manager registers a card, a code fob, an NFC tag or the telephone line in the home of a person supported."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db, keys
from backend.domain.heard import telephone_number
from backend.domain.sun import KEY_BYTES, UID_BYTES
from backend.domain.time import london_date, london_midnight
from backend.domain.tokens import CARD_SECRET_BYTES, TagKind
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.home_tags import line_hash, sealed_about
from backend.use_cases.read_people import known_person
from schemas.strict import Fault, Faulty

LONGEST_LABEL: Final = 100
_SHORTEST_SEED, _LONGEST_SEED = 16, 64
_STEPS_S: Final = (30, 60)
_FACTORY_KEY: Final = bytes(KEY_BYTES)
_Checks = Iterator[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class NewTag:
    """A tag to register. `key` is an NFC tag's SDMFileReadKey or a fob's seed; a card's secret is made here.

    `meta_key` (SDMMetaReadKey) stands for a tag that encrypts its UID, `number` for a telephone line. `first_day`: the
    London date from whose beginning it counts, by default today.
    """

    kind: TagKind
    label: str
    uid: bytes | None = None
    key: bytes | None = field(default=None, repr=False)
    meta_key: bytes | None = field(default=None, repr=False)
    step_s: int | None = None
    number: str | None = field(default=None, repr=False)
    first_day: date | None = None


async def add_tag(provider_id: UUID, person: UUID, new: NewTag, user: UUID | None = None) -> UUID:
    """Register a tag in a person's home; returns its id.

    Raises Faulty for what cannot be, DomainError not_found for another provider's person, conflict for an NFC tag
    that is in use already.
    """
    if faults := _faults(new):
        raise Faulty(faults)
    async with db.as_provider(provider_id) as connection:
        await known_person(connection, provider_id, person)
        if new.uid is not None:
            await connection.execute(query("tags.lock_register"), str(provider_id))
            where = await connection.fetchval(query("tags.uid_in_use"), provider_id, new.uid)
            if where is not None:
                raise DomainError("conflict", f"This tag is in use for {where}: retire it there first.")
        return await _insert(connection, provider_id, person, new, user)


def _faults(new: NewTag) -> list[Fault]:
    named = 1 <= len(new.label) <= LONGEST_LABEL and new.label.isprintable()
    label = [] if named else [Fault("/label", f"must be 1 to {LONGEST_LABEL} printable characters")]
    if new.step_s is not None and new.kind != "qr_rotating":
        label.append(Fault("/step_s", "is only for a fob"))
    if new.number is not None and new.kind != "line":
        label.append(Fault("/number", "is only for a telephone line"))
    of_kind = {
        "qr_static": _card_faults,
        "qr_rotating": _fob_faults,
        "nfc": _nfc_faults,
        "line": _line_faults,
    }[new.kind]
    return label + [Fault(pointer, detail) for pointer, detail, wrong in of_kind(new) if wrong]


def _card_faults(new: NewTag) -> _Checks:
    yield "/key", "is made here for a card", new.key is not None
    yield "/uid", "is only for an NFC tag", new.uid is not None or new.meta_key is not None


def _fob_faults(new: NewTag) -> _Checks:
    fits = _SHORTEST_SEED <= len(new.key or b"") <= _LONGEST_SEED
    yield "/key", f"must be the fob's seed of {_SHORTEST_SEED} to {_LONGEST_SEED} bytes, in hex", not fits
    yield "/uid", "is only for an NFC tag", new.uid is not None or new.meta_key is not None
    yield "/step_s", f"must be {' or '.join(map(str, _STEPS_S))}", new.step_s not in _STEPS_S


def _nfc_faults(new: NewTag) -> _Checks:
    yield "/uid", f"must be the tag's UID, {2 * UID_BYTES} hex digits", len(new.uid or b"") != UID_BYTES
    digits = f"must be the tag's {{}}, {2 * KEY_BYTES} hex digits"
    yield "/key", digits.format("SDMFileReadKey"), len(new.key or b"") != KEY_BYTES
    yield "/key", "is the key that tags leave the factory with: everybody knows it", new.key == _FACTORY_KEY
    meta_fits = new.meta_key is None or len(new.meta_key) == KEY_BYTES
    yield "/meta_key", digits.format("SDMMetaReadKey"), not meta_fits


def _line_faults(new: NewTag) -> _Checks:
    known = telephone_number(new.number or "") is not None
    yield "/number", "must be a telephone number, such as 01432 000000 or +44 1432 000000", not known
    yield "/key", "is not for a telephone line", new.key is not None or new.meta_key is not None
    yield "/uid", "is only for an NFC tag", new.uid is not None


async def _insert(
    connection: asyncpg.Connection, provider_id: UUID, person: UUID, new: NewTag, user: UUID | None
) -> UUID:
    tag_id, now, sealing = uuid4(), clock.now(), keys.current()
    secret, uid = new.key if new.key is not None else secrets.token_bytes(CARD_SECRET_BYTES), new.uid
    if new.number is not None and (number := telephone_number(new.number)):
        secret, uid = number.encode(), line_hash(number)
    hidden: tuple[bytes | None, bytes | None] = (None, None)
    if new.meta_key is not None:
        about = sealed_about(provider_id, tag_id, "meta_key")
        hidden = sealing.seal(new.meta_key, about), sealing.lookup_hash(f"meta-key/{new.meta_key.hex()}")
    await connection.execute(
        query("tags.insert"),
        provider_id,
        tag_id,
        new.kind,
        person,
        new.label,
        uid,
        new.step_s,
        sealing.seal(secret, sealed_about(provider_id, tag_id, "secret")),
        *hidden,
        london_midnight(new.first_day or london_date(now)),
        user,
        now,
    )
    return tag_id
