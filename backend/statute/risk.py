"""The packaged weights of the signs of risk, read from risk.yaml."""

from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct, field

from backend.domain.provider_risk import RiskWeights
from backend.statute import strict_yaml
from backend.statute.entries import Id, in_force, intervals
from schemas.scalars import Day


class RiskInterval(Struct, frozen=True, kw_only=True):
    """Weights in force on London dates `since` to `until`, both included; no `until` while they stay."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    values: RiskWeights


def risk_intervals(data: Any) -> list[RiskInterval]:
    """Checked weights, oldest first. Raises StatuteError for a gap, an overlap or a value that is not one."""
    return intervals(RiskInterval, data, "risk.yaml")


@cache
def _packaged() -> list[RiskInterval]:
    return risk_intervals(strict_yaml.read("risk.yaml"))


def risk_weights_on(day: date) -> RiskInterval:
    """The weights in force on a London date, with their id. Raises LookupError when no interval holds the day."""
    found = in_force(_packaged(), day)
    if found is None:
        raise LookupError(f"no weights of risk are known for {day.isoformat()}")
    return found
