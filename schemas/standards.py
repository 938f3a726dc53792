"""Contractual standards of pay: what a commissioner requires, or a provider declares, beyond the law."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from schemas.contract import dates_in_order
from schemas.scalars import Day, PositiveMoney, Text
from schemas.strict import Fault
from schemas.wage import HIGHEST_RATE, ceiling_faults
from schemas.wage_kinds import WorkKind


class StandardVersion(Struct, frozen=True, kw_only=True):
    """One standard for every worker of a provider, on London dates `from` to `until`, both included.

    Either `hourly`, pounds for every hour of the `kinds`, or `travel_at_least: contact`: travel paid no less than
    contact.
    `commissioner` is who requires it; without one the provider declares it.
    """

    provider: Text
    reference: Text
    name: Text
    commissioner: Text | None = None
    from_: Day = field(name="from")
    until: Day | None = None
    hourly: PositiveMoney | None = None
    kinds: list[WorkKind] = []
    travel_at_least: Literal["contact"] | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        yield from dates_in_order(valid)
        yield from ceiling_faults(valid, HIGHEST_RATE, "hourly")
        if {"hourly", "travel_at_least"} <= valid.keys():
            if (valid["hourly"] is None) == (valid["travel_at_least"] is None):
                yield Fault("/hourly", "or travel_at_least is required, and only one of them")
            if "kinds" in valid and (valid["hourly"] is None) != (not valid["kinds"]):
                yield Fault("/kinds", "goes with hourly: the kinds of time that the rate is for")
