"""The packaged policy of planning, read from planning.yaml."""

from datetime import date
from functools import cache

from msgspec import Struct, field

from backend.statute import strict_yaml
from backend.statute.entries import Id, in_force, intervals
from schemas.scalars import Day


class PlanningPolicy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What planning goes by. Units stand in the names."""

    horizon_days: int
    ends_by_clock_from_minutes: int
    continuity_weeks: int


class PlanningInterval(Struct, frozen=True, kw_only=True):
    """What is in force on London dates `since` to `until`, both included; no `until` while it stays."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    values: PlanningPolicy


@cache
def _packaged() -> list[PlanningInterval]:
    return intervals(PlanningInterval, strict_yaml.read("planning.yaml"), "planning.yaml")


def planning_on(day: date) -> PlanningPolicy:
    """The policy of planning on a London date. Raises LookupError when no interval holds it."""
    found = in_force(_packaged(), day)
    if found is None:
        raise LookupError(f"nothing is known of planning on {day.isoformat()}")
    return found.values
