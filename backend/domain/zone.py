"""The price level of an address from its postcode: the ONS rural-urban indicator of 2011.

Source: Office for National Statistics, 2011 rural-urban classification of output areas (England and Wales): A major
conurbation, B minor conurbation, C city and town, D town and fringe, E village, F hamlet and isolated dwelling; the
digit says whether the setting is sparse. Scotland, Northern Ireland and the 2021 classification use other codes.
"""

from typing import Final

LEVELS: Final = ("urban", "fringe", "rural", "isolated")
_ZONES: Final = {
    "A1": "urban",
    "B1": "urban",
    "C1": "urban",
    "C2": "urban",
    "D1": "fringe",
    "D2": "fringe",
    "E1": "rural",
    "E2": "rural",
    "F1": "isolated",
    "F2": "isolated",
}


def zone_of(indicator: str | None) -> str | None:
    """urban, fringe, rural or isolated; None for a blank indicator or one of another classification."""
    return None if indicator is None else _ZONES.get(indicator)


def squeezed(postcode: str) -> str:
    """A postcode as the list is keyed: capitals, no spaces."""
    return "".join(postcode.split()).upper()
