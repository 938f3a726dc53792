"""What the made-up county consists of. Plain values; everything is derived from one seed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Final, Literal

from backend.simulator.gazetteer import Point

PayStyle = Literal["all_time", "contact_only", "contact_and_travel"]
Habit = Literal["clips", "from_home", "overlaps", "shares_phone", "outruns", "hostile"]
PayQuirk = Literal[
    "usual", "exactly_minimum", "penny_short", "uniform", "own_petrol", "premium", "unpaid_yet", "sleep_in"
]

COUNCIL: Final = "wyeshire"
NHS: Final = "wye-icb"


def stream(seed: int, *topic: object) -> Random:
    """A source of chance of its own for one topic, so that a change to one part leaves the others as they were."""
    return Random("/".join(map(str, (seed, *topic))))


@dataclass(frozen=True, slots=True)
class Provider:
    """A homecare provider: how it pays, and how it plans travel (`travel_in_plan` false: five minutes, always)."""

    reference: str
    name: str
    pays: PayStyle
    pay_cycle: str
    travel_in_plan: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives. `listed`: the postcode is a real one, and decides place and `zone`."""

    point: Point
    postcode: str
    address: str
    zone: str
    signal: bool
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Carer:
    """One carer with one employment. `drift_s`: seconds by which her phone's clock is ahead."""

    provider: str
    reference: str
    employment: str
    name: str
    born: date
    home: Home
    mode: str
    pay_cycle: str
    drift_s: int
    apprenticeship_started: date | None = None
    habits: frozenset[Habit] = frozenset()
    quirk: PayQuirk = "usual"

    @property
    def installation(self) -> str:
        """The phone that she carries; two who share one have one name for it."""
        shared = "shares_phone" in self.habits
        return f"install-{self.reference.rsplit('-', 1)[0] if shared else self.reference}"


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """Somebody who is cared for at home."""

    provider: str
    reference: str
    name: str
    home: Home


@dataclass(frozen=True, slots=True)
class Package:
    """What was commissioned for one service user. `zone_given` false: the office leaves it to the postcode."""

    provider: str
    reference: str
    service_user: str
    contract: str
    service: str
    zone: str
    carers: int
    funding: str
    high_dependency: bool = False
    zone_given: bool = True


@dataclass(frozen=True, slots=True)
class Round:
    """A patch: the people on it and the carers who share its shifts."""

    provider: str
    name: str
    kind: Literal["single", "double", "night"]
    hub: Point
    carers: tuple[Carer, ...]
    users: tuple[ServiceUser, ...]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit of the rota, as first planned; `cancelled_at` is set where it will be called off later."""

    provider: str
    reference: str
    package: str
    service_user: str
    start: datetime
    end: datetime
    carer: str
    second_carer: str | None = None
    tasks: tuple[str, ...] = ()
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None

    @property
    def employments(self) -> tuple[str, ...]:
        """The employments that are planned to attend."""
        return (self.carer,) if self.second_carer is None else (self.carer, self.second_carer)


@dataclass(frozen=True, slots=True)
class County:
    """The whole made-up county before anything happens."""

    seed: int
    start: date
    days: int
    providers: tuple[Provider, ...]
    rounds: tuple[Round, ...]
    contracts: tuple[dict[str, Any], ...]
    pay_terms: tuple[dict[str, Any], ...]
    packages: tuple[Package, ...]
    rota: tuple[PlannedVisit, ...] = field(default=())

    @property
    def carers(self) -> list[Carer]:
        """Every carer, round by round."""
        return [carer for patch in self.rounds for carer in patch.carers]

    @property
    def service_users(self) -> list[ServiceUser]:
        """Every service user, round by round."""
        return [user for patch in self.rounds for user in patch.users]
