"""The speed at which somebody would have had to travel between two positions, given every benefit of the doubt.

One rule, twice: for one pair of positions as it is judged at receipt, and for columns of pairs as an audit reads them.
"""

from typing import Final

import polars as pl

from backend.domain.place import EARTH_RADIUS_M

_KMH: Final = 3.6


def implied_kmh(metres: float, doubt_m: float, seconds: float) -> float:
    """Kilometres an hour over `metres` less `doubt_m` (both radii of doubt together) in `seconds`.

    Time runs either way, and never less than a second.
    """
    return max(0.0, metres - doubt_m) / max(1.0, abs(seconds)) * _KMH


def implied_kmh_of(metres: pl.Expr, doubt_m: pl.Expr, seconds: pl.Expr) -> pl.Expr:
    """The same of columns."""
    return (metres - doubt_m).clip(lower_bound=0) / seconds.abs().clip(lower_bound=1) * _KMH


def metres_of(lat: pl.Expr, lon: pl.Expr, other_lat: pl.Expr, other_lon: pl.Expr) -> pl.Expr:
    """Metres between columns of points in degrees, on a sphere of the earth's mean radius (half a per cent off)."""
    north = ((other_lat - lat).radians() / 2).sin().pow(2)
    east = ((other_lon - lon).radians() / 2).sin().pow(2) * lat.radians().cos() * other_lat.radians().cos()
    return 2 * EARTH_RADIUS_M * (north + east).sqrt().clip(upper_bound=1).arcsin()
