"""Who is notified of what: each user by email, and an organisation's own programs by webhooks."""

import hmac
import secrets
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID, uuid4

from backend import clock, db, keys, settings
from backend.domain.notices import KINDS, KINDS_OF_ROLE
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.outside_calls import web_address_fault

MOST_WEBHOOKS: Final = 20
LONGEST_ADDRESS: Final = 500


async def read_subscriptions(user_id: UUID) -> set[str]:
    """The kinds of notices that a user gets by email."""
    async with db.as_administrator() as connection:
        return {row["kind"] for row in await connection.fetch(query("notices.subscribed"), user_id)}


async def read_undelivered(user_id: UUID) -> list[dict[str, Any]]:
    """Notices to a user that could not be delivered by email, the newest first: kind, path, raised_at, fault."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("notices.undelivered"), user_id)]


async def subscribe(user_id: UUID, organisation_id: UUID, role: str, wanted: Collection[str]) -> None:
    """Notify a user by email of these kinds alone. Raises DomainError bad_request for one not of her role."""
    allowed = KINDS_OF_ROLE.get(role, ())
    if set(wanted) - set(allowed):
        raise DomainError("bad_request", "Choose among what is on the page.")
    async with db.as_administrator() as connection:
        others = [kind for kind in KINDS if kind not in wanted]
        await connection.execute(query("notices.unsubscribe"), user_id, others)
        await connection.execute(
            query("notices.subscribe"), user_id, organisation_id, sorted(wanted), clock.now()
        )


def stop_link(user_id: UUID, kind: str) -> str:
    """The address that unsubscribes a user from a kind, without signing in."""
    return f"{settings.current().base_url}/unsubscribe/{user_id}/{kind}/{_stop_mark(user_id, kind)}"


async def stop(user_id: UUID, kind: str, mark: str) -> None:
    """Unsubscribe a user from a kind. Raises DomainError not_found for an address that we did not make."""
    refuse_made_up(user_id, kind, mark)
    async with db.as_administrator() as connection:
        await connection.execute(query("notices.unsubscribe"), user_id, [kind])


def refuse_made_up(user_id: UUID, kind: str, mark: str) -> None:
    """Raises DomainError not_found unless `stop_link` made this address."""
    right = hmac.compare_digest(mark.encode(), _stop_mark(user_id, kind).encode())
    if kind not in KINDS or not right:
        raise DomainError("not_found", "This address is not one of ours.")


def _stop_mark(user_id: UUID, kind: str) -> str:
    return keys.current().lookup_hash(f"unsubscribe/{user_id}/{kind}").hex()


async def read_webhooks(organisation_id: UUID) -> list[dict[str, Any]]:
    """The organisation's webhooks that are in use, without their secrets."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("notices.webhooks"), organisation_id)]


async def read_troubled(organisation_id: UUID) -> list[dict[str, Any]]:
    """What webhooks did not take: what is tried again, and what was given up; the newest 50."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("notices.troubled"), organisation_id)]


async def add_webhook(
    organisation_id: UUID, role: str, address: str, wanted: Collection[str], user_id: UUID
) -> str:
    """Call an address with each notice of these kinds; returns the secret that signs the calls, which is shown once.

    Raises DomainError bad_request, or conflict where there are enough.
    """
    address = address.strip()
    if not wanted or set(wanted) - set(KINDS_OF_ROLE.get(role, ())):
        raise DomainError("bad_request", "Choose at least one kind, among those on the page.")
    if len(address) > LONGEST_ADDRESS or (fault := web_address_fault(address)):
        raise DomainError(
            "bad_request", f"The address {fault if len(address) <= LONGEST_ADDRESS else 'is too long'}."
        )
    webhook_id, secret = uuid4(), secrets.token_urlsafe(32)
    sealed = keys.current().seal(secret.encode(), sealed_about(organisation_id, webhook_id))
    async with db.as_administrator() as connection:
        if await connection.fetchval(query("notices.count_webhooks"), organisation_id) >= MOST_WEBHOOKS:
            raise DomainError("conflict", f"There are {MOST_WEBHOOKS} webhooks already: end one first.")
        kept = (organisation_id, webhook_id, address, sealed, sorted(wanted), user_id, clock.now())
        await connection.execute(query("notices.add_webhook"), *kept)
    return secret


async def end_webhook(organisation_id: UUID, webhook_id: UUID) -> None:
    """Stop calling it, also for notices that are still waiting. Raises DomainError not_found."""
    now = clock.now()
    async with db.as_administrator() as connection:
        if await connection.fetchval(query("notices.end_webhook"), organisation_id, webhook_id, now) is None:
            raise DomainError("not_found", "There is no such webhook.")
        await connection.execute(query("notices.drop_waiting"), organisation_id, webhook_id, now)


async def try_again(organisation_id: UUID, delivery_id: UUID) -> None:
    """Send again what was given up. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        if (
            await connection.fetchval(query("notices.again"), organisation_id, delivery_id, clock.now())
            is None
        ):
            raise DomainError("not_found", "There is nothing of that kind that was given up.")


def sealed_about(organisation_id: UUID, webhook_id: UUID) -> str:
    """What the secret of a webhook is bound to."""
    return f"webhook/{organisation_id}/{webhook_id}"
