"""Send the notices that are due, by email and to webhooks: each until it is taken, after longer and longer waits, and
not for ever.

A notice is reserved for some minutes, sent, and then marked as sent: if a worker dies in between, it is sent again,
with the same id. No transaction is open meanwhile.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend import clock, db, keys, settings
from backend.domain.counted import counted
from backend.domain.notices import KINDS, email_text, message, next_attempt
from backend.domain.webhook_signatures import plain_signature
from backend.faults import SetupFault
from backend.sql import query
from backend.use_cases.mail import MailRefused, send_mail
from backend.use_cases.make_digest import digest_file
from backend.use_cases.outside_calls import CallRefused, call
from backend.use_cases.subscriptions import sealed_about, stop_link

TAKEN_FOR: Final = timedelta(minutes=5)
AT_ONCE: Final = 20
SIGNATURE: Final = "Doorstep-Signature"
GONE: Final = 410
"""What a receiver answers to be called no more (RFC 9110, section 15.5.11)."""


class NotTaken(Exception):
    """A notice was not taken; the words say why. `for_good`: another attempt is of no use."""

    def __init__(self, why: str, for_good: bool = False) -> None:
        self.for_good = for_good
        super().__init__(why)


async def send_notices(_: UUID | None, now: datetime) -> str:
    """Send what is due at `now`, several at a time. Returns how much was sent, in words.

    Once something is not taken the rest waits for the next minute: slow receivers must not hold up the worker.
    """
    sent = left = 0
    while not left and (taken := await _taken(now)):
        outcomes = await _to_the_end(asyncio.gather(*(_deliver(delivery, now) for delivery in taken)))
        sent += sum(outcomes)
        left += len(outcomes) - sum(outcomes)
    return f"{counted(sent, 'notice')} sent, {left} not"


async def _to_the_end(sending: asyncio.Future[list[bool]]) -> list[bool]:
    """What came of it. A worker that is told to stop still marks what it has sent, or it would be sent again."""
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        await sending
        raise


async def _taken(now: datetime) -> list[dict[str, Any]]:
    async with db.as_administrator() as connection:
        rows = await connection.fetch(query("notices.take"), now, now + TAKEN_FOR, AT_ONCE)
    return [dict(row) for row in rows]


async def _deliver(delivery: Mapping[str, Any], now: datetime) -> bool:
    this = delivery["organisation_id"], delivery["id"]
    async with db.as_administrator() as connection:
        content = dict(await connection.fetchrow(query("notices.content"), *this))
    try:
        await (_mail(delivery, content) if delivery["user_id"] else _call(delivery, content))
    except NotTaken as error:
        over = content["raised_at"] + timedelta(hours=settings.current().notice_hours) <= now
        again = next_attempt(delivery["attempts"], now)
        dead = now if over or error.for_good else None
        async with db.as_administrator() as connection:
            await connection.execute(query("notices.not_sent"), *this, again, dead, str(error)[:300])
        return False
    async with db.as_administrator() as connection:
        await connection.execute(query("notices.sent"), *this, clock.now())
    return True


async def _mail(delivery: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    if content["disabled_at"] is not None:
        raise NotTaken("the user may not sign in any more", for_good=True)
    kind, stop = content["kind"], stop_link(delivery["user_id"], content["kind"])
    text = email_text(kind, _link(content), stop, await _kept(delivery, content))
    try:
        await send_mail(content["email"], f"Doorstep: {KINDS[kind]}", text, str(delivery["id"]), stop)
    except MailRefused as error:
        raise NotTaken(str(error)) from error


async def _call(delivery: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    about = sealed_about(delivery["organisation_id"], delivery["webhook_id"])
    try:
        secret = keys.current().unseal(content["sealed_secret"], about)
    except SetupFault as error:  # the keys were changed: other receivers must not wait for it
        raise NotTaken("the secret cannot be opened any more: end this webhook and add another") from error
    told = (
        str(content["id"]),
        content["kind"],
        content["organisation"],
        content["raised_at"],
        _link(content),
    )
    said = message(*told, await _kept(delivery, content))
    body = json.dumps(said).encode()
    signature = plain_signature(secret, int(clock.now().timestamp()), body)
    headers = {"Content-Type": "application/json", SIGNATURE: signature, "User-Agent": "Doorstep"}
    try:
        answer = await call("POST", content["address"], body, headers)
    except CallRefused as error:
        raise NotTaken(str(error)) from error
    if not 200 <= answer.status < 300:
        followed = ", and redirects are not followed" if 300 <= answer.status < 400 else ""
        raise NotTaken(f"the receiver answered {answer.status}{followed}", for_good=answer.status == GONE)


async def _kept(delivery: Mapping[str, Any], content: Mapping[str, Any]) -> str | None:
    """The signed digest, for a notice of one: it is of use to whoever keeps it outside. It names nobody."""
    if content["kind"] != "digest":
        return None
    day = date.fromisoformat(content["path"].rpartition("/")[2])
    return (await digest_file(delivery["organisation_id"], day)).content.decode()


def _link(content: Mapping[str, Any]) -> str:
    return f"{settings.current().base_url}{content['path']}"
