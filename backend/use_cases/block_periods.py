"""A contract's blocks of hours by billing period: what each costs, and which visits draw on it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.domain.billing_period import period_containing, periods_between
from backend.domain.pricing.blocks import Timed, block_pence, within_block, within_blocks
from backend.domain.time import london_date
from backend.tables.ids import thing_id
from backend.use_cases.invoice_terms import Terms
from schemas.contract import Block
from schemas.wage import Period

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BlockPeriod:
    """A block for one billing period. `id` stands for both on lines, as a visit's id does; `contract` is the place of
    the terms that buy it.
    """

    id: str
    contract: int
    block: Block
    period: Period

    @property
    def pence(self) -> int:
        """What all payers together pay for it, used or not, before VAT."""
        return block_pence(self.block)


def blocks_in(
    provider_id: UUID, reference: str, terms: Sequence[Terms], first: date, last: date
) -> list[BlockPeriod]:
    """The blocks of every whole billing period from the one that holds `first` up to London date `last`, in order."""
    found = [
        BlockPeriod(_id(provider_id, reference, period, block), place, block, period)
        for place, version in enumerate(terms)
        if version.contract.blocks and version.starts_on <= last
        for period in periods_between(version.billing_period, max(first, version.starts_on), last)
        if version.hold(period.start) and period.end <= last
        for block in version.contract.blocks
    ]
    return sorted(found, key=lambda each: each.period.start)


def _id(provider_id: UUID, reference: str, period: Period, block: Block) -> str:
    return str(thing_id(provider_id, "block", f"{reference}/{period.start}/{block.name}"))


def bought_for(terms: Sequence[Terms], day: date) -> tuple[int, Period] | None:
    """The version with blocks, by its place, and the billing period that hold a London date, if it has any."""
    for place, version in enumerate(terms):
        if version.hold(day):
            return (
                (place, period_containing(version.billing_period, day)) if version.contract.blocks else None
            )
    return None


def drawn_on(
    provider_id: UUID, reference: str, terms: Sequence[Terms], lines: Sequence[Row], visits: Mapping[str, Row]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The priced `lines`, each with the `block` that pays for it or None, and the seconds used of each block, by id.

    `visits` are rows by id. All visits of a billing period must be among them: who comes first decides who fits.
    """
    found: dict[int, str] = {}
    used = Counter[str]()
    for (place, start), timed in _by_period(terms, lines, visits).items():
        blocks = terms[place].contract.blocks
        seconds = {line.place: line.seconds for line in timed}
        for line, index in within_blocks(timed, blocks).items():
            found[line] = blocks[index].name
            period = period_containing(terms[place].billing_period, start)
            used[_id(provider_id, reference, period, blocks[index])] += seconds[line]
    drawn = [
        within_block(row, found[place]) if place in found else {**row, "block": None}
        for place, row in enumerate(lines)
    ]
    return drawn, dict(used)


def _by_period(
    terms: Sequence[Terms], lines: Iterable[Row], visits: Mapping[str, Row]
) -> dict[tuple[int, date], list[Timed]]:
    """The lines of visits made, by the version with blocks and the first day of the billing period that hold them."""
    found: dict[tuple[int, date], list[Timed]] = {}
    if not any(version.contract.blocks for version in terms):
        return found
    for place, row in enumerate(lines):
        visit = visits[row["visit"]]
        bought = bought_for(terms, london_date(visit["starts_at"])) if row["outcome"] == "made" else None
        if bought is not None:
            found.setdefault((bought[0], bought[1].start), []).append(_timed(place, row, visit))
    return found


def _timed(place: int, row: Row, visit: Row) -> Timed:
    carers = visit["carers"] if row["attendance"] == 0 else 1
    return Timed(
        place,
        visit["reference"] or row["visit"],
        visit["service"],
        visit["zone"],
        visit["planned_start"] or visit["actual_start"] or visit["starts_at"],
        row["payable_seconds"] * carers,
    )
