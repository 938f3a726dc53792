"""The gap ledger of a provider's days as one CSV, from the facts recorded up to an instant: nothing is frozen."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from backend import db
from backend.documents.cells import Cell, csv_bytes
from backend.documents.gap_sheets import GAPS, gap_rows
from backend.use_cases.frozen_documents import File
from backend.use_cases.gap_ledgers import gap_ledgers
from backend.use_cases.rulebook import packaged_rulebook
from backend.use_cases.wage_report_snapshot import days_by_employment
from backend.use_cases.worked_days import CarersDays, worked_days


async def export_gaps(
    provider_id: UUID, provider: str, first: date, last: date, as_of: datetime
) -> tuple[File, int]:
    """The gaps that start on London dates `first` to `last`, by employment and time, and how many there are.

    `provider` is the reference that the file's name holds.
    """
    async with db.as_reader(provider_id) as connection:
        days = await worked_days(connection, provider_id, first, last, as_of=as_of)
    rows = list(_rows(days))
    content = csv_bytes(("employment", "day", *GAPS), rows)
    return File("csv", "text/csv", f"gaps_{provider}_{first}_{last}.csv", content), len(rows)


def _rows(days: CarersDays) -> Iterator[Sequence[Cell]]:
    found = days_by_employment(days, gap_ledgers(days, packaged_rulebook().estimator))
    references = {key: row["reference"] for key, row in days.employments.items()}
    for employment in sorted(found, key=lambda each: str(references[each])):
        for day in found[employment]:
            yield from ((references[employment], day.date, *row) for row in gap_rows(day))
