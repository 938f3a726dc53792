"""What planning goes by, packaged and dated."""

from datetime import date

import pytest

from backend.statute.planning import planning_on


def test_planning_goes_by_a_dated_policy_and_by_none_before_it() -> None:
    policy = planning_on(date(2026, 11, 2))
    assert (policy.horizon_days, policy.ends_by_clock_from_minutes, policy.continuity_weeks) == (42, 240, 4)
    with pytest.raises(LookupError, match="2014-12-31"):
        planning_on(date(2014, 12, 31))
