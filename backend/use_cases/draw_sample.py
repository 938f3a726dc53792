"""Draw a sample of a provider's attendances that anybody can draw again, and keep it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

import polars as pl

from backend import clock, db
from backend.domain.audit_tests.frames import AuditFacts
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.audit_tests.registry import BY_ID, audit
from backend.domain.sampling import ALGORITHM, draw, draw_by_weight, percent_faults, plan_sample
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.audit_facts import audit_facts
from backend.use_cases.audited_attendances import employed, kept
from backend.use_cases.run_audit import Asked, limits_of
from backend.use_cases.viewer import Viewer

LONGEST_SEED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw: days, percentages, the seed; by chance alone, or the flagged first."""

    first: date
    last: date
    seed: str
    confidence: Decimal = Decimal(95)
    tolerable: Decimal = Decimal(5)
    expected: Decimal = Decimal(1)
    by: Literal["random", "risk"] = "random"


async def draw_sample(
    provider_id: UUID, wanted: Wanted, asked: Asked, commissioner_id: UUID | None = None
) -> UUID:
    """Draw from the attendances recorded whole on these days, of one commissioner's visits if it is given; the id.

    Raises DomainError bad_request for days, percentages or a seed that no sample can go by.
    """
    limits = limits_of(wanted.first, wanted.last)
    faults = sample_faults(wanted.seed, wanted.confidence, wanted.tolerable, wanted.expected)
    if faults:
        raise DomainError("bad_request", " ".join(faults.values()))
    now, sample_id = clock.now(), uuid4()
    async with db.as_provider(provider_id) as connection:
        facts = await audit_facts(connection, provider_id, wanted.first, wanted.last, now, asked.user_id)
        weights = await asyncio.to_thread(_weights, facts, wanted, limits.values, commissioner_id)
        try:
            plan = plan_sample(len(weights), wanted.confidence, wanted.tolerable, wanted.expected)
        except ValueError as error:
            why = f"{error}; there are {len(weights)} attendances to draw from"
            raise DomainError("bad_request", f"No such sample can be drawn: {why}.") from error
        chosen = draw_by_weight if wanted.by == "risk" else draw
        drawn = chosen(wanted.seed, weights, plan.size)
        attended = kept(facts.visits, await employed(connection, provider_id))
    rows = [
        (provider_id, sample_id, position, UUID(visit), UUID(carer), weights[name], *attended[visit, carer])
        for position, name in enumerate(drawn, start=1)
        for visit, carer in [name.split("/")]
    ]
    # As whoever draws: a provider neither sees a commissioner's sample nor puts one in its place.
    drawer = db.as_commissioner(commissioner_id) if commissioner_id else db.as_provider(provider_id)
    async with drawer as connection:
        await connection.execute(
            query("audit.insert_sample"), provider_id, sample_id, commissioner_id, wanted.first, wanted.last, now,
            ALGORITHM, wanted.seed, wanted.by, wanted.confidence, wanted.tolerable, wanted.expected, len(weights),
            plan.size, plan.allowed, asked.user_id, now,
        )  # fmt: skip
        await connection.executemany(query("audit.insert_items"), rows)
    return sample_id


def sample_faults(seed: str, confidence: Decimal, tolerable: Decimal, expected: Decimal) -> dict[str, str]:
    """What is wrong with a seed and percentages, by name."""
    faults = percent_faults(confidence, tolerable, expected)
    if not 0 < len(seed) <= LONGEST_SEED or not seed.isprintable():
        faults["seed"] = f"Give a seed of 1 to {LONGEST_SEED} printable characters."
    return faults


async def draw_sample_for(viewer: Viewer, provider_id: UUID, wanted: Wanted) -> UUID:
    """The same for somebody signed in: a commissioner's auditor draws from the visits that it commissioned.

    Raises DomainError not_found for a provider that is none of theirs.
    """
    async with viewer.transaction() as connection:
        if provider_id not in await viewer.providers(connection):
            raise DomainError("not_found", "There is no such provider.")
        await viewer.note(connection, provider_id, "audit sample", None)
    asked = Asked(viewer.user_id, viewer.organisation_id)
    return await draw_sample(provider_id, wanted, asked, viewer.commissioner)


def _weights(
    facts: AuditFacts, wanted: Wanted, limits: AuditLimits, commissioner_id: UUID | None
) -> Mapping[str, int]:
    """Each attendance recorded whole, as visit/carer, with 1 and the weights of the tests that flagged it."""
    whole = facts.visits.filter(
        pl.col("actual_start").is_not_null(),
        pl.col("actual_end").is_not_null(),
        pl.col("carer_id").is_not_null(),
    )
    if commissioner_id is not None:
        whole = whole.filter(pl.col("commissioner_id") == str(commissioner_id))
    weights = Counter(
        {f"{visit}/{carer}": 1 for visit, carer in whole.select("visit_id", "carer_id").iter_rows()}
    )
    if wanted.by == "risk":
        found = audit(facts, limits).select("test", "carer_id", "visit_ids")
        flagged = found.explode("visit_ids", empty_as_null=False).drop_nulls("visit_ids").unique()
        at = defaultdict(set)
        for visit, carer in whole.select("visit_id", "carer_id").iter_rows():
            at[visit].add(carer)
        told = {
            (test, visit, carer)
            for test, named, visit in flagged.iter_rows()
            for carer in (at[visit] if named is None or BY_ID[test].of_all_there else at[visit] & {named})
        }
        for test, visit, carer in told:
            weights[f"{visit}/{carer}"] += BY_ID[test].weight
    return weights
