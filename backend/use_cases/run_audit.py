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
from backend.use_cases.audited_attendances import Employed, employed, kept
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
        attended = evidence(facts).attended
        values: tuple[Any, ...] = (first, last, now, limits.id, attended.height)
        await connection.execute(
            query("audit.insert_run"), provider_id, run_id, *values, asked.user_id, asked.organisation_id, now
        )
        await _keep_populations(connection, provider_id, run_id, attended)
        known = await employed(connection, provider_id)
        named = facts.visits.filter(pl.col("visit_id").is_in(_named(found).implode()))
        await _keep_visits(connection, provider_id, run_id, named, known)
        await _keep_flags(connection, provider_id, run_id, found, _employments(named, known))
    return run_id


async def _keep_populations(
    connection: asyncpg.Connection, provider_id: UUID, run_id: UUID, attended: pl.DataFrame
) -> None:
    """How many attendances each commissioner's were: what its auditors' flags are out of."""
    counted = attended.drop_nulls("commissioner_id").group_by("commissioner_id").len().sort("commissioner_id")
    rows = [(provider_id, run_id, UUID(buyer), number) for buyer, number in counted.iter_rows()]
    await connection.executemany(query("audit.insert_population"), rows)


async def _keep_visits(
    connection: asyncpg.Connection,
    provider_id: UUID,
    run_id: UUID,
    named: pl.DataFrame,
    known: Employed,
) -> None:
    """The attendances that flags name, as they stand now."""
    buyers = {row[0]: row[1] for row in named.select("visit_id", "commissioner_id").iter_rows()}
    rows = [
        (provider_id, run_id, number, UUID(visit), _id(carer), _id(buyers[visit]), *values)
        for number, ((visit, carer), values) in enumerate(kept(named, known).items(), start=1)
    ]
    await connection.executemany(query("audit.insert_run_visits"), rows)


async def _keep_flags(
    connection: asyncpg.Connection,
    provider_id: UUID,
    run_id: UUID,
    found: pl.DataFrame,
    employments: Mapping[tuple[str, str | None], str | None],
) -> None:
    """The flags, each with the employment of its carer: at the visit that it is about, or at the first."""
    buyers = await _buyers(connection, provider_id, found)
    rows = [
        (provider_id, run_id, number, *_row(flag, buyers), _employment(flag, employments))
        for number, flag in enumerate(found.iter_rows(named=True), start=1)
    ]
    await connection.executemany(query("audit.insert_flags"), rows)


def _employments(visits: pl.DataFrame, known: Employed) -> Mapping[tuple[str, str | None], str | None]:
    """Under which employment each carer attended each visit, and under no visit's name the carer's first."""
    attended = visits.select("visit_id", "carer_id", "employment_id").iter_rows(named=True)
    first = {(carer, None): reference for carer, reference in known.first.items()}
    return {**first, **{(row["carer_id"], row["visit_id"]): known.reference(row) for row in attended}}


def _employment(
    flag: Mapping[str, Any], employments: Mapping[tuple[str, str | None], str | None]
) -> str | None:
    carer = flag["carer_id"]
    at = [employments.get((carer, visit)) for visit in (flag["visit_id"], *flag["visit_ids"], None) if carer]
    return next((reference for reference in at if reference), None)


def limits_of(first: date, last: date) -> AuditInterval:
    """The limits by which visits of these days are audited.

    Raises DomainError bad_request for days with `period_faults`.
    """
    faults = period_faults(first, last)
    if faults:
        raise DomainError("bad_request", " ".join(faults.values()))
    return audit_limits_on(first)


def period_faults(first: date, last: date) -> dict[str, str]:
    """What is wrong with the first and the last day of an audit: the wrong way round, too many, still to come, or
    before any limits."""
    faults = {}
    if last < first:
        faults["last"] = "The last day lies before the first."
    elif (last - first).days >= LONGEST_DAYS:
        faults["last"] = f"At most {LONGEST_DAYS} days together can be audited."
    if first > london_date(clock.now()):
        faults["first"] = f"{first.isoformat()} is still to come."
    try:
        audit_limits_on(first)
    except LookupError as error:
        faults["first"] = f"Nothing can be audited so far back: {error}."
    return faults


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
    rows = await connection.fetch(
        query("audit.commissioners"), provider_id, [UUID(name) for name in _named(found)]
    )
    buyers: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        buyers[row["visit_id"]].add(row["commissioner_id"])
    return buyers


def _named(found: pl.DataFrame) -> pl.Series:
    """The visits that flags name."""
    return found["visit_ids"].explode(empty_as_null=False).drop_nulls().unique()


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
