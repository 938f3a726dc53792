"""Ask the routing engine about the journeys of recorded days, and keep what it says as facts.

Days are worked out from what is kept, never from what an engine would say now: a frozen document must come out the same
long after its map is gone. The first answer stands. A journey is asked about again when the engine, its map or its
parameters have changed, or when the engine could not be reached before.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

import asyncpg
import msgspec
import polars as pl

from backend import clock, db
from backend.sql import query
from backend.travel.engines import (
    ENGINE_UNREACHABLE,
    About,
    Ends,
    EngineUnreachable,
    RoadEngine,
    Routed,
    ask_each,
    rounded,
)
from backend.travel.straight_line import StraightLine
from backend.use_cases.configured_engine import configured_engine
from backend.use_cases.worked_days import legs_recorded, recorded_days

RECEIVED_WITHIN: Final = timedelta(days=3)
"""How far back what was received is looked at: a worker that stood still over a weekend has caught up."""
_ENDS: Final = list(Ends._fields)


@dataclass(frozen=True, slots=True)
class Asked:
    """How many journeys the days hold, how many were asked about now, and how many of those have no answer."""

    journeys: int
    asked: int
    refused: int


class _Journey(NamedTuple):
    mode: str
    ends: Ends


async def estimate_recent_journeys(provider_id: UUID | None, now: datetime) -> str:
    """Ask about the journeys of the days about which something came in lately. Returns what was done, in words."""
    assert provider_id is not None
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("travel.touched_dates"), provider_id, now - RECEIVED_WITHIN)
    found = [await estimate_journeys(provider_id, *span) for span in spans(row["day"] for row in rows)]
    return f"{sum(one.asked for one in found)} asked about, {sum(one.refused for one in found)} without an answer"


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Unbroken spans of dates, given in order."""
    runs = groupby(enumerate(days), key=lambda each: each[1] - timedelta(days=each[0]))
    together = [[day for _, day in run] for _, run in runs]
    return [(run[0], run[-1]) for run in together]


async def estimate_journeys(provider_id: UUID, first: date, last: date) -> Asked:
    """Ask about the journeys of London dates `first` to `last` that the engine of the settings has not answered.

    No transaction is open while the engine is asked. Does nothing where the settings name no engine.
    """
    async with configured_engine() as engine:
        if engine is None:
            return Asked(0, 0, 0)
        async with db.as_provider(provider_id) as connection:
            recorded = await recorded_days(connection, provider_id, first, last, as_of=clock.now())
        journeys = _journeys(await asyncio.to_thread(legs_recorded, recorded), engine)
        held = {_Journey(row["mode"], _ends(row)): row for row in recorded.journeys}
        asked = refused = 0
        for mode, wanted in groupby(journeys, key=lambda journey: journey.mode):
            about, answers = await _ask(engine, provider_id, mode, list(wanted), held)
            await _keep(provider_id, about, answers, held)
            asked += len(answers)
            refused += sum(answer.refused is not None for answer in answers.values())
    return Asked(len(journeys), asked, refused)


def _journeys(legs: pl.DataFrame, engine: RoadEngine) -> list[_Journey]:
    """What the engine is to be asked about these legs, each once, by mode."""
    line = StraightLine()
    found = set()
    for row in legs.select("mode", "date", *_ENDS).unique().to_dicts():
        upon = line.on_road(row["mode"], row["date"])
        if upon is not None and engine.serves(upon.of):
            found.add(_Journey(upon.of, _ends(row)))
    return sorted(found)


def _ends(row: Mapping[str, Any]) -> Ends:
    return rounded([row[name] for name in _ENDS])


async def _ask(
    engine: RoadEngine,
    provider_id: UUID,
    mode: str,
    journeys: Sequence[_Journey],
    held: Mapping[_Journey, Mapping[str, Any]],
) -> tuple[About, dict[_Journey, Routed]]:
    """What the answers rest on, and those to keep: of an engine that is silent, only where nothing is kept yet."""
    try:
        about = await engine.about(mode, journeys[0].ends)
    except EngineUnreachable:
        silent = Routed(refused=ENGINE_UNREACHABLE)
        return engine.unseen(mode), {journey: silent for journey in journeys if journey not in held}
    current = engine_id(provider_id, about)
    lacking = [
        journey
        for journey in journeys
        if (row := held.get(journey)) is None
        or row["engine_id"] != str(current)
        or row["refused"] == ENGINE_UNREACHABLE
    ]
    answers = await ask_each(engine, mode, [journey.ends for journey in lacking])
    return about, {
        journey: answer
        for journey, answer in zip(lacking, answers, strict=True)
        if answer.refused != ENGINE_UNREACHABLE or journey not in held
    }


def engine_id(provider_id: UUID, about: About) -> UUID:
    """The id of what answers rest on: the same for the same engine, map, mode and parameters."""
    return uuid5(provider_id, "travel_engine/" + msgspec.json.encode(about, order="sorted").decode())


async def _keep(
    provider_id: UUID,
    about: About,
    answers: Mapping[_Journey, Routed],
    held: Mapping[_Journey, Mapping[str, Any]],
) -> None:
    if not answers:
        return
    now, key = clock.now(), engine_id(provider_id, about)
    async with db.as_provider(provider_id) as connection:
        await _keep_engine(connection, provider_id, key, about, now)
        versions = {journey: held[journey]["version"] + 1 if journey in held else 1 for journey in answers}
        await connection.executemany(
            query("travel.keep_estimate"),
            [
                (provider_id, key, journey.mode, *journey.ends, versions[journey], *answer, now)
                for journey, answer in answers.items()
            ],
        )


async def _keep_engine(
    connection: asyncpg.Connection, provider_id: UUID, key: UUID, about: About, now: datetime
) -> None:
    parameters = msgspec.json.encode(about.parameters, order="sorted").decode()
    said = (about.engine, about.version, about.mode, about.profile, about.map_date, parameters)
    await connection.execute(query("travel.keep_engine"), provider_id, key, *said, now)
