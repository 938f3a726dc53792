"""What a provider's payroll exports are taken for: the mapping, and the elements that nobody has mapped."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.payroll import classify, unclassified_worth
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer

_AT_ONCE: Final = 5_000


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
    connection: asyncpg.Connection, provider_id: UUID, mapping: list[dict[str, Any]]
) -> list[UnmappedElement]:
    """Of every line there is, some thousand at a time: in some years a provider loads hundreds of thousands."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = {}
    lines: list[Mapping[str, Any]] = []
    async for line in db.each_row(connection, query("wages.every_payroll_line"), provider_id):
        lines.append(line)
        if len(lines) == _AT_ONCE:
            await asyncio.to_thread(_add, found, lines, mapping)
            lines = []
    await asyncio.to_thread(_add, found, lines, mapping)
    return [UnmappedElement(element, reason, *found[element, reason]) for element, reason in sorted(found)]


def _add(
    found: dict[tuple[str, str], tuple[int, Decimal]],
    lines: Sequence[Mapping[str, Any]],
    mapping: list[dict[str, Any]],
) -> None:
    """Add to the lines and pounds found of each element and reason those of unclassified `lines`."""
    for line in classify(lines, mapping).unclassified:
        count, amount = found.get((line["element"], line["reason"]), (0, Decimal("0.00")))
        found[line["element"], line["reason"]] = (count + 1, amount + unclassified_worth(line))
