"""The thresholds of audit tests: dated data, set for auditors, which no provider can change."""

from msgspec import Struct


class AuditLimits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits in force on a day. Units stand in the names; `percent` are shares, `least` the fewest cases judged."""

    day_hours: int
    overlap_s: int
    away_m: int
    gap_kmh: int
    gap_door_s: int
    gap_least_m: int
    gap_none_s: int
    speed_kmh: int
    speed_least_m: int
    same_coordinates_days: int
    short_percent: int
    clock_jump_s: int
    pile_window_s: int
    pile_least: int
    pile_chance_per_million: int
    to_plan_least: int
    to_plan_percent: int
    concentrates_least: int
    concentrates_percent: int
    cut_off_hours: int
    cut_off_least: int
    cut_off_percent: int
