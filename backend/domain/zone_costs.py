"""What travel and waiting cost for each hour of care, by where the visits are. Exact until it is printed.

The time of a gap belongs to the visit it leads to: it is the price of that visit that must carry the way to it. A gap
that leads to no visit belongs to the visit before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from backend.domain.money import half_up


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time of one kind for visits of one group. Rates are pounds an hour; `terms` None: they do not pay the kind."""

    group: str
    kind: str
    seconds: int
    terms: Decimal | None
    minimum: Decimal


@dataclass(slots=True)
class GroupCost:
    """Seconds, and millionths of a pound times seconds, of one group."""

    contact: int = 0
    travel: int = 0
    waiting: int = 0
    unpaid: int = 0
    terms: int = 0
    minimum: int = 0

    def add(self, stretch: Stretch) -> None:
        """Add a stretch of contact, travel or waiting."""
        setattr(self, stretch.kind, getattr(self, stretch.kind) + stretch.seconds)
        if stretch.kind == "contact":
            return
        if stretch.terms is None:
            self.unpaid += stretch.seconds
        self.terms += stretch.seconds * _micro(stretch.terms or Decimal(0))
        self.minimum += stretch.seconds * _micro(stretch.minimum)

    def pence(self, amount: int) -> int:
        """Pennies, half up, of one of the two sums."""
        return half_up(amount, 3600 * 10_000)

    def pence_per_contact_hour(self, amount: int) -> int | None:
        """Pennies for each hour of contact, half up; None without contact."""
        return half_up(amount, self.contact * 10_000) if self.contact else None


def costs(stretches: Iterable[Stretch]) -> dict[str, GroupCost]:
    """The cost of each group, by its name. Kinds other than contact, travel and waiting are left out."""
    found: dict[str, GroupCost] = {}
    for stretch in stretches:
        if stretch.kind in ("contact", "travel", "waiting"):
            found.setdefault(stretch.group, GroupCost()).add(stretch)
    return found


def _micro(rate: Decimal) -> int:
    return int(rate * 1_000_000)
