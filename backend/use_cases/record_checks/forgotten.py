"""What was deleted, row by row, according to the facts of forgetting: these rows may be gone, or lack a part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from backend.domain.seals import Differences, key_digest
from backend.sql import query

_KEY_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Half the digests of the keys of rows, by table: those that went, and those that lost what is about somebody."""

    gone: dict[str, set[bytes]]
    erased: dict[str, set[bytes]]

    def without(self, table: str, found: Differences) -> tuple[list[str], list[bytes]]:
        """Differences of a table that no fact of forgetting explains: erased rows in words, keys of rows gone."""
        erased, gone = self.erased.get(table, set()), self.gone.get(table, set())
        return (
            [words for words in found.erased if key_digest(words) not in erased],
            [key for key in found.gone if key not in gone],
        )


async def read_forgotten(connection: asyncpg.Connection, provider_id: UUID) -> Forgotten:
    """All that was forgotten of a provider."""
    found = Forgotten({}, {})
    for row in await connection.fetch(query("privacy.forgotten_keys"), provider_id):
        part = found.erased if row["erased"] else found.gone
        part.setdefault(row["table_name"], set()).update(_keys(row["keys"]))
    return found


def _keys(packed: bytes) -> Iterator[bytes]:
    for at in range(0, len(packed), _KEY_BYTES):
        yield packed[at : at + _KEY_BYTES]
