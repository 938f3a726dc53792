"""Run every audit test over a provider's period, and keep what they flag."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import polars as pl

from backend import clock, db
from backend.domain.audit_tests.frames import evidence
from backend.domain.audit_tests.registry import audit
from backend.domain.time import london_date, london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.statute.audit import AuditInterval, audit_limits_on
from backend.use_cases.audit_facts import audit_facts
from backend.use_cases.viewer import Viewer

LONGEST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an audit: somebody signed in, or nobody known, on the command line."""

    user_id: UUID | None = None
    organisation_id: UUID | None = None


async def run_audit(provider_id: UUID, first: date, last: date, asked: Asked) -> UUID:
    """Run the tests over visits of the London dates `first` to `last`, as recorded now; returns the run's id.

    Raises DomainError bad_request for days that no audit can be of.
    """
    limits = limits_of(first, last)
    now, run_id = clock.now(), uuid4()
    async with db.as_provider(provider_id) as connection:
        facts = await audit_facts(connection, provider_id, first, last, now, asked.user_id)
        closes = london_midnight(last + timedelta(days=1))
        flagged = await asyncio.to_thread(audit, facts, limits.values)
        found = flagged.filter((pl.col("at") < closes).fill_null(True))
        values: tuple[Any, ...] = (first, last, now, limits.id, evidence(facts).attended.height)
        await connection.execute(
            query("audit.insert_run"), provider_id, run_id, *values, asked.user_id, asked.organisation_id, now
        )
        buyers = await _buyers(connection, provider_id, found)
        rows = [
            (provider_id, run_id, number, *_row(flag, buyers))
            for number, flag in enumerate(found.iter_rows(named=True), start=1)
        ]
        await connection.executemany(query("audit.insert_flags"), rows)
    return run_id


def limits_of(first: date, last: date) -> AuditInterval:
    """The limits by which visits of these days are audited.

    Raises DomainError bad_request for days the wrong way round, too many, still to come or before any limits.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise DomainError(
            "bad_request", f"Give a first and a last day, at most {LONGEST_DAYS} days together."
        )
    if first > london_date(clock.now()):
        raise DomainError("bad_request", f"{first.isoformat()} is still to come.")
    try:
        return audit_limits_on(first)
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be audited so far back: {error}.") from error


async def run_audit_for(viewer: Viewer, provider_id: UUID, first: date, last: date) -> UUID:
    """The same for somebody signed in. Raises DomainError not_found for a provider that is none of theirs."""
    async with viewer.transaction() as connection:
        if provider_id not in await viewer.providers(connection):
            raise DomainError("not_found", "There is no such provider.")
        await viewer.note(connection, provider_id, "audit tests", None)
    return await run_audit(provider_id, first, last, Asked(viewer.user_id, viewer.organisation_id))


async def _buyers(
    connection: asyncpg.Connection, provider_id: UUID, found: pl.DataFrame
) -> Mapping[str, set[UUID]]:
    """Who commissioned each visit that a flag names."""
    named = found["visit_ids"].explode(empty_as_null=False).drop_nulls().unique()
    rows = await connection.fetch(query("audit.commissioners"), provider_id, [UUID(name) for name in named])
    buyers: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        buyers[row["visit_id"]].add(row["commissioner_id"])
    return buyers


def _row(flag: Mapping[str, Any], buyers: Mapping[str, set[UUID]]) -> tuple[Any, ...]:
    visits = flag["visit_ids"]
    whose = sorted({buyer for visit in visits for buyer in buyers.get(visit, ())})
    return (
        flag_key(flag), flag["test"], _id(flag["carer_id"]), _id(flag["visit_id"]), [UUID(one) for one in visits],
        [UUID(one) for one in flag["event_rows"]], flag["others"], flag["at"], flag["measured"], flag["limit"], whose,
    )  # fmt: skip


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def flag_key(flag: Mapping[str, Any]) -> str:
    """The same text for the same flag in every run: what a person decided about it stays with it.

    A pattern over many visits is another flag when other visits show it.
    """
    parts = [flag["test"], flag["carer_id"] or "", *sorted(flag["visit_ids"]), "", *sorted(flag["others"])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
