"""Commissioned beside delivered care as a spreadsheet: a row for each person and week, then for each block."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict

from backend.documents.cells import csv_bytes
from schemas.delivered import DeliveredCare

_WEEK: Final = (
    "person", "week", "packages", "commissioned_hours", "planned_hours", "delivered_hours", "delivered_percent",
    "commissioned_visits", "planned_visits", "made", "missed", "refused", "called_off", "unsettled", "to_come",
    "days_away",
)  # fmt: skip
_BLOCK: Final = {
    "contract": "contract",
    "block": "block",
    "block_start": "start",
    "block_end": "end",
    "bought_hours": "bought_hours",
    "used_hours": "used_hours",
    "unused_hours": "unused_hours",
}


def delivered_file(found: Sequence[DeliveredCare]) -> bytes:
    """Every provider's weeks and blocks in one table, with hours as decimals; what a row is not about is empty."""
    rows = []
    for care in found:
        told = [asdict(week) | {"packages": "; ".join(week.packages)} for week in care.weeks]
        told += [{name: getattr(block, field) for name, field in _BLOCK.items()} for block in care.blocks]
        rows += [(care.provider, *map(one.get, (*_WEEK, *_BLOCK))) for one in told]
    return csv_bytes(("provider", *_WEEK, *_BLOCK), rows)
