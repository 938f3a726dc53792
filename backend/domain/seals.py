"""Seals: one signed digest over every row that was recorded up to an instant, each chained to the one before.

Of a row a seal holds 80 bytes: half a digest of its key, a digest of its content, and one of what names or describes
somebody, under a secret: if that is erased one day, only that part is no longer proved.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.domain.canonical import base64url, canonical, sha256

TYPE: Final = "doorstep-seal-1"
DIGEST_TYPE: Final = "doorstep-digest-1"
_KEY_BYTES: Final = 16
_DIGEST_BYTES: Final = 32
_ROW_BYTES: Final = _KEY_BYTES + 2 * _DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class SealedRow:
    """What a seal holds of one row. `key` is half the digest of its primary key."""

    key: bytes
    content: bytes
    about: bytes


@dataclass(frozen=True, slots=True)
class SealedTable:
    """The rows of one table in a seal: the columns that their digests are of, how many, and the digest of them all."""

    columns: tuple[str, ...]
    personal: tuple[str, ...]
    rows: int
    digest: bytes


def sealed_row(key: str, content: bytes, about: bytes, secret: Callable[[str], bytes]) -> SealedRow:
    """One row by its key and the digests of its columns; `secret` is a keyed hash."""
    return SealedRow(key_digest(key), content, secret(f"sealed/{about.hex()}"))


def key_digest(key: str) -> bytes:
    """Half the digest of a key, as seals and the facts of forgetting have it."""
    return sha256(key.encode())[:_KEY_BYTES]


def packed(rows: Iterable[SealedRow]) -> bytes:
    """The rows one behind the other, in the order of their keys."""
    return b"".join(sorted(row.key + row.content + row.about for row in rows))


def unpacked(rows: bytes) -> Iterator[SealedRow]:
    """The rows of `packed`. Raises ValueError for bytes of another length."""
    if len(rows) % _ROW_BYTES:
        raise ValueError("has bytes left over")
    for at in range(0, len(rows), _ROW_BYTES):
        middle, last = at + _KEY_BYTES, at + _KEY_BYTES + _DIGEST_BYTES
        yield SealedRow(rows[at:middle], rows[middle:last], rows[last : at + _ROW_BYTES])


def seal_body(
    provider_id: UUID,
    number: int,
    previous: bytes,
    span: tuple[datetime | None, datetime],
    checkpoint: tuple[int, bytes] | None,
    tables: Mapping[str, SealedTable],
    created_at: datetime,
) -> bytes:
    """The canonical bytes that are signed. `previous` is the digest of the body before; the first has 32 zero bytes.

    `span` is from when (None: ever) up to before when rows were recorded; `checkpoint` the number and the digest of the
    newest one then.
    """
    since, until = span
    return canonical(
        {
            "type": TYPE,
            "provider_id": str(provider_id),
            "number": number,
            "previous": base64url(previous),
            "since": since and since.isoformat(),
            "until": until.isoformat(),
            "checkpoint": checkpoint and {"number": checkpoint[0], "digest": base64url(checkpoint[1])},
            "tables": {name: _said(table) for name, table in tables.items()},
            "created_at": created_at.isoformat(),
        }
    )


def _said(table: SealedTable) -> dict[str, Any]:
    return {
        "columns": list(table.columns),
        "personal": list(table.personal),
        "rows": table.rows,
        "digest": base64url(table.digest),
    }


def digest_body(
    commissioner_id: UUID,
    commissioner: str,
    day: str,
    providers: Sequence[Mapping[str, Any]],
    created_at: datetime,
) -> bytes:
    """The canonical bytes of a commissioner's daily digest: of each provider its newest checkpoint and seal."""
    return canonical(
        {
            "type": DIGEST_TYPE,
            "commissioner_id": str(commissioner_id),
            "commissioner": commissioner,
            "day": day,
            "providers": list(providers),
            "created_at": created_at.isoformat(),
        }
    )


def newest(number: int | None, body: bytes | None) -> dict[str, Any] | None:
    """A checkpoint or seal as a digest names it: its number and the digest of its body."""
    return None if number is None or body is None else {"number": number, "digest": base64url(sha256(body))}


@dataclass(frozen=True, slots=True)
class Differences:
    """How the rows of a table differ from those that were sealed, by their keys: in words where they are still there.

    `changed`: sealed with other content; `added`: in no seal though older than it; `gone`: no longer there; `erased`:
    different only in what is about somebody.
    """

    changed: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[bytes, ...]
    erased: tuple[str, ...]


def compared(
    sealed: Mapping[bytes, SealedRow],
    others: Iterable[Mapping[bytes, SealedRow]],
    present: Mapping[str, SealedRow],
) -> Differences:
    """Rows that are there against a seal. Rows that are in one of the `others`, the neighbouring seals, are passed
    over.
    """
    changed, added, erased, seen = [], [], [], set()
    beside = list(others)
    for words, row in present.items():
        held = sealed.get(row.key)
        if held is None:
            if not any(row.key in other for other in beside):
                added.append(words)
            continue
        seen.add(row.key)
        if held.content != row.content:
            changed.append(words)
        elif held.about != row.about:
            erased.append(words)
    gone = tuple(key for key in sealed if key not in seen)
    return Differences(tuple(changed), tuple(added), gone, tuple(erased))
