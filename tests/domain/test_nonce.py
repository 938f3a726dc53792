"""Nonces and tokens: whose they are, how long they are fresh, and that no bit of them can be changed."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical import base64url, unbase64url
from backend.domain.nonce import (
    NONCE_LIFE,
    TOKEN_LIFE,
    Token,
    issue_nonce,
    issue_token,
    nonce_issued,
    read_token,
)

NOW = datetime(2026, 11, 2, 9, 0, 0, 123_457, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TOKEN = Token(UUID(int=1), UUID(int=2), "thumbprint", NOW + TOKEN_LIFE)


def mac(message: bytes) -> bytes:
    return blake2b(message, key=b"ours", digest_size=32).digest()


def other(message: bytes) -> bytes:
    return blake2b(message, key=b"theirs", digest_size=32).digest()


def test_a_nonce_lives_five_minutes_and_a_token_an_hour() -> None:
    assert timedelta(minutes=5) == NONCE_LIFE
    assert timedelta(hours=1) == TOKEN_LIFE


@pytest.mark.parametrize(
    ("later", "fresh"),
    [
        (timedelta(), True),
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, microseconds=1), False),
        (-5 * SECOND, True),  # the clocks of two servers
        (-5 * SECOND - timedelta(microseconds=1), False),
    ],
)
def test_a_nonce_is_fresh_for_its_life_and_a_little_before_it(later: timedelta, fresh: bool) -> None:
    issued = nonce_issued(issue_nonce(NOW, mac), NOW + later, mac)
    assert issued == (NOW if fresh else None)


def test_a_nonce_is_thirty_two_bytes_of_an_instant_chance_and_a_code_and_never_the_same() -> None:
    made = {issue_nonce(NOW, mac) for _ in range(20)}
    assert len(made) == 20
    raw = unbase64url(made.pop())
    assert (len(raw), int.from_bytes(raw[:8])) == (32, int(NOW.timestamp() * 1_000_000))
    assert raw[16:] == mac(b"nonce." + raw[:16])[:16]


def test_another_servers_nonce_and_what_is_none_are_not_ours() -> None:
    ours = issue_nonce(NOW, mac)
    assert nonce_issued(ours, NOW, other) is None
    for text in ("", "AAAA", ours + "=", ours[:-4], ours + "AAAA", None, 7, "é"):
        assert nonce_issued(text, NOW, mac) is None


@given(st.integers(0, 255))
def test_no_bit_of_a_nonce_or_a_token_can_be_changed(bit: int) -> None:
    raw = bytearray(unbase64url(issue_nonce(NOW, mac)))
    raw[bit // 8] ^= 1 << bit % 8
    assert nonce_issued(base64url(bytes(raw)), NOW, mac) is None
    body, _, code = issue_token(TOKEN, mac).partition(".")
    for part in (body, code):
        changed = bytearray(unbase64url(part))
        changed[bit // 8 % len(changed)] ^= 1 << bit % 8
        said = base64url(bytes(changed))
        text = f"{said}.{code}" if part is body else f"{body}.{said}"
        assert read_token(text, mac) is None


def test_a_token_reads_back_and_says_until_when_it_holds() -> None:
    assert read_token(issue_token(TOKEN, mac), mac) == TOKEN


def test_what_we_did_not_make_is_no_token() -> None:
    text = issue_token(TOKEN, mac)
    assert read_token(text, other) is None
    body, _, code = text.partition(".")
    for wrong in ("", ".", body, f"{body}.", f".{code}", f"{body}.{code}.", f"{body}.{code[:-2]}", "é.é"):
        assert read_token(wrong, mac) is None
    nonce = unbase64url(issue_nonce(NOW, mac))
    assert read_token(f"{base64url(nonce[:16])}.{base64url(nonce[16:])}", mac) is None
