"""Load the published postcode list: the National Statistics Postcode Lookup or the ONS Postcode Directory, as it is.

The national file has 2.7 million rows and more than 40 columns: Polars reads the few that are needed, and bulk
statements put what is new or changed.
"""

import asyncio
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg
import polars as pl

from backend.domain.counted import counted
from backend.sql import query
from backend.use_cases.loading.report import LoadFault, Report
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts

_COLUMNS: Final = {
    "postcode": r"pcds|pcd|pcd7|pcd8|pcd2",
    "lat": r"lat",
    "lon": r"long",
    "rural_urban": r"ru11ind|ruc11ind|ru21ind|ruc21ind",
    "local_authority": r"laua|lad\d\dcd|oslaua",
    "doterm": r"doterm",
}
"""Each column we keep, and the names the editions have given it; the first found in this order counts."""
_POSTCODE: Final = r"^([A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}|GIR0AA)$"
_NO_PLACE: Final = 99.999999
"""The latitude that the publisher writes where a postcode has no place."""
_CHUNK: Final = 100_000
"""Rows put in one statement."""
_STORED: Final = ("postcode", "lat", "lon", "rural_urban", "local_authority", "ended")


async def store(session: Session, sources: Sequence[tuple[str, Path | bytes]]) -> tuple[int, Counts]:
    """Put what is new or changed, keep the rest. Returns the rows read and the counts.

    Notes say how many are live, and which have a blank rural-urban indicator or no place.
    """
    read = [await asyncio.to_thread(read_list, name, source, session.report) for name, source in sources]
    frames = [frame for frame in read if frame is not None]
    if session.report.faults or not frames:
        return 0, Counts()
    frame = pl.concat(frames)
    for name, row, postcode in _twice(frame):
        fault = LoadFault(file=name, row=row, column="postcode", detail=f"{postcode} stands twice")
        session.report.faults.append(fault)
    _note(frame, session.report)
    if session.report.faults:
        return len(frame), Counts()
    await session.lock("postcodes")
    return len(frame), await _put(session.connection, frame.select(_STORED))


def read_list(name: str, source: Path | bytes, report: Report) -> pl.DataFrame | None:
    """The columns kept of one list, one row a postcode; None, with faults, if the list is not as published."""
    try:
        scanned = pl.scan_csv(io.BytesIO(source) if isinstance(source, bytes) else source, infer_schema=False)
        found = _headings(scanned.collect_schema().names())
        missing = _COLUMNS.keys() - found.keys()
        for column in sorted(missing):
            names = _COLUMNS[column].replace("|", " or ").replace(r"\d\d", "..")
            report.faults.append(
                LoadFault(file=name, row=1, column=column, detail=f"no column is called {names}")
            )
        if missing:
            return None
        chosen = [pl.col(heading).str.strip_chars().alias(column) for column, heading in found.items()]
        raw = scanned.select(chosen).with_row_index("row", offset=2).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        report.faults.append(LoadFault(file=name, detail=f"is not a postcode list in CSV: {reason}"))
        return None
    frame = raw.with_columns(_squeezed(), _degrees("lat"), _degrees("lon"), file=pl.lit(name))
    _refuse(frame, name, report)
    return frame.with_columns(
        _blank("rural_urban"), _blank("local_authority"), ended=_given("doterm"), **_place()
    )


def _headings(names: Sequence[str]) -> dict[str, str]:
    plain = {re.sub(r"\W", "", name).lower(): name for name in names}
    found: dict[str, str] = {}
    for column, wanted in _COLUMNS.items():
        for pattern in wanted.split("|"):
            match = next((name for name in plain if re.fullmatch(pattern, name)), None)
            if match is not None:
                found.setdefault(column, plain[match])
    return found


def _squeezed() -> pl.Expr:
    return pl.col("postcode").fill_null("").str.replace_all(r"\s", "").str.to_uppercase()


def _degrees(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False)


def _given(column: str) -> pl.Expr:
    return pl.col(column).fill_null("") != ""


def _blank(column: str) -> pl.Expr:
    """Blank text as null."""
    return pl.when(_given(column)).then(pl.col(column)).alias(column)


def _place() -> dict[str, pl.Expr]:
    known = pl.col("lat") < _NO_PLACE - 1e-6
    return {column: pl.when(known).then(pl.col(column)) for column in ("lat", "lon")}


def _refuse(frame: pl.DataFrame, name: str, report: Report) -> None:
    wrong = {
        "postcode": (~pl.col("postcode").str.contains(_POSTCODE), "is not a postcode"),
        "lat": (
            ~pl.col("lat").is_between(49, 62).fill_null(False) & ~_unplaced(),
            "is not a latitude of these islands",
        ),
        "lon": (~pl.col("lon").is_between(-9, 3).fill_null(False), "is not a longitude of these islands"),
    }
    for column, (faulty, detail) in wrong.items():
        for row in frame.filter(faulty)["row"]:
            report.faults.append(LoadFault(file=name, row=row, column=column, detail=detail))


def _unplaced() -> pl.Expr:
    return (pl.col("lat") >= _NO_PLACE - 1e-6).fill_null(False)


def _twice(frame: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    later = frame.filter(~pl.col("postcode").is_first_distinct())
    return later.select("file", "row", "postcode").iter_rows()


def _note(frame: pl.DataFrame, report: Report) -> None:
    live = frame.filter(~pl.col("ended"))
    report.notes.append(f"{counted(len(frame), 'postcode')}, {len(live):,} of them live.")
    for some, words in ((live, "live"), (frame.filter(pl.col("ended")), "ended")):
        blank = some.filter(pl.col("rural_urban").is_null())["postcode"].sort().to_list()
        report.note(
            blank,
            f"{words} without a rural-urban indicator, so that a package there must give its zone",
        )
        nowhere = some.filter(pl.col("lat").is_null())["postcode"].sort().to_list()
        report.note(nowhere, f"{words} without a place")


async def _put(connection: asyncpg.Connection, frame: pl.DataFrame) -> Counts:
    counts = Counts()
    for chunk in frame.iter_slices(_CHUNK):
        columns = [chunk[name].to_list() for name in _STORED]
        found = await connection.fetchrow(query("loading.put_postcodes"), *columns)
        counts.add(Counts(found["new"], found["changed"], len(chunk) - found["new"] - found["changed"]))
    return counts
