"""A carer cannot come: the absence is recorded, and her visits are given to others, all at once.

Whoever is suggested for a visit works for the provider that day, and nothing speaks against her. What is suggested
first for one visit counts when the next is looked at, so that the first suggestions can all be taken together.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend.domain.cover import Suggestion, ranked
from backend.domain.planning import away_span
from backend.domain.time import london_date, london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.statute.planning import PlanningPolicy, planning_on
from backend.use_cases.loading import Session, load_within, planning_session
from backend.use_cases.parties import parties
from backend.use_cases.plan_visit import Planner, Row, newest_plan, over, plain, settle
from backend.use_cases.roster_facts import OnRota, RosterFacts, planned_visits, roster_facts
from schemas.planning import parse_clock
from schemas.scalars import parse_date

MOST_VISITS: Final = 20
"""How many visits are looked at together; those behind follow once these are settled."""
MOST_SUGGESTED: Final = 5
FIELDS: Final = ("kind", "from", "from_time", "until", "until_time")


@dataclass(frozen=True, slots=True)
class ToCover:
    """A visit that needs somebody else. `person`: the name; `suggested`: the best first, none if nobody can take it."""

    visit: OnRota
    person: str
    suggested: list[Suggestion]


@dataclass(frozen=True, slots=True)
class Cover:
    """What an absence means. `more`: further visits behind these; `weeks`: how far back `known` counts."""

    name: str
    visits: list[ToCover]
    more: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to make a visit of which version `seen` was looked at: an employment, or None for nobody yet."""

    visit: UUID
    seen: int
    employment: str | None


class _Looked(Exception):
    """Leaves a transaction that was only for looking."""


async def read_cover(planner: Planner, carer: str, absence: Row) -> Cover:
    """What the absence of a carer (the person's reference) would mean, without recording it. `absence`: FIELDS.

    Raises LoadRefused with every fault of the absence, or DomainError not_found.
    """
    found: Cover | None = None
    try:
        async with planning_session(planner.provider_id, planner.user_id) as session:
            own = await _record(session, planner.provider_id, carer, absence)
            found = await _cover(session, planner.provider_id, own, absence)
            raise _Looked
    except _Looked:
        assert found is not None
    return found


async def save_cover(planner: Planner, carer: str, absence: Row, choices: Sequence[Choice]) -> None:
    """Record the absence and give the visits to those chosen, all or nothing.

    Raises LoadRefused, Objections, or DomainError not_found, and conflict if one of the visits was changed meanwhile.
    """
    async with planning_session(planner.provider_id, planner.user_id, planner.reason) as session:
        own = await _record(session, planner.provider_id, carer, absence)
        references = {row["reference"] for row in own}
        rows = [await _given(session, planner.provider_id, one, references) for one in choices]
        await load_within(session, "rota", rows)
        session.report.refuse()
        await settle(session, planner, [one.visit for one in choices])


async def _record(
    session: Session, provider_id: UUID, carer: str, absence: Row
) -> Sequence[Mapping[str, Any]]:
    """Store the absence for each employment that holds then. Rows of roster.carer; at least one."""
    own: Sequence[Mapping[str, Any]] = await session.connection.fetch(
        query("roster.carer"), provider_id, carer
    )
    if not own:
        raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
    said = {name: absence[name] for name in FIELDS if absence.get(name)}
    provider = (await parties(session.connection, [provider_id]))[provider_id].reference
    first, last = (_day(absence.get(name)) for name in ("from", "until"))
    holding = [row for row in own if _meets(row, first, last)] or list(own)
    rows = [{**said, "provider": provider, "employment": row["reference"]} for row in holding]
    await load_within(session, "leave", rows)
    session.report.refuse()
    return own


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


def _meets(row: Mapping[str, Any], first: date | None, last: date | None) -> bool:
    begins_late = last is not None and row["starts_on"] > last
    ended = first is not None and row["ends_on"] is not None and row["ends_on"] < first
    return not (begins_late or ended)


