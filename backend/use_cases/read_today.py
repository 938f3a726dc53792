"""A day of a provider's visits as the office needs it: what needs somebody first, then the rest by time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import polars as pl

from backend import clock, db
from backend.domain.paid_time import FUTURE_LIMIT
from backend.domain.policy import Policy
from backend.domain.time import london_date, london_midnight
from backend.domain.visit_state import PLAN_SCHEMA, STATES, visit_states
from backend.sql import query
from backend.use_cases.frames import read_frame
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.watch_day import day_mark

PAGE: Final = 200
NEEDS, SOON, REST = range(3)
"""The ranks of a day's visits: those that need somebody, those that start within the hour, all others."""
_HOUR: Final = timedelta(hours=1)
_AWAITED: Final = ("missed", "running_over", "late")
"""States in which a phone should have said something by now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for: a London date, and optionally a state, a carer's reference, the row before."""

    day: date
    state: str | None = None
    carer: str | None = None
    after: tuple[int, datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """A visit of the day. `carers` are names."""

    id: str
    reference: str
    person: str
    service: str
    carers: list[str]
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    left_at: datetime | None
    state: str
    rank: int
    phone: "Phone | None"

    @property
    def key(self) -> str:
        """Where the next page of the list starts."""
        return f"{self.rank}~{self.starts_at.isoformat()}~{self.id}"


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone of a carer who is waited for. `silent`: it was heard of since something of the visit was due, and said
    nothing of it; else it may be without signal, and hold what nobody has seen yet. `heard_at`: None if never.
    """

    heard_at: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Help:
    """A carer's call for help, the visit at which it was made, if at one, and her last known place, if there is one."""

    carer: str
    raised_at: datetime
    visit_id: UUID | None
    place: "Place | None"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone was, as it said: degrees (WGS 84), metres of accuracy, and when."""

    lat: float
    lon: float
    accuracy_m: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An arrival at a visit that nobody planned."""

    carer: str
    person: str | None
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Replaced:
    """A phone whose place another took. `last`: the number of the last event it had sent by then, if any."""

    carer: str
    at: datetime
    last: int | None


@dataclass(frozen=True, slots=True)
class Today:
    """The day: counts by state, what waits for a decision, one page of visits.

    `nearest`: of a day without visits, the last day before it and the first after it that have some.
    """

    day: date
    counts: dict[str, int]
    visits: list[ListedVisit]
    nearest: list[date]
    more: bool
    helps: list[Help]
    unplanned: list[Unplanned]
    replaced: list[Replaced]
    quarantined: int
    corrections: int
    carers: list[tuple[str, str]]
    mark: str


async def read_today(provider_id: UUID, wanted: Wanted) -> Today:
    """The day as it stands now."""
    mark = await day_mark(provider_id)
    now = clock.now()
    opens, closes = london_midnight(wanted.day), london_midnight(wanted.day + timedelta(days=1))
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        stated = await day_states(connection, provider_id, opens, closes, now, policy)
        people = await connection.fetch(query("console.carers"), provider_id)
        page, more = _page(_ranked(stated, now), wanted, people)
        helps = await connection.fetch(query("console.help_alerts"), provider_id, opens, closes)
        unplanned = await connection.fetch(
            query("console.unplanned"), provider_id, opens, closes, FUTURE_LIMIT
        )
        replaced = await connection.fetch(query("phones.replacements"), provider_id, opens, closes, None)
        waiting = await connection.fetchrow(query("console.waiting"), provider_id)
        visits = await _listed(connection, provider_id, page, people)
        nearest = [] if stated.height else await _nearest_days(connection, provider_id, opens, closes)
    names = {row["carer_id"]: row["name"] for row in people}
    return Today(
        day=wanted.day,
        counts=_counts(stated),
        visits=visits,
        nearest=nearest,
        more=more,
        helps=[
            Help(names[row["carer_id"]], row["raised_at"], row["visit_id"], _place(row["fix"]))
            for row in helps
        ],
        unplanned=[Unplanned(names[row["carer_id"]], row["person"], row["paid_at"]) for row in unplanned],
        replaced=[
            Replaced(names[row["carer_id"]], row["replaced_at"], row["closed_seq"]) for row in replaced
        ],
        quarantined=waiting["quarantined"],
        corrections=waiting["corrections"],
        carers=list(dict.fromkeys((row["reference"], row["name"]) for row in people)),
        mark=mark,
    )


def _place(fix: str | None) -> Place | None:
    if fix is None:
        return None
    said = msgspec.json.decode(fix)
    taken_at = datetime.fromisoformat(said["taken_at"])
    return Place(said["lat"], said["lon"], said["accuracy_m"], taken_at)


async def day_states(
    connection: asyncpg.Connection,
    provider_id: UUID,
    opens: datetime,
    closes: datetime,
    now: datetime,
    policy: Policy,
) -> pl.DataFrame:
    """The visits planned to start from `opens` up to `closes`, each with its state at `now`."""
    plan = await read_frame(connection, "console.day_visits", PLAN_SCHEMA, provider_id, opens, closes)
    return visit_states(plan, now, policy)


async def _nearest_days(
    connection: asyncpg.Connection, provider_id: UUID, opens: datetime, closes: datetime
) -> list[date]:
    row = await connection.fetchrow(query("console.nearest_visits"), provider_id, opens, closes)
    return [london_date(instant) for instant in row if instant is not None]


def _counts(stated: pl.DataFrame) -> dict[str, int]:
    found = dict(stated.group_by("state").len().iter_rows())
    return {state: found[state] for state in STATES if state in found}


def _ranked(stated: pl.DataFrame, now: datetime) -> pl.DataFrame:
    soon = (pl.col("state") == "not_started") & pl.col("starts_at").is_between(now - _HOUR, now + _HOUR)
    rank = pl.when("needs").then(NEEDS).when(soon).then(SOON).otherwise(REST)
    return stated.with_columns(rank=rank)


def _page(
    stated: pl.DataFrame, wanted: Wanted, people: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], bool]:
    """The rows of one page by rank, then by time; and whether more follow."""
    rows = stated
    if wanted.state is not None:
        rows = rows.filter(pl.col("state") == wanted.state)
    if wanted.carer is not None:
        own = [str(row["employment_id"]) for row in people if row["reference"] == wanted.carer]
        rows = rows.filter(pl.col("carer").is_in(own) | pl.col("second_carer").is_in(own))
    if wanted.after is not None:
        rank, starts, visit = wanted.after
        later = (pl.col("starts_at") > starts) | (
            (pl.col("starts_at") == starts) & (pl.col("visit_id") > visit)
        )
        rows = rows.filter((pl.col("rank") > rank) | ((pl.col("rank") == rank) & later))
    rows = rows.sort("rank", "starts_at", "visit_id")
    return rows.head(PAGE).to_dicts(), rows.height > PAGE


