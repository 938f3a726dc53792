"""Who looked at whose records: a provider sees what others looked at of its own, a commissioner what its people did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer

PAGE: Final = 100
After = tuple[datetime, UUID]
_PLACES: Final = {"invoice": "invoices", "wage report": "wage-reports", "dispute": "disputes"}
"""Where the page is of what was looked at, by what it is."""
_OF_OTHERS: Final = ("invoice", "dispute")
"""What an auditor's colleagues look at, and no auditor opens."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `who`: the address of the reader, None where only their organisation is shown. `path`: its page."""

    id: UUID
    at: datetime
    who: str | None
    organisation: str
    provider: str
    what: str
    path: str | None
    reason: str | None

    @property
    def key(self) -> str:
        """Where the next page of the list starts."""
        return f"{self.at.isoformat()}~{self.id}"


async def read_access_log(viewer: Viewer, after: After | None = None) -> tuple[list[Look], bool]:
    """A page of looks, the newest first, and whether more follow."""
    async with viewer.transaction() as connection:
        rows = await connection.fetch(
            query("console.looks_at" if viewer.provider else "console.looks_by"),
            viewer.organisation_id,
            *(after or (None, None)),
            PAGE + 1,
        )
        known = await parties(
            connection, {row[name] for row in rows for name in ("organisation_id", "provider_id")}
        )
    looks = [
        Look(
            id=row["id"],
            at=row["looked_at"],
            who=row["email"],
            organisation=known[row["organisation_id"]].name,
            provider=known[row["provider_id"]].name,
            what=row["what"],
            path=_path(row["what"], row["subject"], viewer.provider),
            reason=row["reason"],
        )
        for row in rows[:PAGE]
    ]
    return looks, len(rows) > PAGE


def _path(what: str, subject: UUID | None, provider: bool) -> str | None:
    if subject is None or (what in _OF_OTHERS and not provider):
        return None
    if what == "attendance":
        return f"/visits/{subject}" if provider else f"/attendances/{subject}?back=/access-log"
    flags, _, test = what.partition(": ")
    if flags == "audit flags":
        return f"/audits/{subject}/tests/{test}"
    return f"/{_PLACES[what]}/{subject}" if what in _PLACES else None
