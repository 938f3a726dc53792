"""Whom and what rows name that hold other faults, so that nobody mends those to be told of this next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.sql import query
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, no_commissioner

Half = Line[Mapping[str, Any]]
_HELD: Final = {
    "carer": "activities.employed",
    "contract": "loading.contracts",
    "employment": "loading.employments",
    "package": "loading.package_periods",
    "service user": "loading.service_users",
}
"""What a row can name -> the query of those that a provider holds, by reference."""


async def refuse_unknown(session: Session, names: Mapping[str, str]) -> None:
    """A fault for each organisation, and each thing that a column of `names` names, that is not known.

    `names`: column -> what it names. It is looked at where the row's provider could be read and may be named.
    """
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
            await _refuse_unheld(session, provider_id, named, names)


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
        unknown = wanted - {row["reference"] for row in rows}
        for line in lines:
            if (reference := line.row.get(column)) in unknown:
                session.report.fault(line, column, f"no {thing} has the reference {reference}")
