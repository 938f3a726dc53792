"""What waits for somebody at a provider, in one order: the most urgent kind first, and within it the oldest."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.page_keys import text_part

KINDS: Final = (
    "help",
    "no_end",
    "late",
    "unassigned",
    "missed",
    "no_start",
    "one_came",
    "shortfall",
    "dispute",
    "correction",
    "quarantine",
    "parked",
    "device",
    "payroll",
    "flag",
)
"""What can wait, the most urgent first: people in danger, then care not given, pay, money, and what is in no hurry."""

VISIT_KINDS: Final = frozenset({"no_end", "late", "unassigned", "missed", "no_start", "one_came"})
"""Those that are about how a planned visit stands."""

ACKNOWLEDGED: Final = frozenset(
    {"help", "no_end", "late", "missed", "no_start", "one_came", "shortfall", "device"}
)
"""What a manager can say was seen and needs nothing more here; what is due of it elsewhere stays due there."""

DECISIONS: Final = {
    "accepted": frozenset({"correction"}),
    "declined": frozenset({"correction"}),
    "released": frozenset({"quarantine"}),
    "left_out": frozenset({"quarantine"}),
    "acknowledged": ACKNOWLEDGED,
}
"""What can be decided about several at once, and about which kinds."""

Key = tuple[int, datetime, str]
Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `code` says why, `detail` adds to it; `since` is the instant its age counts from.

    `carer` and `person` are references with names beside. `span`: when the visit is planned, or what a correction
    proposes in place of `recorded`; `note` is what was said with it. `own`: the reader proposed it, so must not decide.
    `decidable`: whether it may be ticked at all, as an event that proves nothing may not be released.
    """

    kind: str
    id: str
    since: datetime
    code: str
    detail: str | None = None
    carer: str | None = None
    carer_name: str | None = None
    person: str | None = None
    person_name: str | None = None
    visit: str | None = None
    visit_id: str | None = None
    span: Span | None = None
    recorded: Span | None = None
    note: str | None = None
    own: bool = False
    decidable: bool = True

    @property
    def order(self) -> Key:
        """Its place in the list."""
        return KINDS.index(self.kind), self.since, self.id

    @property
    def key(self) -> str:
        """Where the next page of the list starts."""
        return f"{KINDS.index(self.kind)}~{self.since.isoformat()}~{text_part(self.id)}"

    @property
    def tick(self) -> str:
        """What names it in a form."""
        return f"{self.kind}.{self.id}"

    @property
    def tickable(self) -> bool:
        """Whether something can be decided about it together with others, by this reader."""
        kinds = frozenset().union(*DECISIONS.values())
        return self.kind in kinds and self.decidable and not self.own


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed down to: a kind, a carer's reference, a person's."""

    kind: str | None = None
    carer: str | None = None
    person: str | None = None


def about(items: Iterable[Item], wanted: Filter) -> list[Item]:
    """Those of the carer and the person that are asked for, of every kind, in order."""
    return sorted(
        (
            item
            for item in items
            if wanted.carer in (None, item.carer) and wanted.person in (None, item.person)
        ),
        key=lambda item: item.order,
    )


def counts(items: Iterable[Item]) -> dict[str, int]:
    """How many there are of each kind, in the order of kinds; kinds that have none are left out."""
    found = Counter(item.kind for item in items)
    return {kind: found[kind] for kind in KINDS if found[kind]}


def page_of(items: Sequence[Item], kind: str | None, after: Key | None, size: int) -> tuple[list[Item], bool]:
    """Those of a kind behind a place in the list, at most `size`, and whether more follow. `items` are in order."""
    rest = [item for item in items if kind in (None, item.kind) and (after is None or item.order > after)]
    return rest[:size], len(rest) > size
