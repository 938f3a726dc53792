"""Performance as a spreadsheet: a row for each provider, month and figure. Nothing in it is about too few people."""

from collections.abc import Sequence

from backend.documents.cells import csv_bytes
from schemas.performance import ProviderPerformance

HEADER = ("provider", "month", "figure", "counted", "of", "value", "too_few_to_tell")


def performance_file(found: Sequence[ProviderPerformance]) -> bytes:
    """Every figure; `value` is per cent, or carers a person for `carers_met`. What is not told is an empty cell."""
    rows = [
        (
            one.provider,
            f"{month.month:%Y-%m}",
            each.name,
            each.part,
            each.whole,
            each.value,
            each.hidden or None,
        )
        for one in found
        for month in one.months
        for each in month.figures
    ]
    return csv_bytes(HEADER, rows)
