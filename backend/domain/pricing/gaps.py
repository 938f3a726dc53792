"""The dates on which a contract has no rate, or more than one, for a service in a zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from schemas.contract import Contract, ContractVersion, Rate

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """London dates, both included, with `rates` rates for a service in a zone; `until` is None where it never ends."""

    service: str
    zone: str
    since: date
    until: date | None
    rates: int

    @property
    def says(self) -> str:
        """The gap in words."""
        rates = f"{self.rates or 'no'} rates"  # never one: that is no gap
        dates = f"from {self.since} on" if self.until is None else f"from {self.since} to {self.until}"
        return f"{rates} for {self.service} in zone {self.zone} {dates}"


@dataclass(frozen=True, slots=True)
class VersionGap:
    """London dates, both included, on which none, or several, of a contract's versions hold."""

    since: date
    until: date
    versions: int

    @property
    def says(self) -> str:
        """The gap in words."""
        dates = f"from {self.since} on" if self.until == date.max else f"from {self.since} to {self.until}"
        return f"{self.versions or 'no'} versions of the contract {dates}"


def version_gaps(versions: Sequence[ContractVersion]) -> list[VersionGap]:
    """The dates from the first version's on, up to where the last one ends, on which not exactly one of them holds."""
    runs = [(version.from_, version.until or date.max) for version in versions]
    starts = {first for first, _ in runs} | {last + _DAY for _, last in runs if last != date.max}
    found = []
    for start, following in _with_next(sorted(starts)):
        held = sum(first <= start <= last for first, last in runs)
        if held != 1 and (held or following):
            found.append(VersionGap(start, following - _DAY if following else date.max, held))
    return found


def gaps(contract: Contract, since: date | None = None, until: date | None = None) -> list[Gap]:
    """Where pricing would find no rate, or several, between two London dates, both included.

    Every service is looked for in every zone that a rate or a lot names. Without `since`, from the first date of any
    rate; without `until`, for ever.
    """
    if not contract.rates:
        return []
    first = since or min(rate.from_ for rate in contract.rates)
    services = dict.fromkeys(rate.service for rate in contract.rates)
    held = (zone for lot in contract.lots for zone in lot.zones)
    zones = dict.fromkeys([*(rate.zone for rate in contract.rates), *held])
    return [
        gap
        for service, zone in product(services, zones)
        for gap in _gaps_of(_matching(contract, service, zone), service, zone, first, until or date.max)
    ]


def unpriced_at_first(
    contract: Contract, service: str, zone: str, first: date, last: date | None
) -> Gap | None:
    """The gap, if there is one on the first of these London dates: `last` is included, None where they never end."""
    found = next(_gaps_of(_matching(contract, service, zone), service, zone, first, last or date.max), None)
    return found if found is not None and found.since == first else None


def _matching(contract: Contract, service: str, zone: str) -> list[Rate]:
    return [rate for rate in contract.rates if (rate.service, rate.zone) == (service, zone)]


def _gaps_of(rates: Sequence[Rate], service: str, zone: str, first: date, last: date) -> Iterator[Gap]:
    """Cut the dates wherever a rate begins or ends, and tell the pieces that have not exactly one."""
    starts = {rate.from_ for rate in rates} | {rate.until + _DAY for rate in rates if rate.until is not None}
    for start, following in _with_next([first, *sorted(day for day in starts if first < day <= last)]):
        held = sum(rate.from_ <= start <= (rate.until or date.max) for rate in rates)
        if held != 1:
            ends = following - _DAY if following else last
            yield Gap(service, zone, start, None if ends == date.max else ends, held)


def _with_next(days: Sequence[date]) -> Iterator[tuple[date, date | None]]:
    """Each day with the one after it; the last with None."""
    return zip(days, [*days[1:], None], strict=True)
