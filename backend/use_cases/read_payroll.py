"""What a provider's payroll exports are taken for: the mapping, and the elements that nobody has mapped."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend import clock
from backend.domain.payroll import classify, unclassified_worth
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer


@dataclass(frozen=True, slots=True)
class UnmappedElement:
    """Lines of one pay element that are not classified, for one reason: how many, and pounds together."""

    element: str
    reason: str
    lines: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ShownPayroll:
    """A provider's mapping, newest versions; `unmapped` is None for a reader outside the provider."""

    provider: str
    mapping: list[dict[str, Any]]
    unmapped: list[UnmappedElement] | None


async def read_payroll(viewer: Viewer) -> list[ShownPayroll]:
    """The mapping of every provider whose records the reader may see, by name."""
    async with viewer.transaction() as connection:
        found = []
        names = await parties(connection, await viewer.providers(connection))
        for provider_id, party in sorted(names.items(), key=lambda pair: pair[1].name):
            rows = await connection.fetch(query("wages.pay_mapping"), provider_id, clock.now())
            mapping = [dict(row) for row in rows]
            unmapped = await _unmapped(connection, provider_id, mapping) if viewer.provider else None
            found.append(ShownPayroll(party.name, mapping, unmapped))
    return found


async def _unmapped(
    connection: Any, provider_id: UUID, mapping: list[dict[str, Any]]
) -> list[UnmappedElement]:
    raw = await connection.fetch(query("wages.every_payroll_line"), provider_id)
    return await asyncio.to_thread(_summed, raw, mapping)


def _summed(raw: Sequence[Mapping[str, Any]], mapping: list[dict[str, Any]]) -> list[UnmappedElement]:
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for line in classify(raw, mapping).unclassified:
        sums.setdefault((line["element"], line["reason"]), []).append(unclassified_worth(line))
    return [
        UnmappedElement(element, reason, len(amounts), sum(amounts, Decimal("0.00")))
        for (element, reason), amounts in sorted(sums.items())
    ]
