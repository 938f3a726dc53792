"""The columns of the frames that describe working days.

Instants are whole seconds since 1970 (UTC), durations whole seconds, places degrees. `day` numbers the
working day.
"""

from typing import Final

import polars as pl

_PLACE: Final = {"lat": pl.Float64(), "lon": pl.Float64()}

VISITS: Final = pl.Schema(
    {
        "day": pl.Int64(),
        "visit": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        **_PLACE,
        "planned_start": pl.Int64(),
        "planned_end": pl.Int64(),
    }
)
"""Visits that were worked. A visit with one end only is incomplete; no place: nobody knows where it was."""

ACTIVITIES: Final = pl.Schema(
    {"day": pl.Int64(), "kind": pl.String(), "start": pl.Int64(), "end": pl.Int64(), **_PLACE}
)
"""What the carer recorded besides visits, in the kinds of `schemas.day.ActivityKind`."""

POLICIES: Final = pl.Schema({"day": pl.Int64(), "waiting_limit": pl.Int64(), "long_gap": pl.String()})
"""One row for every day. `waiting_limit` null: no limit."""

JOURNEYS: Final = pl.Schema(
    {
        "day": pl.Int64(),
        "from": pl.String(),
        "to": pl.String(),
        "estimate": pl.Int64(),
        "source": pl.String(),
        "metres": pl.Int64(),
    }
)
"""Estimates that are known already, between two visits of a day."""

GAPS: Final = pl.Schema(
    {
        "gap": pl.Int64(),
        "day": pl.Int64(),
        "from": pl.String(),
        "to": pl.String(),
        "from_visit": pl.String(),
        "to_visit": pl.String(),
        "gap_start": pl.Int64(),
        "gap_end": pl.Int64(),
        "from_lat": pl.Float64(),
        "from_lon": pl.Float64(),
        "to_lat": pl.Float64(),
        "to_lon": pl.Float64(),
        "same_place": pl.Boolean(),
        "planned_gap": pl.Int64(),
        "overlap": pl.Boolean(),
    }
)
"""From the latest end so far to the next start, which is earlier where stops overlap. `same_place` null:
unknown.
"""

SEGMENTS: Final = pl.Schema(
    {
        "day": pl.Int64(),
        "kind": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "seconds": pl.Int64(),
        "counted": pl.Boolean(),
        "rule": pl.String(),
        "visit": pl.String(),
        "gap": pl.Int64(),
        "filled": pl.Boolean(),
        "gap_start": pl.Int64(),
        "room": pl.Int64(),
        "from": pl.String(),
        "to": pl.String(),
        "planned_gap": pl.Int64(),
        "observed_gap": pl.Int64(),
        "estimate": pl.Int64(),
        "source": pl.String(),
        "engine": pl.String(),
        "fallback": pl.String(),
    }
)
"""Every explained second once. `filled`: gap time nobody recorded; `room`: the gap's seconds less
activities in it.
"""

PARTS: Final = pl.Schema(
    {
        "gap": pl.Int64(),
        "kind": pl.String(),
        "rule": pl.String(),
        "seconds": pl.Int64(),
        "credited": pl.Boolean(),
    }
)
"""What became of the seconds of a gap: those of one kind by one rule, and whether they count. Of one gap they add up to
`observed_gap`; the kind `overlap` is below zero.
"""
