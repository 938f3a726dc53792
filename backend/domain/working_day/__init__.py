"""What the law counts of a carer's working day, on frames that hold many days at once (key `day`).

`find_gaps` gives the gaps between stops; once each gap has an estimate of its journey, `work_out` explains
every second of every day. Instants are whole seconds since 1970 (UTC).
"""

from backend.domain.working_day.cutting import cut_at_midnight, working_days
from backend.domain.working_day.frames import (
    ACTIVITIES,
    GAPS,
    JOURNEYS,
    PARTS,
    POLICIES,
    SEGMENTS,
    VISITS,
)
from backend.domain.working_day.outcome import WorkedDays, work_out
from backend.domain.working_day.stops import find_gaps, with_journeys

__all__ = [
    "ACTIVITIES",
    "GAPS",
    "JOURNEYS",
    "PARTS",
    "POLICIES",
    "SEGMENTS",
    "VISITS",
    "WorkedDays",
    "cut_at_midnight",
    "find_gaps",
    "with_journeys",
    "work_out",
    "working_days",
]
