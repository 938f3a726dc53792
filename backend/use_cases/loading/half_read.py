"""Checks what is named in rows that hold other faults, so that one look at the faults is enough to mend a file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.sql import query
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing, no_commissioner
from schemas.loading import LoadKind

Half = Line[Mapping[str, Any]]
_HELD: Final = {
    "carer": "activities.employed",
    "contract": "loading.contracts",
    "employment": "loading.employments",
    "package": "loading.package_periods",
    "service user": "loading.service_users",
}
"""What a row can name -> the query of those that a provider holds, by reference."""
_OF_VISIT: Final = {"package": "package", "carer": "employment", "second_carer": "employment"}
_NAMES: Final[Mapping[LoadKind, Mapping[str, str]]] = {
    "absences": {"service_user": "service user"},
    "activities": {"carer": "carer"},
    "leave": {"employment": "employment"},
    "needs": {"service_user": "service user"},
    "packages": {"service_user": "service user", "contract": "contract"},
    "patterns": _OF_VISIT,
    "pay": {"employment": "employment"},
    "places": {"service_user": "service user"},
    "rota": _OF_VISIT,
    "skills": {"carer": "carer"},
    "working-hours": {"employment": "employment"},
}
"""Columns of each kind that name what the provider must hold already, and what that is."""


async def refuse_unknown(session: Session, kind: LoadKind) -> None:
    """A fault for each organisation that is not known, and each thing named where the provider could be read."""
    lines, session.report.unread = session.report.unread, []
    by_provider: dict[str, list[Half]] = defaultdict(list)
    for line in lines:
        await _refuse_commissioner(session, line)
        provider = line.row.get("provider")
        if isinstance(provider, str) and provider:
            by_provider[provider].append(line)
    for reference, named in by_provider.items():
        provider_id = await session.provider(reference, named)
        if provider_id is not None and session.scope.commissioner is None:
            await _refuse_unheld(session, provider_id, named, _NAMES.get(kind, {}))


async def _refuse_commissioner(session: Session, line: Half) -> None:
    named = line.row.get("commissioner")
    if isinstance(named, str) and named:
        wrong = no_commissioner(await session.organisation(named), named)
        if wrong is not None:
            session.report.fault(line, "commissioner", wrong)


async def _refuse_unheld(
    session: Session, provider_id: UUID, lines: Sequence[Half], names: Mapping[str, str]
) -> None:
    await session.see(provider_id)
    for column, thing in names.items():
        wanted = {line.row[column] for line in lines if line.row.get(column)}
        rows = await session.connection.fetch(query(_HELD[thing]), provider_id, sorted(wanted))
        missing(lines, column, {row["reference"] for row in rows}, thing, session.report)
