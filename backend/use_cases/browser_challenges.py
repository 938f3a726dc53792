"""Challenges for passkeys in a browser: fresh for 300 seconds, for the one browser that was given them, answered once.

A challenge is a nonce under a key that is derived from a secret of the browser's: its form cookie before signing in,
its session's own token after. Only answered ones are kept, by digest, until they would have been too old anyway.
"""

from datetime import datetime

from backend import db, keys
from backend.domain.canonical import sha256
from backend.domain.nonce import NONCE_LIFE, Mac, issue_nonce, nonce_issued
from backend.domain.passkeys import challenge_of
from backend.sql import query
from backend.use_cases.passkey_checks import checked, passkey_wrong


def new_challenge(browser: str, now: datetime) -> str:
    """A challenge for the browser that holds the secret `browser`."""
    return issue_nonce(now, _mac(browser))


async def answered_challenge(client_data_json: str, browser: str, now: datetime) -> str:
    """The challenge that this browser answers, now used up. Raises DomainError passkey_wrong."""
    challenge = checked(lambda: challenge_of(client_data_json))
    if not browser or nonce_issued(challenge, now, _mac(browser)) is None:
        raise passkey_wrong("the page was open for too long, or in another browser; try again")
    async with db.as_system() as connection:
        await connection.execute(query("passkeys.forget_old_challenges"), now)
        # Twice as long as it is fresh: the clocks of two web processes may differ a little.
        digest, until = sha256(challenge.encode("ascii")), now + 2 * NONCE_LIFE
        first = await connection.fetchval(query("passkeys.note_challenge"), digest, until)
    if first is None:
        raise passkey_wrong("this answer was sent before; try again")
    return challenge


def _mac(browser: str) -> Mac:
    bound = b"passkey." + sha256(browser.encode())
    return lambda message: keys.current().nonce_mac(bound + message)
