"""A manager says that a carer's recorded time is not what happened; the carer sees it, and may object."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

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
    accepts it, nor while the carer objects.
    """
    if faults := list(_faults(visit_id, proposed, reason.code)):
        raise Faulty(faults)
    correction_id = uuid4()
    content = None if note is None else canonical({"text": note})
    async with db.as_provider(provider_id) as connection:
        carer_id = await connection.fetchval(query("phones.carer_by_reference"), provider_id, carer)
        if carer_id is None:
            raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
        await refuse_foreign(connection, provider_id, visit_id, carer_id)
        if reason.own and reason not in await reasons_in_force(
            connection, provider_id, london_date(clock.now())
        ):
            raise Faulty([Fault("/reason", "is not in force any more: choose another")])
        await connection.fetchval(
            query("corrections.insert"),
            provider_id,
            correction_id,
            carer_id,
            visit_id,
            _day(visit_id, proposed.start),
            proposed.start,
            proposed.end,
            reason.code.value,
            "manager",
            user_id,
            *(None, sha256(content) if content else None, None, None),
            clock.now(),
            reason.own,
        )
        if content is not None:
            await connection.execute(query("corrections.insert_note"), provider_id, correction_id, content)
    return correction_id


def _faults(visit_id: UUID | None, proposed: ProposedTimes, reason_code: ReasonCode) -> Iterator[Fault]:
    yield from ProposedTimes.faults(msgspec.structs.asdict(proposed))
    if visit_id is None and proposed.start is None:
        yield Fault("/start", "is needed for a day")
    if visit_id is None and proposed.end is None:
        yield Fault("/end", "is needed for a day")
    if (visit_id is None) != (reason_code in DAY_REASONS):
        yield Fault(
            "/reason", "is for a visit, not a day" if visit_id is None else "is for a day, not a visit"
        )


def _day(visit_id: UUID | None, start: datetime | None) -> object:
    return None if visit_id is not None or start is None else london_date(start)
