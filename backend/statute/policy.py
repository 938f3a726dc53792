"""The packaged policy, read from policy.yaml."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from backend.domain.policy import Policy


@cache
def _intervals() -> list[dict[str, Any]]:
    text = files("backend.statute").joinpath("policy.yaml").read_text(encoding="utf-8")
    intervals: list[dict[str, Any]] = yaml.safe_load(text)
    return intervals


def policy_on(day: date, own: Mapping[str, Any] | None = None) -> Policy:
    """The policy in force on a London date; `own` holds the provider's own values, which win.

    Raises LookupError when no interval holds the day.
    """
    for interval in _intervals():
        if interval["from"] <= day and (interval["until"] is None or day <= interval["until"]):
            return msgspec.convert({**interval["values"], **(own or {})}, Policy)
    raise LookupError(f"no packaged policy is known for {day.isoformat()}")
