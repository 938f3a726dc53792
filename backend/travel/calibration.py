"""Paces fitted to journeys that were really made, and how far estimates lie from them.

The time of a journey is slope x straight line + minutes at the door. Both are fitted by quantile regression, which a
few gaps with a coffee in them do not sway. Slope is detour over speed, so the detour must come from elsewhere: from the
roads that an engine found, else from the pace in force.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from backend.domain.policy import OwnPace

FEWEST: Final = 40
"""Gaps below which a mode or a setting is not fitted."""
OBSERVED: Final = pl.Schema(
    {
        "mode": pl.String(),
        "setting": pl.String(),
        "straight": pl.Float64(),
        "road": pl.Float64(),
        "detour": pl.Float64(),
        "seconds": pl.Float64(),
        "estimate": pl.Float64(),
    }
)
"""A journey that was made: metres of the straight line and of the road (null: no engine told), the detour of the pace
in force, the seconds it took, and those that were estimated.
"""
_SLOWEST_KMH: Final = 1.0
_FASTEST_KMH: Final = 130.0
_STEPS: Final = 60
_SHRINK: Final = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Errors:
    """Minutes that journeys took beyond the estimate: a tenth of them less than `p10`, half less than `p50`."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A pace with the number of gaps it was fitted to, and the errors before and after on gaps kept apart from them."""

    pace: OwnPace
    gaps: int
    apart: int
    before: Errors
    after: Errors


def fitted(observed: pl.DataFrame, quantile: float = 0.5) -> list[Fitted]:
    """A pace for each mode, and for each of its settings, that has gaps enough. Every other gap is used for the fit,
    the rest to tell the errors. Takes a frame OBSERVED; its order decides which gaps are which.
    """
    found = []
    for (mode,), journeys in observed.partition_by("mode", as_dict=True, maintain_order=True).items():
        known = journeys.filter(pl.col("setting").is_not_null())
        groups: list[tuple[Any, pl.DataFrame]] = [(None, journeys)]
        groups += [
            (key[0], rows)
            for key, rows in known.partition_by("setting", as_dict=True, maintain_order=True).items()
        ]
        found += [_fit(mode, setting, rows, quantile) for setting, rows in groups if len(rows) >= FEWEST]
    return sorted(found, key=lambda fit: (fit.pace.mode, fit.pace.setting or ""))


def _fit(mode: Any, setting: Any, journeys: pl.DataFrame, quantile: float) -> Fitted:
    used, apart = journeys.gather_every(2), journeys.gather_every(2, offset=1)
    roads = used.filter(pl.col("road").is_not_null())
    ratio = (
        (roads["road"] / roads["straight"]).median() if len(roads) >= FEWEST // 2 else used["detour"].median()
    )
    detour = max(1.0, _number(ratio))
    slope, seconds = _line(used["straight"], used["seconds"], detour, quantile)
    pace = OwnPace(
        mode=mode,
        setting=setting,
        detour=_rounded(detour, "0.01"),
        kmh=_rounded(detour * 3.6 / slope, "0.1"),
        minutes=_rounded(seconds / 60, "0.1"),
    )
    after = apart["straight"] * float(pace.detour) * 3.6 / float(pace.kmh) + float(pace.minutes) * 60
    return Fitted(
        pace,
        len(used),
        len(apart),
        _errors(apart["seconds"] - apart["estimate"]),
        _errors(apart["seconds"] - after),
    )


def _line(straight: pl.Series, seconds: pl.Series, detour: float, quantile: float) -> tuple[float, float]:
    """Slope and seconds at the door of least pinball loss. The best seconds of a slope are a quantile of what it
    leaves, so one search over slopes, in which the loss is convex, finds both.
    """

    def at_door(slope: float) -> float:
        return max(0.0, _number((seconds - straight * slope).quantile(quantile, "linear")))

    def loss(slope: float) -> float:
        left = seconds - straight * slope - at_door(slope)
        return _number((left.clip(0) * quantile + (-left).clip(0) * (1 - quantile)).sum())

    slope = _lowest(loss, detour * 3.6 / _FASTEST_KMH, detour * 3.6 / _SLOWEST_KMH)
    return slope, at_door(slope)


def _lowest(loss: Callable[[float], float], low: float, high: float) -> float:
    """Where a convex function is lowest between two points, by golden section."""
    for _ in range(_STEPS):
        width = (high - low) * _SHRINK
        if loss(high - width) <= loss(low + width):
            high = low + width
        else:
            low = high - width
    return (low + high) / 2


def _errors(seconds: pl.Series) -> Errors:
    return Errors(*(round(_number(seconds.quantile(share, "linear")) / 60, 1) for share in (0.1, 0.5, 0.9)))


def _rounded(value: float, step: str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(step))


def _number(value: Any) -> float:
    return 0.0 if value is None else float(value)


def as_policy(fits: Sequence[Fitted]) -> str:
    """The fitted paces as the YAML that `doorstep travel adopt` takes."""
    lines = [
        f'  - {{mode: {pace.mode}, setting: {pace.setting or "null"}, detour: "{pace.detour}", kmh: "{pace.kmh}",'
        f' minutes: "{pace.minutes}"}}'
        for pace in (fit.pace for fit in fits)
    ]
    return "\n".join(["paces:", *lines])
