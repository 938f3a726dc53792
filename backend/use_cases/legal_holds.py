"""Legal holds: while one stands, nothing of a carer, a person or the whole provider is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query

SUBJECTS: Final = ("carer", "person", "provider")


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as it is shown. `reference` names its carer or person; None of the whole provider."""

    id: UUID
    subject: str
    reference: str | None
    reason: str
    set_at: datetime
    lifted_at: datetime | None
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """Whose records must not go now."""

    everything: bool
    carers: list[UUID]
    people: list[UUID]


async def held_now(connection: asyncpg.Connection, provider_id: UUID) -> Held:
    """What the holds of a provider keep at the moment."""
    rows = await connection.fetch(query("privacy.holds"), provider_id, False)
    of = {kind: [row["subject_id"] for row in rows if row["subject"] == kind] for kind in SUBJECTS}
    return Held(bool(of["provider"]), of["carer"], of["person"])


async def held_until_done(connection: asyncpg.Connection, provider_id: UUID) -> Held:
    """The same for whoever deletes: nobody sets another hold until the transaction ends."""
    await connection.execute(query("privacy.lock_holds"), provider_id)
    return await held_now(connection, provider_id)


async def read_holds(provider_id: UUID, all_of_them: bool = True) -> list[Hold]:
    """The holds of a provider, the newest first; those that were lifted too, unless they are not wanted."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("privacy.holds"), provider_id, all_of_them)
    names = ("id", "subject", "reference", "reason", "set_at", "lifted_at", "lifted_because")
    return [Hold(**{name: row[name] for name in names}) for row in rows]


async def set_hold(
    provider_id: UUID, subject: str, reference: str | None, reason: str, user_id: UUID | None
) -> UUID:
    """Keep everything of a subject until the hold is lifted. Raises DomainError bad_request or not_found.

    Once it returns nothing more goes: deletions that began before it have ended.
    """
    if subject not in SUBJECTS or not reason.strip():
        raise DomainError("bad_request", "Say whom it is about, and why: the reason is kept.")
    made = uuid4()
    async with db.as_provider(provider_id) as connection:
        whom = None
        if subject != "provider":
            whom = await subject_id(connection, provider_id, subject, reference or "")
        await connection.execute(query("privacy.lock_holds"), provider_id)
        said = (made, subject, whom, reason.strip(), user_id, clock.now())
        await connection.execute(query("privacy.set_hold"), provider_id, *said)
    return made


async def lift_hold(provider_id: UUID, hold_id: UUID, reason: str, user_id: UUID | None) -> None:
    """Let periods run again. Raises DomainError bad_request, or not_found for a hold that does not stand."""
    if not reason.strip():
        raise DomainError("bad_request", "Say why it is lifted: the reason is kept.")
    async with db.as_provider(provider_id) as connection:
        said = (hold_id, reason.strip(), user_id, clock.now())
        if await connection.fetchval(query("privacy.lift_hold"), provider_id, *said) is None:
            raise DomainError("not_found", "There is no such hold in force.")


async def subject_id(connection: asyncpg.Connection, provider_id: UUID, subject: str, reference: str) -> UUID:
    """The carer or person of a reference. Raises DomainError not_found."""
    found: UUID | None = await connection.fetchval(
        query(f"privacy.{subject}"), provider_id, reference.strip()
    )
    if found is None:
        raise DomainError("not_found", f"There is no {subject} {reference.strip()[:60]}.")
    return found
