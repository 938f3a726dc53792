"""The thresholds in force for a provider on a day: the packaged policy, and the provider's own values over it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.policy import EarlierPaces, OwnPace, Policy
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


async def policy_of_days(
    connection: asyncpg.Connection, provider_id: UUID, first: date, last: date, as_of: datetime
) -> Policy:
    """The policy in force on the last of these London dates, with the paces of those before it: what was adopted from a
    day on judges no journey of an earlier one. Raises as `provider_policy`.
    """
    policy = await provider_policy(connection, provider_id, last, as_of)
    rows = await connection.fetch(query("policy.paces"), provider_id, first, last, as_of)
    adopted = [(row["starts_on"], _paces(row["paces"])) for row in rows]
    return msgspec.structs.replace(policy, earlier_paces=_earlier(adopted, first)) if adopted else policy


def _earlier(adopted: Sequence[tuple[date, tuple[OwnPace, ...]]], first: date) -> tuple[EarlierPaces, ...]:
    """Among paces by their first date, those that later ones have replaced, from `first` on."""
    before = [] if adopted[0][0] <= first else [(first, ())]
    return tuple(
        EarlierPaces(until=starts_on - timedelta(days=1), paces=paces)
        for (_, paces), (starts_on, _) in pairwise([*before, *adopted])
    )


def _paces(own: str | None) -> tuple[OwnPace, ...]:
    return () if own is None else msgspec.json.decode(own, type=tuple[OwnPace, ...])


def in_force(own: Any, day: date) -> Policy:
    """The packaged policy of a London date with the provider's own values over it, as the database gives them or None.

    Raises DomainError bad_request for a day before any policy.
    """
    try:
        return policy_on(day, msgspec.json.decode(own) if isinstance(own, str) else own)
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be worked out so far back: {error}.") from error
