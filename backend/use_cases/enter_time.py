"""A manager enters a carer's time besides visits, or changes what was entered; every version is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.domain.zone import squeezed
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.loading.entered import VERSIONS, Entry, activity_id, entry_faults, known_carers
from backend.use_cases.loading.places import Place, postcodes
from backend.use_cases.loading.versions import append
from schemas.strict import Fault, Faulty


@dataclass(frozen=True, slots=True)
class Where:
    """Where the time was spent: degrees north and east, or else a postcode; nothing if that is not said."""

    postcode: str | None = None
    place: Place = (None, None)


NOT_SAID: Final = Where()


async def enter_time(
    provider_id: UUID,
    user_id: UUID,
    carer: str,
    kind: str,
    start: datetime,
    end: datetime,
    reason: str,
    where: Where = NOT_SAID,
) -> UUID:
    """Keep time of one of schemas.loading.ENTERED_KINDS and return its id; it counts from now on.

    `carer` is a reference. Raises Faulty (`/start`, `/end`, `/place`), or DomainError not_found for an unknown carer.
    A form that is sent twice is entered once.
    """
    async with db.as_provider(provider_id) as connection:
        reference = str(uuid4())
        found, place = await _checked(connection, provider_id, carer, start, end, where)
        await connection.execute(query("loading.lock"), str(provider_id))
        said = (found, kind, start, end, reason, user_id, *place)
        sent_before = await connection.fetchval(query("activities.same"), provider_id, *said)
        if sent_before is not None:
            return UUID(str(sent_before))
        entry = Entry(reference, found, kind, start, end, reason, entered_by=user_id, place=place)
        await _append(connection, provider_id, entry)
    return activity_id(provider_id, reference)


async def change_time(
    provider_id: UUID,
    user_id: UUID,
    activity: UUID,
    seen: int,
    kind: str,
    start: datetime,
    end: datetime,
    reason: str,
    where: Where = NOT_SAID,
) -> None:
    """Put another version in place of version `seen`. Raises as `enter_time`, and conflict if that is old."""
    async with db.as_provider(provider_id) as connection:
        newest = await _newest(connection, provider_id, activity, seen)
        found, place = await _checked(connection, provider_id, newest["carer"], start, end, where)
        entry = Entry(newest["reference"], found, kind, start, end, reason, entered_by=user_id, place=place)
        await _append(connection, provider_id, entry)


async def withdraw_time(provider_id: UUID, user_id: UUID, activity: UUID, seen: int, reason: str) -> None:
    """Let the time count no more. Raises DomainError not_found, or conflict if version `seen` is not the newest."""
    async with db.as_provider(provider_id) as connection:
        newest = await _newest(connection, provider_id, activity, seen)
        times = (newest["kind"], newest["starts_at"], newest["ends_at"])
        place = (newest["lat"], newest["lon"])
        entry = Entry(newest["reference"], newest["carer_id"], *times, reason, True, user_id, place)
        await _append(connection, provider_id, entry)


async def entered_time(provider_id: UUID, activity: UUID) -> Sequence[Mapping[str, Any]]:
    """Every version of what was entered, the newest last. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        return await _versions(connection, provider_id, activity)


async def _versions(
    connection: asyncpg.Connection, provider_id: UUID, activity: UUID
) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(
        query("activities.versions"), provider_id, activity
    )
    if not rows:
        raise DomainError("not_found", "Nothing was entered under this address.")
    return rows


async def _newest(
    connection: asyncpg.Connection, provider_id: UUID, activity: UUID, seen: int
) -> Mapping[str, Any]:
    await connection.execute(query("loading.lock"), str(provider_id))
    newest = (await _versions(connection, provider_id, activity))[-1]
    if newest["version"] != seen:
        raise DomainError("conflict", "Somebody has changed this in the meantime: look at it again first.")
    return newest


async def _checked(
    connection: asyncpg.Connection,
    provider_id: UUID,
    carer: str,
    start: datetime,
    end: datetime,
    where: Where,
) -> tuple[UUID, Place]:
    """The carer's id and the place, if the times can be and the place is known."""
    known = (await known_carers(connection, provider_id, [carer])).get(carer)
    if known is None:
        raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
    faults = [Fault(f"/{field}", words) for field, words in entry_faults(known, start, end, clock.now())]
    place = await _place(connection, where)
    if place is None:
        faults.append(
            Fault("/place", f"is not known: {where.postcode} has none in the postcode list, so give degrees")
        )
    if place is None or faults:
        raise Faulty(faults)
    return known.id, place


async def _place(connection: asyncpg.Connection, where: Where) -> Place | None:
    """The degrees given, else those of the postcode; null for a postcode without a place."""
    if where.postcode is None:
        return where.place
    found = (await postcodes(connection, [where.postcode])).get(squeezed(where.postcode))
    return None if found is None or found.lat is None else (found.lat, found.lon)


async def _append(connection: asyncpg.Connection, provider_id: UUID, entry: Entry) -> None:
    await connection.execute(query("loading.lock"), str(provider_id))
    await append(connection, VERSIONS, [entry.fact(provider_id)], clock.now())
