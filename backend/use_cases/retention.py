"""How long a provider keeps each class of records: the packaged default, or its own period within its bounds."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.statute.retention import Period, RecordClass, packaged


@dataclass(frozen=True, slots=True)
class Kept:
    """A class of records and its period in days; `own` with the reason where the provider chose it."""

    about: RecordClass
    bounds: Period
    days: int
    reason: str | None


async def periods_on(connection: asyncpg.Connection, provider_id: UUID, day: date) -> dict[str, Kept]:
    """The periods that apply on a London date, by class. A provider's own period outside the bounds of that day is
    brought within them.
    """
    rows = await connection.fetch(query("privacy.periods"), provider_id, day)
    own = {row["class"]: row for row in rows}
    found = {}
    for name, about in packaged().items():
        bounds, row = about.on(day), own.get(name)
        days = bounds.default_days if row is None else row["days"]
        within = min(max(days, bounds.least_days), bounds.most_days)
        found[name] = Kept(about, bounds, within, None if row is None else row["reason"])
    return found


async def read_periods(provider_id: UUID) -> list[Kept]:
    """The periods that apply today."""
    async with db.as_provider(provider_id) as connection:
        return list((await periods_on(connection, provider_id, london_date(clock.now()))).values())


async def set_period(
    provider_id: UUID, name: str, days: int, starts_on: date, reason: str, user_id: UUID | None
) -> None:
    """Keep a class of records so many days, from a London date on, today or later. Raises DomainError bad_request."""
    about, now = packaged().get(name), clock.now()
    if about is None:
        raise DomainError("bad_request", f"There is no class {name}; there are {', '.join(packaged())}.")
    if starts_on < london_date(now):
        raise DomainError(
            "bad_request", "A period must begin today or later: what has been deleted cannot be recovered."
        )
    bounds = about.on(starts_on)
    if not bounds.least_days <= days <= bounds.most_days:
        between = f"between {bounds.least_days} and {bounds.most_days} days"
        raise DomainError("bad_request", f"{about.title} are kept {between} ({bounds.instrument}).")
    if not reason.strip():
        raise DomainError("bad_request", "Say why: the reason is kept.")
    async with db.as_provider(provider_id) as connection:
        said = (name, starts_on, days, reason.strip(), user_id, now)
        await connection.execute(query("privacy.set_period"), provider_id, *said)


def before(kept: Kept, now: datetime) -> date:
    """The London date before which records of a class have reached the end of their period."""
    return date.fromordinal(london_date(now).toordinal() - kept.days)
