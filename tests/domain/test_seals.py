"""Seals: what one holds of rows, what is signed, and what is found to differ."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical import base64url
from backend.domain.seals import (
    SealedRow,
    SealedTable,
    compared,
    digest_body,
    newest,
    packed,
    seal_body,
    sealed_row,
    unpacked,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PROVIDER = UUID("00000000-0000-4000-8000-000000000001")
ROWS = st.builds(SealedRow, st.binary(min_size=16, max_size=16), *[st.binary(min_size=32, max_size=32)] * 2)


def row(key: str, content: bytes = b"c", about: bytes = b"a") -> SealedRow:
    return sealed_row(key, content * 32, about * 32, lambda text: sha256(f"secret/{text}".encode()).digest())


def test_a_row_is_sealed_by_half_the_digest_of_its_key_its_content_and_what_is_about_somebody_under_a_secret() -> (
    None
):
    one = row("visit/1")
    assert one.key == sha256(b"visit/1").digest()[:16] and one.content == b"c" * 32
    assert one.about == sha256(f"secret/sealed/{(b'a' * 32).hex()}".encode()).digest()


@given(st.lists(ROWS, max_size=6))
def test_packed_rows_are_read_again_in_the_order_of_their_keys(rows: list[SealedRow]) -> None:
    told = packed(rows)
    assert len(told) == 80 * len(rows)
    found = list(unpacked(told))
    assert sorted(map(repr, found)) == sorted(map(repr, rows)) and packed(reversed(rows)) == told
    assert [one.key for one in found] == sorted(one.key for one in rows)


def test_rows_with_a_byte_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="left over"):
        list(unpacked(packed([row("a")]) + b"0"))


def test_what_is_signed_says_what_it_seals_and_names_the_one_before() -> None:
    table = SealedTable(("id", "at"), ("name",), 3, b"\x01")
    first = json.loads(seal_body(PROVIDER, 1, bytes(32), (None, NOON), None, {"visit": table}, NOON))
    assert first == {
        "type": "doorstep-seal-1",
        "provider_id": str(PROVIDER),
        "number": 1,
        "previous": base64url(bytes(32)),
        "since": None,
        "until": "2026-11-02T12:00:00+00:00",
        "checkpoint": None,
        "tables": {
            "visit": {"columns": ["id", "at"], "personal": ["name"], "rows": 3, "digest": base64url(b"\x01")}
        },
        "created_at": "2026-11-02T12:00:00+00:00",
    }
    later = json.loads(seal_body(PROVIDER, 2, b"\x02", (NOON, NOON), (7, b"\x03"), {}, NOON))
    assert (later["since"], later["checkpoint"]) == (
        NOON.isoformat(),
        {"number": 7, "digest": base64url(b"\x03")},
    )


def test_a_commissioners_digest_names_of_each_provider_the_newest_by_the_digest_of_its_body() -> None:
    named = newest(4, b"body")
    assert named == {"number": 4, "digest": base64url(sha256(b"body").digest())}
    assert newest(None, b"body") is newest(4, None) is None
    told = json.loads(digest_body(PROVIDER, "county", "2026-11-02", [{"provider": "p", "seal": named}], NOON))
    assert told == {
        "type": "doorstep-digest-1",
        "commissioner_id": str(PROVIDER),
        "commissioner": "county",
        "day": "2026-11-02",
        "providers": [{"provider": "p", "seal": named}],
        "created_at": "2026-11-02T12:00:00+00:00",
    }


def test_rows_that_were_changed_added_taken_away_or_erased_are_told_apart() -> None:
    sealed = {one.key: one for one in map(row, ("same", "changed", "erased", "gone"))}
    present = {
        "same": row("same"),
        "changed": row("changed", content=b"d", about=b"b"),
        "added": row("added"),
        "erased": row("erased", about=b"b"),
        "elsewhere": row("elsewhere"),
    }
    beside = [{}, {row("elsewhere").key: row("elsewhere")}]
    found = compared(sealed, iter(beside), present)
    assert (found.changed, found.added, found.erased) == (("changed",), ("added",), ("erased",))
    assert found.gone == (row("gone").key,)
    none = compared(sealed, [], {words: row(words) for words in ("same", "changed", "erased", "gone")})
    assert none.changed == none.added == none.gone == none.erased == ()
