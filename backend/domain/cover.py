"""Who could take a visit of somebody who cannot come: in which order they are suggested."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A carer against whom nothing speaks. `added`: seconds of journeys that the visit adds to her day; `known`: her
    visits to the person lately; `planned`: seconds planned in the week without it; `contracted`: seconds a week by
    contract, if that is known; `length`: seconds of the visit.
    """

    name: str
    employment: str
    added: int
    known: int
    planned: int
    contracted: int | None
    length: int

    @property
    def beyond(self) -> bool:
        """Whether the visit takes her beyond her contracted hours."""
        return self.contracted is not None and self.planned + self.length > self.contracted


def ranked(found: Iterable[Suggestion]) -> list[Suggestion]:
    """The best first: those who stay within contracted hours, then those who were with the person lately, then by the
    least travel, the most visits to the person and the least time planned; last, by name.
    """
    return sorted(found, key=_order)


def _order(one: Suggestion) -> tuple[bool, bool, int, int, int, str, str]:
    return one.beyond, one.known == 0, one.added, -one.known, one.planned, one.name, one.employment