async def _given(session: Session, provider_id: UUID, choice: Choice, hers: set[str]) -> dict[str, str]:
    """The visit as a row of the rota, with whoever was chosen in the place of the carer who is away."""
    newest = await newest_plan(provider_id, choice.visit, session)
    if newest is None:
        raise DomainError("not_found", "There is no such visit.")
    if newest["version"] != choice.seen or newest["status"] != "planned":
        words = f"Somebody has changed {newest['visit']} in the meantime: look at it again first."
        raise DomainError("conflict", words)
    if (words_over := over(newest, session.now)) is not None:
        raise DomainError("conflict", f"{newest['visit']}: {words_over}")
    carers = [newest["carer"], newest["second_carer"]]
    kept = [choice.employment if one in hers else one for one in carers]
    row = await plain(session, provider_id, newest)
    given = dict(zip(("carer", "second_carer"), (one for one in kept if one), strict=False))
    return {name: row[name] for name in row if name not in ("carer", "second_carer")} | given


async def _cover(
    session: Session, provider_id: UUID, own: Sequence[Mapping[str, Any]], absence: Row
) -> Cover:
    policy = planning_on(london_date(session.now))
    visits = await _affected(session, provider_id, own, absence, policy)
    shown = visits[:MOST_VISITS]
    found: list[ToCover] = []
    if shown:
        days = [london_date(one.start) for one in shown]
        facts = await roster_facts(session.connection, provider_id, min(days), max(days), session.now)
        known = await _known(session, provider_id, shown, facts, policy)
        carer = own[0]["carer_id"]
        found = await asyncio.to_thread(_suggested, facts, shown, carer, known)
    return Cover(own[-1]["name"], found, len(visits) - len(shown), policy.continuity_weeks)


async def _affected(
    session: Session,
    provider_id: UUID,
    own: Sequence[Mapping[str, Any]],
    absence: Row,
    policy: PlanningPolicy,
) -> list[OnRota]:
    """The carer's visits that fall into the absence and have neither begun nor passed, by time."""
    now, ids = session.now, [row["id"] for row in own]
    clocks = [parse_clock(text) if (text := absence.get(name)) else None for name in FIELDS[2::2]]
    last = _day(absence.get("until"))
    start, end = away_span(parse_date(absence["from"]), last, *clocks)
    horizon = london_midnight(london_date(now) + timedelta(days=policy.horizon_days))
    opens, closes = max(start, now), min(end or horizon, horizon)
    if closes <= opens:
        return []
    facts = await roster_facts(
        session.connection, provider_id, london_date(opens), london_date(closes), now, ids
    )
    hers = [
        one for one in facts.visits if set(ids) & set(one.carers) and one.start < closes and one.end > opens
    ]
    return [one for one in hers if one.start > now or not await _begun(session, provider_id, one)]


async def _begun(session: Session, provider_id: UUID, visit: OnRota) -> bool:
    newest = await newest_plan(provider_id, visit.id, session)
    return newest is None or over(newest, session.now) is not None


async def _known(
    session: Session, provider_id: UUID, visits: Sequence[OnRota], facts: RosterFacts, policy: PlanningPolicy
) -> Counter[tuple[UUID, UUID]]:
    """How often each carer was planned to visit each person in the weeks before, by person and carer."""
    first: datetime = min(one.start for one in visits)
    since = first - timedelta(weeks=policy.continuity_weeks)
    people = list({one.person for one in visits})
    before = await planned_visits(session.connection, provider_id, since, first, [], people)
    return Counter(
        (one.person, facts.employed[employment].carer_id)
        for one in before
        for employment in one.carers
        if employment is not None
    )


def _suggested(
    facts: RosterFacts, visits: Sequence[OnRota], away: UUID, known: Counter[tuple[UUID, UUID]]
) -> list[ToCover]:
    rota, found = facts.rota(), []
    for visit in visits:
        there = {facts.employed[one].carer_id for one in visit.carers if one is not None}
        day = london_date(visit.start)
        able = {
            one.carer_id: one
            for one in sorted(facts.employed.values(), key=lambda one: one.reference, reverse=True)
            if one.works_on(day) and one.carer_id not in there | {away}
            if next(facts.against(visit, one.id, rota), None) is None
        }
        best = ranked(
            facts.suggestion(visit, one.id, known[visit.person, one.carer_id], rota) for one in able.values()
        )[:MOST_SUGGESTED]
        if best:
            chosen = next(one for one in able.values() if one.reference == best[0].employment)
            rota.setdefault(chosen.carer_id, []).append(facts.placed(visit))
        found.append(ToCover(visit, facts.people[visit.person].name, best))
    return found
