"""Load budgets: what a commissioner means to spend. It alone says, and no provider sees it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend.sql import query
from backend.use_cases.loading.periods import refuse_overlaps, stored_periods
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.loading import BudgetRow

_BUDGETS: Final = Versioned(
    "budget_version",
    (("organisation_id", "uuid"), ("reference", "text"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("name", "text"),
        ("provider_id", "uuid"),
        ("contract_id", "uuid"),
        ("service", "text"),
        ("pence", "bigint"),
    ),
)


async def store(session: Session, lines: Sequence[Line[BudgetRow]]) -> Counts:
    """Append what is new of each budget. Its provider and contract must be of that commissioner."""
    groups: dict[UUID, list[Line[BudgetRow]]] = defaultdict(list)
    for line in lines:
        owner = await _owner(session, line)
        if owner is not None:
            groups[owner].append(line)
    counts = Counts()
    for owner in sorted(groups):
        rows = groups[owner]
        await session.enter_commissioner(owner)
        await session.lock(str(owner))
        wanted = list({line.row.reference for line in rows})
        held = await session.connection.fetch(query("budgets.held"), owner, wanted)
        refuse_overlaps(rows, stored_periods(held), session.report)
        facts = [_fact(owner, line.row, *await _parties(session, owner, line)) for line in rows]
        if not session.report.faults:
            counts.add(await append(session.connection, _BUDGETS, facts, session.now))
    return counts


async def _owner(session: Session, line: Line[BudgetRow]) -> UUID | None:
    """The commissioner that the row names; None, with a fault, if it is none or not the loader's own."""
    named = line.row.commissioner
    found = await session.organisation(named)
    loader = session.scope
    if not loader.everybody and (found is None or found.id != loader.commissioner):
        session.report.fault(line, "commissioner", "must be your own organisation")
    elif found is None or found.kind == "provider":
        wrong = f"no organisation has the reference {named}" if found is None else f"{named} is a provider"
        session.report.fault(line, "commissioner", wrong)
    else:
        return found.id
    return None


async def _parties(session: Session, owner: UUID, line: Line[BudgetRow]) -> tuple[UUID | None, UUID | None]:
    """Provider and contract of a row, with a fault for what the commissioner has no contract with."""
    row = line.row
    if row.provider is None:
        return None, None
    found = await session.organisation(row.provider)
    if found is None or found.kind != "provider":
        session.report.fault(line, "provider", f"no provider has the reference {row.provider}")
        return None, None
    if row.contract is None:
        return found.id, None
    contract = await session.connection.fetchval(query("budgets.contract"), owner, found.id, row.contract)
    if contract is None:
        detail = f"{row.commissioner} has no contract {row.contract} with {row.provider}"
        session.report.fault(line, "contract", detail)
    return found.id, contract


def _fact(owner: UUID, row: BudgetRow, provider: UUID | None, contract: UUID | None) -> Fact:
    key = (owner, row.reference, row.from_)
    return Fact(key, (row.until, row.name, provider, contract, row.service, int(row.amount.scaleb(2))))
