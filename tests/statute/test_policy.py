"""The packaged policy, and what its loader refuses."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from backend.statute import strict_yaml
from backend.statute.policy import policy_intervals, policy_on
from backend.statute.strict_yaml import StatuteError


def packaged() -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = deepcopy(strict_yaml.read("policy.yaml"))
    return data


def test_a_providers_own_values_win() -> None:
    assert policy_on(date(2026, 11, 2)).waiting_limit_minutes == 60
    assert policy_on(date(2026, 11, 2), {"waiting_limit_minutes": None}).waiting_limit_minutes is None


def test_a_day_before_the_first_policy_has_none() -> None:
    with pytest.raises(LookupError, match="2014-12-31"):
        policy_on(date(2014, 12, 31))


def test_policy_after_one_without_an_end_is_an_overlap() -> None:
    [first] = packaged()
    with pytest.raises(StatuteError, match="policy-2027-01-01 overlaps policy-2015-01-01"):
        policy_intervals([first, first | {"id": "policy-2027-01-01", "from": "2027-01-01"}])


def test_a_gap_a_missing_value_and_an_unknown_one_are_refused() -> None:
    [first] = packaged()
    later = first | {"id": "policy-2027-01-01", "from": "2027-01-01"}
    with pytest.raises(StatuteError, match="a gap between"):
        policy_intervals([first | {"until": "2026-12-30"}, later])
    del first["values"]["home_fence_m"]
    first["values"]["mood"] = 1
    with pytest.raises(
        StatuteError, match=r"/0/values/mood is not a field.*/0/values/home_fence_m is required"
    ):
        policy_intervals([first])
