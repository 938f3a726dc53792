"""The packaged limits of audit tests, read from audit.yaml."""

from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct, field

from backend.domain.audit_tests.limits import AuditLimits
from backend.statute import strict_yaml
from backend.statute.entries import Id, in_force, intervals
from schemas.scalars import Day


class AuditInterval(Struct, frozen=True, kw_only=True):
    """Limits in force on London dates `since` to `until`, both included; no `until` while they stay."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    values: AuditLimits


def audit_intervals(data: Any) -> list[AuditInterval]:
    """Checked limits, oldest first. Raises StatuteError for a gap, an overlap or a value that is not one."""
    return intervals(AuditInterval, data, "audit.yaml")


@cache
def _packaged() -> list[AuditInterval]:
    return audit_intervals(strict_yaml.read("audit.yaml"))


def audit_limits_on(day: date) -> AuditInterval:
    """The limits in force on a London date, with their id. Raises LookupError when no interval holds the day."""
    found = in_force(_packaged(), day)
    if found is None:
        raise LookupError(f"no limits of audit tests are known for {day.isoformat()}")
    return found
