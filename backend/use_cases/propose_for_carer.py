"""A manager says that a carer's recorded time is not what happened; the carer sees it, and may object."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.canonical import canonical, sha256
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.correction_reasons import Reason, reasons_in_force
from backend.use_cases.propose_correction import refuse_foreign
from schemas.mobile import DAY_REASONS, ProposedTimes, ReasonCode
from schemas.strict import Fault, Faulty

_AWAY: Final = timedelta(days=1)
"""A time further from the plan than this belongs to another visit: events are looked for no further away either."""


async def propose_for_carer(
    provider_id: UUID,
    user_id: UUID,
    carer: str,
    visit_id: UUID | None,
    proposed: ProposedTimes,
    reason: Reason,
    note: str | None = None,
) -> UUID:
    """Keep a manager's correction of a visit, or without one of the carer's London day; returns its id.

    `carer` is a reference; `reason` one that phones know, or the provider's own in force now. Raises Faulty, or
    DomainError not_found for an unknown carer or another's visit. Nothing recorded changes until another manager
    accepts it, nor while the carer objects. A form that is sent twice is one correction while that waits.
    """
    if faults := list(_faults(visit_id, proposed, reason.code)):
        raise Faulty(faults)
    async with db.as_provider(provider_id) as connection:
        carer_id = await connection.fetchval(query("phones.carer_by_reference"), provider_id, carer)
        if carer_id is None:
            raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
        await refuse_foreign(connection, provider_id, visit_id, carer_id)
        if visit_id is not None:
            await _refuse_far(connection, provider_id, visit_id, proposed)
        if reason.own and reason not in await reasons_in_force(
            connection, provider_id, london_date(clock.now())
        ):
            raise Faulty([Fault("/reason", "is not in force any more: choose another")])
        return await _keep(connection, provider_id, user_id, carer_id, visit_id, proposed, reason, note)


async def _keep(
    connection: asyncpg.Connection,
    provider_id: UUID,
    user_id: UUID,
    carer_id: UUID,
    visit_id: UUID | None,
    proposed: ProposedTimes,
    reason: Reason,
    note: str | None,
) -> UUID:
    """The id of what is kept: of the same that was sent before, if nobody has decided it."""
    content = None if note is None else canonical({"text": note})
    digest = None if content is None else sha256(content)
    times = (proposed.start, proposed.end)
    await connection.execute(query("corrections.lock"), carer_id)
    same = (carer_id, visit_id, *times, reason.code.value, reason.own, user_id, digest)
    sent_before: UUID | None = await connection.fetchval(query("corrections.same_open"), provider_id, *same)
    if sent_before is not None:
        return sent_before
    correction_id = uuid4()
    await connection.fetchval(
        query("corrections.insert"),
        *(provider_id, correction_id, carer_id, visit_id, _day(visit_id, proposed.start), *times),
        *(reason.code.value, "manager", user_id, None, digest, None, None, clock.now(), reason.own),
    )
    if content is not None:
        await connection.execute(query("corrections.insert_note"), provider_id, correction_id, content)
    return correction_id


def _faults(visit_id: UUID | None, proposed: ProposedTimes, reason_code: ReasonCode) -> Iterator[Fault]:
    yield from ProposedTimes.faults(msgspec.structs.asdict(proposed))
    for name, instant in _times(proposed):
        if instant > clock.now():
            yield Fault(f"/{name}", "has not come yet")
    if visit_id is None and proposed.start is None:
        yield Fault("/start", "is needed for a day")
    if visit_id is None and proposed.end is None:
        yield Fault("/end", "is needed for a day")
    if (visit_id is None) != (reason_code in DAY_REASONS):
        yield Fault(
            "/reason", "is for a visit, not a day" if visit_id is None else "is for a day, not a visit"
        )


def _times(proposed: ProposedTimes) -> list[tuple[str, datetime]]:
    return [
        (name, instant)
        for name, instant in (("start", proposed.start), ("end", proposed.end))
        if instant is not None
    ]


async def _refuse_far(
    connection: asyncpg.Connection, provider_id: UUID, visit_id: UUID, proposed: ProposedTimes
) -> None:
    """Raise Faulty for a time that lies more than a day before or after the planned visit."""
    plan = await connection.fetchrow(query("corrections.planned"), provider_id, visit_id)
    if plan is None:
        return
    opens, closes = plan["starts_at"] - _AWAY, plan["ends_at"] + _AWAY
    far = [name for name, instant in _times(proposed) if not opens <= instant <= closes]
    if far:
        raise Faulty([Fault(f"/{name}", "is more than a day away from the planned visit") for name in far])


def _day(visit_id: UUID | None, start: datetime | None) -> object:
    return None if visit_id is not None or start is None else london_date(start)
