"""How often signing in may fail, counted per account and per address across all web processes.

One address that fails on one account waits first; others who know the password are not kept out by it. Only very many
failures on one account from many addresses slow everybody who signs in to it, except from a browser that did so before.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from backend import keys
from backend.faults import DomainError
from backend.sql import query

WINDOW: Final = timedelta(minutes=15)
_UNDER_WAY: Final = timedelta(minutes=1)
"""Attempts that began a little later and were counted first count too: else many at once would not see each other."""
MOST_BY_PAIR: Final = 5
MOST_BY_ACCOUNT: Final = 100
MOST_BY_ADDRESS: Final = 50
MOST_CODES: Final = 20
"""Codes of six digits on one account: three of a million are right at any time, so few may be tried."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, by the keyed hashes of what it is counted under. `limits`: most failures of each."""

    pair: bytes
    limits: dict[bytes, int]
    at: datetime

    @property
    def subjects(self) -> list[bytes]:
        return sorted(self.limits)


def attempt_of(
    account: str,
    address: str,
    known: str | None,
    at: datetime,
    most: int = MOST_BY_ACCOUNT,
    email: str | None = None,
) -> Attempt:
    """The attempt on an account from an address. `known` is the mark of a browser that signed in to it before.

    `most`: failures on the account from all strangers together. `email`: whose account it is, where `account` is
    another name for it.
    """
    account = account.strip().lower()
    pair, whole, place = (
        keys.current().lookup_hash(f"sign-in/{name}")
        for name in (f"pair/{account}/{address}", f"account/{account}", f"address/{address}")
    )
    limits = {pair: MOST_BY_PAIR, place: MOST_BY_ADDRESS}
    if known is None or not hmac.compare_digest(known.encode(), known_mark(email or account).encode()):
        limits[whole] = most
    return Attempt(pair, limits, at)


def known_mark(email: str) -> str:
    """What a browser keeps after signing in, so that it is known from a stranger's."""
    return keys.current().lookup_hash(f"sign-in/known/{email.strip().lower()}").hex()


async def count_attempt(connection: asyncpg.Connection, attempt: Attempt) -> None:
    """Count the attempt as failed until `forget`. Raises DomainError too_many_requests once there were enough.

    Counting before the password is looked at leaves no room for many guesses at the same moment.
    """
    since = attempt.at - WINDOW
    locks = [int.from_bytes(subject[:8], signed=True) for subject in attempt.subjects]
    await connection.execute(query("users.lock_attempts"), locks)
    until = attempt.at + _UNDER_WAY
    held = await connection.fetch(query("users.count_attempts"), attempt.subjects, since, until)
    waits = [
        min(row["oldest"], attempt.at) - since
        for row in held
        if row["failures"] >= attempt.limits[row["subject"]]
    ]
    if waits:
        seconds = max(1, -int(-max(waits) // timedelta(seconds=1)))
        raise DomainError(
            "too_many_requests",
            f"Too many failed sign-ins. Try again in {-(-seconds // 60)} min, or ask for a new link to set a password.",
            {"Retry-After": str(seconds)},
        )
    await connection.execute(query("users.forget_old_attempts"), attempt.subjects, since)
    await connection.execute(query("users.note_attempt"), attempt.subjects, attempt.at)


async def forget(connection: asyncpg.Connection, attempt: Attempt) -> None:
    """The attempt was right: it is no failure, and earlier ones from this address on this account are forgiven."""
    await connection.execute(query("users.forget_attempt"), attempt.subjects, attempt.at)
    await connection.execute(query("users.forget_attempts"), attempt.pair)
