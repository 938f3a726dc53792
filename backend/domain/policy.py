"""The thresholds by which a provider's days are worked out: dated policy, never constants in rules."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec


class OwnPace(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How fast a provider's carers travel by one mode, fitted to its gaps: road over straight line, km/h along the
    road, minutes once a journey. `setting` null: everywhere that no other pace covers.
    """

    mode: Literal["car", "bicycle", "walk", "bus"]
    setting: Literal["urban", "rural", "mixed"] | None
    detour: Decimal
    kmh: Decimal
    minutes: Decimal

    def __post_init__(self) -> None:
        if not (self.detour >= 1 and self.kmh > 0 and self.minutes >= 0):
            raise ValueError("a pace needs a detour of at least 1, a speed above 0 and minutes from 0")


class EarlierPaces(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A provider's own paces of the London dates up to `until`; none: it had none of its own."""

    until: date
    paces: tuple[OwnPace, ...]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Policy in force on a day. Units stand in the names; `waiting_limit_minutes` null means no limit.

    `earlier_paces`, oldest first: of a policy for several days, the paces of those before `paces` were adopted.
    """

    waiting_limit_minutes: int | None
    long_gap: Literal["unresolved", "waiting", "break"]
    day_break_minutes: int
    late_after_minutes: int
    missed_after_minutes: int
    overdue_after_minutes: int
    home_fence_m: int
    fix_stale_after_s: int
    implied_speed_limit_kmh: int
    clock_offset_limit_s: int
    chain_waiting_flag_days: int
    code_tolerance_s: int
    implausible_visit_hours: int
    invoice_after_days: int
    statute_ends_warning_days: int
    wage_report_after_days: int
    mileage_lookback_visits: int
    turned_away_minutes: int
    correction_window_days: int
    pin_lookback_days: int
    pin_least_visits: int
    pin_least_carers: int
    paces: tuple[OwnPace, ...] = ()
    earlier_paces: tuple[EarlierPaces, ...] = ()
