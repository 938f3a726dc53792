"""Commissioned beside delivered care as a spreadsheet: a row for each person and week."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict

from backend.documents.cells import csv_bytes
from schemas.delivered import DeliveredCare

_COLUMNS: Final = (
    "person", "week", "packages", "commissioned_hours", "planned_hours", "delivered_hours", "delivered_percent",
    "commissioned_visits", "planned_visits", "made", "missed", "refused", "called_off", "unsettled", "to_come",
    "days_away",
)  # fmt: skip


def delivered_file(found: Sequence[DeliveredCare]) -> bytes:
    """Every provider's weeks in one table, with hours as decimals; what was not commissioned is an empty cell."""
    rows = []
    for care in found:
        for week in care.weeks:
            told = {**asdict(week), "packages": "; ".join(week.packages)}
            rows.append((care.provider, *(told[column] for column in _COLUMNS)))
    return csv_bytes(("provider", *_COLUMNS), rows)
