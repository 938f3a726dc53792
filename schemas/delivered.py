"""Wire types of commissioned beside delivered care, by person and week."""

from msgspec import Struct, field

from schemas.scalars import Day, Number


class DeliveredWeek(Struct, frozen=True, kw_only=True):
    """One person's week from Monday `week` on. Hours are carers' hours, to two places.

    What was commissioned is null where a package does not say it; `delivered_percent` is of the hours commissioned.
    """

    person: str
    name: str | None
    week: Day
    packages: list[str]
    commissioned_hours: Number | None
    planned_hours: Number
    delivered_hours: Number
    delivered_percent: Number | None
    commissioned_visits: Number | None
    planned_visits: int
    made: int
    missed: int
    refused: int
    called_off: int
    unsettled: int
    to_come: int
    days_away: int


class DeliveredBlock(Struct, frozen=True, kw_only=True):
    """A block of hours that was bought for a billing period, as documents told its use last: hours to two places."""

    contract: str
    block: str
    start: Day
    end: Day
    bought_hours: Number
    used_hours: Number
    unused_hours: Number


class DeliveredCare(Struct, frozen=True, kw_only=True):
    """The weeks of a provider's people from Monday `from` to Sunday `until`, as far as the reader pays for them.

    `blocks` are those of billing periods that touch these weeks and whose documents are issued.
    """

    provider: str
    provider_name: str
    from_: Day = field(name="from")
    until: Day
    weeks: list[DeliveredWeek]
    blocks: list[DeliveredBlock] = field(default_factory=list)
