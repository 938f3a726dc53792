"""Passwords, kept as argon2id hashes; new ones are checked against those that are guessed first."""

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.hashing import hash_apart

SHORTEST: Final = 8
LONGEST: Final = 200
"""Characters. The longest keeps the work of hashing within bounds."""
_COMMON: Final = Path(__file__).parent / "vendored" / "common-passwords.txt.gz"
_OWN: Final = ("doorstep",)
"""Words that anybody would guess here, besides those of the account's own address and organisation."""
_SHORTEST_WORD: Final = 4
_CHOOSE: Final = "Choose another: three random words make a good one."


async def new_password(
    connection: asyncpg.Connection, password: str, email: str, organisation_id: UUID | None
) -> str:
    """The hash of a password that somebody chooses for the account of this address.

    Raises DomainError bad_request for one too short or too long, a common one, and one that is little besides words of
    the account's own. In a transaction of the administrator's.
    """
    row = await connection.fetchrow(query("users.organisation_words"), organisation_id)
    refuse_guessable(password, [email, *(row or ())])
    return await hash_apart(hash_password, password)


def refuse_guessable(password: str, about: Iterable[str]) -> None:
    """Raises DomainError bad_request for a password that is among the first to be guessed.

    That is a common one, or one of which fewer characters than a password needs are left without the words of `about`
    (an address, a name) and of this service.
    """
    if password.lower() in _common():
        raise DomainError("bad_request", f"This password is one of the most common ones. {_CHOOSE}")
    left = password.lower()
    for word in sorted({*_OWN, *_words(about)}, key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < SHORTEST <= len(password):
        raise DomainError(
            "bad_request",
            "Without the words that anybody would guess here (the service, your organisation, your address) this "
            f"password has fewer than {SHORTEST} characters. {_CHOOSE}",
        )


def _words(about: Iterable[str]) -> Iterator[str]:
    """What names are made of, each as a whole and word by word."""
    for text in about:
        parts = re.findall(r"[^\W_]+", text.lower())
        yield from (part for part in (*parts, "".join(parts)) if len(part) >= _SHORTEST_WORD)


@cache
def _common() -> frozenset[str]:
    """Those that are long enough to be chosen at all, in small letters."""
    with gzip.open(_COMMON, "rt", encoding="utf-8") as lines:
        return frozenset(word for line in lines if len(word := line.rstrip("\n")) >= SHORTEST)


def hash_password(password: str) -> str:
    """The argon2id hash to keep (RFC 9106, the library's defaults: about a tenth of a second).

    Raises DomainError for one too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise DomainError("bad_request", f"A password needs {SHORTEST} to {LONGEST} characters.")
    return _hasher().hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash is kept. Takes as long when there is none, so that nobody learns which
    accounts there are.
    """
    try:
        fits = _hasher().verify(kept or _nobodys(), password[:LONGEST])
        return fits and kept is not None and len(password) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker settings than those of today, so that it should be made again."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's password")
