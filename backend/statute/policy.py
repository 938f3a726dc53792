"""The packaged policy, read from policy.yaml."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, field

from backend.domain.policy import Policy
from backend.statute import strict_yaml
from backend.statute.entries import Id, in_force, intervals
from schemas.scalars import Day


class PolicyInterval(Struct, frozen=True, kw_only=True):
    """Thresholds in force on London dates `since` to `until`, both included; no `until` while they stay."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    values: Policy


def policy_intervals(data: Any) -> list[PolicyInterval]:
    """Checked policy, oldest first. Raises StatuteError for a gap, an overlap or a value that is not one."""
    return intervals(PolicyInterval, data, "policy.yaml")


@cache
def _packaged() -> list[PolicyInterval]:
    return policy_intervals(strict_yaml.read("policy.yaml"))


def policy_on(day: date, own: Mapping[str, Any] | None = None) -> Policy:
    """The policy in force on a London date; `own` holds the provider's own values, which win.

    Raises LookupError when no interval holds the day.
    """
    found = in_force(_packaged(), day)
    if found is None:
        raise LookupError(f"no packaged policy is known for {day.isoformat()}")
    if not own:
        return found.values
    return msgspec.convert({**msgspec.to_builtins(found.values), **own}, Policy)
