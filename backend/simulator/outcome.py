"""What the system made of the play, read back from it, to be held against the truth."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from backend import db
from backend.simulator.model import County
from backend.simulator.office import at_london
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.verified_visits import verified_visits

Key = tuple[str, str, str]
"""Employment or contract, and the first and last day of a period, ISO 8601."""
ELSEWHERE: Final = frozenset({"outside", "at_own_home"})


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """One carer's visit as the system holds it."""

    visit: str
    employment: str
    start: datetime | None
    end: datetime | None
    elsewhere: bool


@dataclass(slots=True)
class Outcome:
    """Counts and documents of the whole deployment. Money in pence; of a wage test, its shortfall."""

    visits: int = 0
    events: dict[str, int] = field(default_factory=dict)
    invoices: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    tests: dict[Key, int] = field(default_factory=dict)
    short: set[Key] = field(default_factory=set)
    not_tested: set[Key] = field(default_factory=set)
    seen: list[SeenVisit] = field(default_factory=list)


async def read_outcome(county: County) -> Outcome:
    """Read every provider's documents, events and verified visits. The database must be open."""
    outcome = Outcome()
    for provider in county.providers:
        await _read_provider(outcome, organisation_id(provider.reference), county)
    return outcome


async def _read_provider(outcome: Outcome, provider_id: UUID, county: County) -> None:
    opens = at_london(county.start, time(0))
    closes = at_london(county.start + timedelta(days=county.days), time(0))
    async with db.as_provider(provider_id) as connection:
        outcome.visits += await connection.fetchval(query("simulation.visits"), provider_id)
        for row in await connection.fetch(query("simulation.events"), provider_id):
            outcome.events[row["outcome"]] = outcome.events.get(row["outcome"], 0) + row["count"]
        for row in await connection.fetch(query("simulation.invoices"), provider_id):
            period = (str(row["period_start"]), str(row["period_end"]))
            outcome.invoices[row["scope"], *period, row["payer"]] = row["total_pence"]
        for row in await connection.fetch(query("simulation.wage_reports"), provider_id):
            _add_report(outcome, json.loads(zlib.decompress(row["snapshot"])))
        seen = await verified_visits(connection, provider_id, opens, closes)
        names = dict(await connection.fetch(query("simulation.employments"), provider_id))
    outcome.seen.extend(_seen(seen.to_dicts(), {str(key): name for key, name in names.items()}))


def _add_report(outcome: Outcome, report: dict[str, Any]) -> None:
    start, end = report["period"]["start"], report["period"]["end"]
    for worker in report["workers"]:
        key = (worker["employment"], start, end)
        outcome.tests[key] = round(float(worker["result"]["shortfall"]) * 100)
        if not worker["result"]["compliant"]:
            outcome.short.add(key)
    outcome.not_tested.update((worker["employment"], start, end) for worker in report["not_tested"])


def _seen(rows: Iterable[dict[str, Any]], names: dict[str, str]) -> Iterable[SeenVisit]:
    for row in rows:
        if row["reference"] is not None and row["employment_id"] in names:
            yield SeenVisit(
                row["reference"], names[row["employment_id"]], row["actual_start"], row["actual_end"],
                bool(ELSEWHERE & set(row["flags"])),
            )  # fmt: skip
