"""Say at once which payslip lines may now be held twice: the same money loaded in two layouts."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from backend.domain.counted import counted
from backend.domain.pay_doubles import possible_doubles
from backend.domain.payroll import classify
from backend.sql import query
from backend.use_cases.loading.session import Session

SHOWN: Final = 50
"""Pairs that a load names; wage reports name each."""
BY_LINE: Final = "loaded line by line"

Named = Collection[tuple[str, str]]
"""Payslip lines, by the reference of the employment and their own."""


async def note_doubles(
    session: Session, provider_id: UUID, paid_on: Collection[date], loaded: Named | None
) -> None:
    """Note the pairs among lines paid on these dates of which one was `loaded` (None: any), as they now stand.

    Both count until one is superseded: nobody but the office knows which is right.
    """
    days = sorted(set(paid_on))
    given = await session.connection.fetch(query("loading.pay_lines_paid_on"), provider_id, days)
    raw = await session.connection.fetch(query("loading.payroll_lines_paid_on"), provider_id, days)
    mapping = await session.connection.fetch(query("wages.pay_mapping"), provider_id, session.now)
    # Seconds for a county's month: phones must not wait for them.
    found = await asyncio.to_thread(_pairs, given, raw, mapping, loaded)
    session.report.notes.extend(_told(found))


def _pairs(
    given: Sequence[Any], raw: Sequence[Any], mapping: Sequence[Any], loaded: Named | None
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    read = classify(list(map(dict, raw)), list(map(dict, mapping))).lines
    by_employment: dict[str, list[Mapping[str, Any]]] = {}
    for line in [*map(dict, given), *read]:
        by_employment.setdefault(line["employment_id"], []).append(line)
    return [
        pair
        for _, lines in sorted(by_employment.items())
        for pair in possible_doubles(lines)
        if loaded is None or any((line["employment_id"], line["reference"]) in loaded for line in pair)
    ]


def _told(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[str]:
    if not pairs:
        return []
    many = counted(len(pairs), "payment")
    head = f"{many} perhaps loaded twice, and both lines count. If it is one payment, take one back (docs/payroll.md)."
    more = [f"and {len(pairs) - SHOWN:,} more"] if len(pairs) > SHOWN else []
    return [head, *map(_pair, pairs[:SHOWN]), *more]


def _pair(pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> str:
    first = pair[0]
    lines = " and ".join(f"{line['reference']} ({line.get('template') or BY_LINE})" for line in pair)
    return f"{first['employment_id']}, {first['kind']} paid on {first['paid_on']}: {lines}"
