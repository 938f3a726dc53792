"""What was deleted, row by row, according to the facts of forgetting: these rows may be gone, or lack a part.

Whoever has the database can write such a fact too. So it excuses no more than forgetting ever does: rows of few tables,
after the least period that there is for them, or of somebody whose name is gone as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from backend.domain.seals import Differences, key_digest
from backend.domain.time import london_date
from backend.sql import query
from backend.statute.retention import packaged

_KEY_BYTES: Final = 16
_SLACK: Final = timedelta(days=1)
"""Periods count in London days, and clocks differ."""
_GO: Final = ("access_log", "correction_note", "event_attachment", "kept_identity")
_LOSE_A_PART: Final = ("device", "employment_version", "event", "service_user_version")
_SEALED_THAT_GO: Final = {"access_log": "looks"}
"""Tables that seals hold and whose rows go after the period of a class."""


@dataclass(frozen=True, slots=True)
class Went:
    """When a row was let go of, and whose erasure asked for it; None: its period was over."""

    at: datetime
    subject: UUID | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Half the digests of the keys of rows, by table: those that went, and those that lost what is about somebody."""

    gone: dict[str, dict[bytes, Went]]
    erased: dict[str, set[bytes]]
    faults: tuple[str, ...]
    """What the facts of forgetting say that no forgetting does."""

    def without(
        self, table: str, found: Differences, opens: datetime | None
    ) -> tuple[list[str], list[bytes]]:
        """Differences of a table that no fact of forgetting explains: erased rows in words, keys of rows gone.

        The rows of a seal are no older than `opens`; None: nobody knows how old.
        """
        erased = self.erased.get(table, set())
        return (
            [words for words in found.erased if key_digest(words) not in erased],
            [key for key in found.gone if not self._may_be_gone(table, key, opens)],
        )

    def _may_be_gone(self, table: str, key: bytes, opens: datetime | None) -> bool:
        went, name = self.gone.get(table, {}).get(key), _SEALED_THAT_GO.get(table)
        return name is not None and went is not None and (opens is None or _had_its_time(name, opens, went))

    def position_may_be_gone(self, key: bytes, received_at: datetime, carer_id: UUID) -> bool:
        """Whether a position went after its time, or with everything about its carer."""
        went = self.gone.get("event_attachment", {}).get(key)
        if went is None:
            return False
        return (
            _had_its_time("positions", received_at, went)
            if went.subject is None
            else went.subject == carer_id
        )

    def words_may_be_gone(self, table: str, key: bytes, received_at: datetime) -> bool:
        """Whether words went after their time, or with an erasure: of their carer, or of the person they are about."""
        went = self.gone.get(table, {}).get(key)
        return went is not None and (went.subject is not None or _had_its_time("words", received_at, went))


def _had_its_time(name: str, since: datetime, went: Went) -> bool:
    """Whether a class of records was kept for the least period that there is, when it went."""
    least = packaged()[name].on(london_date(went.at)).least_days
    return since <= went.at - timedelta(days=least) + _SLACK


async def read_forgotten(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> Forgotten:
    """All that was forgotten of a provider up to now, and what is said of it that cannot be."""
    gone: dict[str, dict[bytes, Went]] = {}
    erased: dict[str, set[bytes]] = {}
    faults = []
    for row in await connection.fetch(query("privacy.forgotten_keys"), provider_id):
        table, keys = row["table_name"], _keys(row["keys"])
        if table not in (_LOSE_A_PART if row["erased"] else _GO):
            faults.append(
                f"forgetting {row['forgetting_id']}: nothing of {table} is ever let go of like this"
            )
        elif row["forgotten_at"] > now + _SLACK:
            faults.append(f"forgetting {row['forgetting_id']}: its day is still to come")
        elif row["erased"]:
            erased.setdefault(table, set()).update(keys)
        else:
            went = Went(row["forgotten_at"], row["subject_id"])
            gone.setdefault(table, {}).update(dict.fromkeys(keys, went))
    faults += await _still_named(connection, provider_id)
    faults += await _not_erased(connection, provider_id, erased)
    return Forgotten(gone, erased, tuple(faults))


def _keys(packed: bytes) -> Iterator[bytes]:
    for at in range(0, len(packed), _KEY_BYTES):
        yield packed[at : at + _KEY_BYTES]


async def _still_named(connection: asyncpg.Connection, provider_id: UUID) -> list[str]:
    rows = await connection.fetch(query("privacy.still_named"), provider_id)
    return [f"forgetting {row['id']}: whoever it says was erased is still named, or unknown" for row in rows]


async def _not_erased(
    connection: asyncpg.Connection, provider_id: UUID, erased: dict[str, set[bytes]]
) -> list[str]:
    """Rows that are said to have lost a part, and hold one."""
    if not erased:
        return []
    rows = await connection.fetch(query("privacy.holding_what_goes"), provider_id, list(erased))
    return [
        f"{row['table_name']} {row['key']}: it is said to be erased, and is not"
        for row in rows
        if key_digest(row["key"]) in erased[row["table_name"]]
    ]
