"""Load a provider's own reasons for corrections: dated, in its own words, each refining a reason that phones know."""

from collections.abc import Sequence
from typing import Final

from backend.sql import query
from backend.use_cases.loading.periods import refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.loading import CorrectionReasonRow

_REASONS: Final = Versioned(
    "correction_reason_version",
    (("provider_id", "uuid"), ("reference", "text"), ("starts_on", "date")),
    (("ends_on", "date"), ("words", "text"), ("means", "text")),
)


async def store(session: Session, lines: Sequence[Line[CorrectionReasonRow]]) -> Counts:
    """Append what is new of each reason. On any day one version of a reason is in force."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.reference for line in rows})
        records = await session.connection.fetch(query("loading.correction_reasons"), provider_id, wanted)
        refuse_overlaps(rows, stored_periods(records), session.report)
        if not session.report.faults:
            facts = [
                Fact((provider_id, row.reference, row.from_), (row.until, row.words, row.means))
                for row in (line.row for line in rows)
            ]
            counts.add(await append(session.connection, _REASONS, facts, session.now))
    return counts
