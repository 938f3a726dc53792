"""The thresholds in force for a provider on a day: the packaged policy, and the provider's own values over it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.policy import Policy
from backend.faults import DomainError
from backend.sql import query
from backend.statute.policy import policy_on


async def provider_policy(
    connection: asyncpg.Connection, provider_id: UUID, day: date, as_of: datetime
) -> Policy:
    """The policy in force on a London date, as far as it was recorded at `as_of`.

    Raises DomainError bad_request for a day before any policy.
    """
    return in_force(await connection.fetchval(query("policy.own"), provider_id, day, as_of), day)


def in_force(own: Any, day: date) -> Policy:
    """The packaged policy of a London date with the provider's own values over it, as the database gives them or None.

    Raises DomainError bad_request for a day before any policy.
    """
    try:
        return policy_on(day, msgspec.json.decode(own) if isinstance(own, str) else own)
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be worked out so far back: {error}.") from error
