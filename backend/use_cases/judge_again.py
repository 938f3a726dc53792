"""Judge positions again when a place is approved for a person after the events came.

What was judged then stays. Where the new place says more for the event, a dated second judgement that names the place
stands beside the first, and counts from its instant on. A position that is held no longer, or was never written down
because it was the carer's own home, is not judged again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.evidence import RULE_VERSION, Judgement, judge
from backend.domain.place import Circle
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.keep_events import judgement_row
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.read_places import places_of
from schemas.mobile import Fix

_BETTER: Final = {"outside": ("cannot_tell", "inside"), "cannot_tell": ("inside",)}
_fix: Final = msgspec.json.Decoder(Fix)


async def judge_again(
    connection: asyncpg.Connection,
    provider_id: UUID,
    people: Iterable[UUID],
    approved: Iterable[UUID],
    now: datetime,
) -> int:
    """Judge against these newly approved places what was judged of their people's visits before; how many gained by it.

    Runs in the caller's transaction, which holds the provider's loading lock.
    """
    wanted = {str(place) for place in approved}
    known = await places_of(connection, provider_id, people) if wanted else {}
    places = {person: [place for place in circles if place.id in wanted] for person, circles in known.items()}
    days = [place.first for circles in places.values() for place in circles if place.first is not None]
    if not days:
        return 0
    rows = await connection.fetch(query("places.judged_elsewhere"), provider_id, list(places), min(days))
    policies = await _policies(connection, provider_id, {row["received_at"] for row in rows})
    found = {}
    for row in rows:
        circles = [place for place in places[row["service_user_id"]] if place.in_force(row["day"])]
        judged = _judged(row, circles, policies[london_date(row["received_at"])])
        if circles and judged.fence in _BETTER[row["fence"]]:
            found[row["row_id"]] = _kept(provider_id, row, judged, now)
    await connection.executemany(query("events.insert_judgement"), list(found.values()))
    return len(found)


async def _policies(
    connection: asyncpg.Connection, provider_id: UUID, instants: Iterable[datetime]
) -> dict[date, Policy]:
    """The policy by which events were judged that came on each London date."""
    newest = {london_date(instant): instant for instant in sorted(instants)}
    return {
        day: await provider_policy(connection, provider_id, day, instant) for day, instant in newest.items()
    }


def _judged(row: Mapping[str, Any], circles: Sequence[Circle], policy: Policy) -> Judgement:
    fix = _fix.decode(row["content"])
    return judge(fix, None, row["occurred_at"], circles, (), policy.fix_stale_after_s, row["method"])


def _kept(provider_id: UUID, row: Mapping[str, Any], judged: Judgement, now: datetime) -> tuple[Any, ...]:
    said = judgement_row(judged, position_kept=True)
    assert judged.place_id is not None
    number, because = row["number"] + 1, UUID(judged.place_id)
    return (provider_id, row["row_id"], number, because, RULE_VERSION, now, *said)
