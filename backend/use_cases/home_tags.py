"""The register of cards, fobs and NFC tags as judging needs it: those that the tokens of a batch may be of."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from backend import keys
from backend.domain.heard import Heard
from backend.domain.sun import Tap, open_picc_data
from backend.domain.tokens import Card, Presented, Tag
from backend.faults import SetupFault
from backend.sql import query

_log: Final = structlog.get_logger("doorstep.tags")


async def tags_meant(
    connection: asyncpg.Connection,
    provider_id: UUID,
    presented: Sequence[Presented],
    people: Sequence[UUID],
) -> list[Tag]:
    """The tags that may be meant by what was presented, and all fobs of `people`, in order of registration.

    Three queries at most, however many tags there are. A tag whose keys cannot be opened is left out and logged.
    """
    if not presented:
        return []
    cards = [one.tag_id for one in presented if isinstance(one, Card)]
    uids = await _uids(connection, provider_id, [one for one in presented if isinstance(one, Tap)])
    uids += [one.line for one in presented if isinstance(one, Heard) and one.line is not None]
    rows = await connection.fetch(query("tags.meant"), provider_id, cards, uids, list(people))
    return [tag for row in rows if (tag := _tag(provider_id, row)) is not None]


async def _uids(connection: asyncpg.Connection, provider_id: UUID, taps: Sequence[Tap]) -> list[bytes]:
    """The UIDs that taps name, in clear or under one of the provider's keys."""
    clear = [tap.uid for tap in taps if tap.uid is not None]
    hidden = {tap.picc_data for tap in taps if tap.picc_data is not None}
    if not hidden:
        return clear
    rows = await connection.fetch(query("tags.meta_keys"), provider_id)
    known = [key for row in rows if (key := _unseal(provider_id, row, "meta_key")) is not None]
    opened = (open_picc_data(key, data) for key in known for data in hidden)
    return clear + [found[0] for found in opened if found is not None]


def _tag(provider_id: UUID, row: Mapping[str, Any]) -> Tag | None:
    secret, meta_key = _unseal(provider_id, row, "secret"), None
    if secret is None:
        return None
    if row["meta_key"] is not None:
        meta_key = _unseal(provider_id, row, "meta_key")
    return Tag(
        id=row["id"],
        kind=row["kind"],
        service_user_id=row["service_user_id"],
        starts_at=row["starts_at"],
        retired_at=row["retired_at"],
        secret=secret,
        meta_key=meta_key,
        uid=row["uid"],
        step_s=row["step_s"],
    )


def _unseal(provider_id: UUID, row: Mapping[str, Any], column: str) -> bytes | None:
    """None if the keys were changed: an event must be taken all the same."""
    try:
        return keys.current().unseal(row[column], sealed_about(provider_id, row["id"], column))
    except SetupFault:
        _log.error("tag_key_unreadable", tag=str(row["id"]))
        return None


def line_hash(number: str) -> bytes:
    """What a telephone number is found by; the number itself is kept sealed alone."""
    return keys.current().lookup_hash(f"line/{number}")


def sealed_about(provider_id: UUID, tag_id: UUID, column: str) -> str:
    """What a sealed key of the register is bound to: nobody can move it to another tag."""
    return f"home_tag/{provider_id}/{tag_id}/{column}"
