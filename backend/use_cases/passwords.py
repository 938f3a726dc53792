"""Passwords, kept as argon2id hashes."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.faults import DomainError

SHORTEST: Final = 8
LONGEST: Final = 200
"""Characters. The longest keeps the work of hashing within bounds."""


def hash_password(password: str) -> str:
    """The argon2id hash to keep (RFC 9106, the library's defaults: about a tenth of a second).

    Raises DomainError for one too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise DomainError("bad_request", f"A password needs {SHORTEST} to {LONGEST} characters.")
    return _hasher().hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash is kept. Takes as long when there is none, to tell nobody apart."""
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
