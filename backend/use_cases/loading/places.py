"""Where a person lives: coordinates as given, else those of the postcode in the published list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from backend.domain.zone import squeezed
from backend.sql import query
from backend.use_cases.loading.report import Line, Report

_REMEDY: Final = "give the coordinates, or have the newest postcode list loaded"


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode of the published list. Degrees; no place where the publisher has none."""

    lat: float | None
    lon: float | None
    rural_urban: str | None
    ended: bool


async def postcodes(connection: asyncpg.Connection, wanted: Iterable[str | None]) -> dict[str, Postcode]:
    """The listed postcodes among those wanted, by the postcode without spaces."""
    keys = list({squeezed(postcode) for postcode in wanted if postcode is not None})
    return {
        record["postcode"]: Postcode(record["lat"], record["lon"], record["rural_urban"], record["ended"])
        for record in await connection.fetch(query("loading.postcodes"), keys)
    }


Place = tuple[float | None, float | None]
"""Degrees north and east, WGS 84."""


def place_of(line: Line[Any], column: str, given: Place, known: dict[str, Postcode], report: Report) -> Place:
    """The coordinates given, else those of the postcode in `column`. A postcode without any is a fault."""
    if given != (None, None):
        return given
    postcode = getattr(line.row, column)
    found = known.get(squeezed(postcode))
    if found is None:
        report.fault(line, column, f"{postcode} is not in the postcode list: {_REMEDY}")
    elif found.lat is None:
        report.fault(line, column, f"{postcode} has no place in the postcode list: {_REMEDY}")
    return (None, None) if found is None else (found.lat, found.lon)


def note_ended(lines: Sequence[Line[Any]], column: str, known: dict[str, Postcode], report: Report) -> None:
    """Tell of postcodes that Royal Mail has ended: they still have a place, but may be mistyped or out of date."""
    used = [getattr(line.row, column) for line in lines if getattr(line.row, column) is not None]
    ended = [postcode for postcode in used if squeezed(postcode) in known and known[squeezed(postcode)].ended]
    report.note(ended, "used though the postcode has ended")
