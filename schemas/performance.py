"""Wire types of performance: what a provider's figures of each month are, and what they are made of."""

from msgspec import Struct

from schemas.scalars import Day, Number


class Figure(Struct, frozen=True, kw_only=True):
    """`part` of `whole`, and `value`: per cent, or carers a person for `carers_met`; null where nothing was measured.

    `hidden`: the figure is about too few people to be told here, and nothing of it is.
    """

    name: str
    rule: str
    part: int | None
    whole: int | None
    value: Number | None
    hidden: bool = False


class MonthOfFigures(Struct, frozen=True, kw_only=True):
    """The figures of the month that begins with the London date `month`."""

    month: Day
    figures: list[Figure]


class HourOfStarts(Struct, frozen=True, kw_only=True):
    """How many attendances planned to start in this London hour were begun, and how many of them on time."""

    hour: int
    began: int
    punctual: int


class ProviderPerformance(Struct, frozen=True, kw_only=True):
    """A provider's months, as far as the reader commissions its visits. `hours` is empty where too few were visited.

    `punctual_minutes` and `full_length_percent` are those that were used: several where contracts differ.
    """

    provider: str
    provider_name: str
    months: list[MonthOfFigures]
    hours: list[HourOfStarts]
    punctual_minutes: list[int]
    full_length_percent: list[int]