async def _listed(
    connection: asyncpg.Connection,
    provider_id: UUID,
    page: Sequence[Mapping[str, Any]],
    people: Sequence[Mapping[str, Any]],
) -> list[ListedVisit]:
    ids = [UUID(row["visit_id"]) for row in page]
    rows = await connection.fetch(query("console.visit_names"), provider_id, ids)
    named = {str(row["visit_id"]): row for row in rows}
    phones = await _phones(connection, provider_id, page, people)
    carers = {str(row["employment_id"]): row["name"] for row in people}
    return [
        ListedVisit(
            id=row["visit_id"],
            reference=named[row["visit_id"]]["reference"],
            person=named[row["visit_id"]]["person"],
            service=named[row["visit_id"]]["service"],
            carers=[carers[one] for one in (row["carer"], row["second_carer"]) if one is not None],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            arrived_at=row["arrived_at"],
            left_at=row["left_at"],
            state=row["state"],
            rank=row["rank"],
            phone=phones.get(row["visit_id"]),
        )
        for row in page
    ]


async def _phones(
    connection: asyncpg.Connection,
    provider_id: UUID,
    page: Sequence[Mapping[str, Any]],
    people: Sequence[Mapping[str, Any]],
) -> dict[str, Phone]:
    """The phones of those who are waited for, by visit. Where there are two carers, the phone that was heard from
    longest ago.
    """
    carers = {str(row["employment_id"]): row["carer_id"] for row in people}
    awaited = {
        row["visit_id"]: [carers[one] for one in (row["carer"], row["second_carer"]) if one is not None]
        for row in page
        if row["state"] in _AWAITED
    }
    wanted = list({carer for both in awaited.values() for carer in both})
    rows = await connection.fetch(query("console.last_heard"), provider_id, wanted) if wanted else []
    heard = {row["carer_id"]: row["heard_at"] for row in rows}
    due = {row["visit_id"]: row["ends_at" if row["state"] == "running_over" else "starts_at"] for row in page}
    return {
        visit: _phone([heard.get(one) for one in both], due[visit]) for visit, both in awaited.items() if both
    }


def _phone(heard: Sequence[datetime | None], due: datetime) -> Phone:
    known = [instant for instant in heard if instant is not None]
    oldest = min(known) if len(known) == len(heard) else None
    return Phone(oldest, silent=oldest is not None and oldest >= due)
