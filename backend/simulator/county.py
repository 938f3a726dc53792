"""The made-up county: its providers, carers, service users and packages, all from one seed."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

from backend.faults import SetupFault
from backend.simulator.gazetteer import SETTLEMENTS, Settlement
from backend.simulator.homes import Homes, Postcode
from backend.simulator.model import (
    COUNCIL,
    NHS,
    Carer,
    County,
    Habit,
    Package,
    PayQuirk,
    Provider,
    Round,
    ServiceUser,
    stream,
)
from backend.simulator.rota import plan_rota
from backend.simulator.terms import contracts, pay_terms

FIRST_MONDAY: Final = date(2026, 11, 2)
LEAST_CARERS: Final = 6
MOST_DAYS: Final = 28
NEIGHBOUR_M: Final = 9_000
SHARES: Final = (0.37, 0.33)
"""Of the carers, for the first two providers; the third has the rest."""

FIRST_NAMES: Final = (
    "Aisha", "Bethan", "Callum", "Dorota", "Elena", "Femi", "Grace", "Harriet", "Ioana", "Jack", "Kasia", "Lorna",
    "Megan", "Nadia", "Owen", "Priya", "Rhys", "Sian", "Tomasz", "Uma", "Violet", "Winston", "Yusuf", "Zoe",
    "Alfred", "Beryl", "Cyril", "Doris", "Edna", "Frank", "Gladys", "Harold", "Ivy", "Joan",
)  # fmt: skip
SURNAMES: Final = (
    "Abbott", "Bengough", "Croft", "Davies", "Eckley", "Fletcher", "Gwilliam", "Hodges", "Ince", "Jancey", "Kowalska",
    "Lloyd", "Morgan", "Nowak", "Okafor", "Preece", "Quinn", "Powell", "Skyrme", "Tudge", "Vaughan", "Watkins",
    "Yapp", "Bounds", "Cadwallader", "Gittins", "Meredith", "Parry",
)  # fmt: skip
RoundKind = Literal["single", "double", "night"]


def make_county(
    seed: int,
    carers: int = 60,
    service_users: int = 240,
    days: int = 14,
    postcodes: list[Postcode] | None = None,
) -> County:
    """A county of this size from Monday 2 November 2026; the same arguments make the same county.

    Raises SetupFault if it would be too small to have three providers, or longer than four weeks.
    """
    if carers < LEAST_CARERS or service_users < carers or not 1 <= days <= MOST_DAYS:
        raise SetupFault(
            f"The made-up county needs at least {LEAST_CARERS} carers, as many service users as carers, "
            f"and 1 to {MOST_DAYS} days."
        )
    providers = _providers(FIRST_MONDAY)
    homes = Homes(postcodes)
    rounds = _rounds(seed, providers, _shares(carers), _shares(service_users), homes)
    packages = tuple(package for patch in rounds for package in _packages(seed, patch))
    county = County(
        seed,
        FIRST_MONDAY,
        days,
        providers,
        rounds,
        contracts(providers, FIRST_MONDAY),
        pay_terms(providers),
        packages,
    )
    return replace(county, rota=plan_rota(county))


def _providers(start: date) -> tuple[Provider, ...]:
    return (
        Provider("marches", "Marches Homecare Ltd", "all_time", f"fortnightly:{start}", True),
        Provider("golden", "Golden Valley Care Ltd", "contact_only", "weekly:mon", False),
        Provider("hollybush", "Hollybush Home Support Ltd", "contact_and_travel", "monthly:1", False),
    )


def _shares(total: int) -> tuple[int, int, int]:
    first, second = (max(2, round(total * share)) for share in SHARES)
    return first, second, total - first - second


def _rounds(
    seed: int, providers: tuple[Provider, ...], carers: tuple[int, ...], users: tuple[int, ...], homes: Homes
) -> tuple[Round, ...]:
    found: list[Round] = []
    for provider, carer_count, user_count in zip(providers, carers, users, strict=True):
        shapes = _shapes(provider, carer_count)
        for number, (kind, size) in enumerate(shapes):
            count = _users_of(number, shapes, user_count)
            found.append(_round(seed, provider, number, kind, size, count, homes))
    return tuple(found)


def _shapes(provider: Provider, carers: int) -> list[tuple[RoundKind, int]]:
    """How a provider's carers divide into rounds: nights, a double-handed round, and threes for the rest."""
    shapes: list[tuple[RoundKind, int]] = []
    if provider.pays == "all_time" and carers >= 14:
        shapes.append(("night", 2))
    if carers >= 12:
        shapes.append(("double", 6))
    left = carers - sum(size for _, size in shapes)
    singles = max(1, left // 3)
    return shapes + [
        ("single", left // singles + (1 if number < left % singles else 0)) for number in range(singles)
    ]


def _users_of(number: int, shapes: list[tuple[RoundKind, int]], total: int) -> int:
    weights = {"night": 0.1, "double": 0.7, "single": 1.0}
    ends, so_far, whole = [0], 0.0, sum(weights[kind] for kind, _ in shapes)
    for each, _ in shapes:
        so_far += weights[each]
        ends.append(round(total * so_far / whole))
    return max(1, ends[number + 1] - ends[number])


def _round(
    seed: int, provider: Provider, number: int, kind: RoundKind, size: int, users: int, homes: Homes
) -> Round:
    name = f"{provider.reference}-{number + 1:02d}"
    chance = stream(seed, "round", name)
    hub = chance.choices(SETTLEMENTS, [place.weight for place in SETTLEMENTS])[0]
    near = [place for place in SETTLEMENTS if place.point.metres_to(hub.point) <= NEIGHBOUR_M]
    return Round(
        provider.reference, name, kind, hub.point,
        tuple(_carer(seed, provider, name, index, kind, near, homes) for index in range(size)),
        tuple(_service_user(provider, name, index, hub, near, homes, chance) for index in range(users)),
    )  # fmt: skip


def _service_user(
    provider: Provider,
    patch: str,
    index: int,
    hub: Settlement,
    near: list[Settlement],
    homes: Homes,
    chance: Random,
) -> ServiceUser:
    place = hub if chance.random() < 0.6 else chance.choices(near, [place.weight for place in near])[0]
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(SURNAMES)}"
    return ServiceUser(provider.reference, f"{patch}-su{index + 1:02d}", name, homes.near(place, chance))


def _carer(
    seed: int,
    provider: Provider,
    patch: str,
    index: int,
    kind: RoundKind,
    near: list[Settlement],
    homes: Homes,
) -> Carer:
    chance = stream(seed, "carer", patch, index)
    reference = f"{patch}-c{index + 1}"
    quirk = _quirk(patch, index)
    return Carer(
        provider.reference, reference, f"{reference}-e1", f"{chance.choice(FIRST_NAMES)} {chance.choice(SURNAMES)}",
        _born(patch, index, chance), homes.near(chance.choice(near), chance), _mode(kind, chance), provider.pay_cycle,
        _drift(chance), FIRST_MONDAY - timedelta(days=120) if _is_apprentice(patch, index) else None,
        frozenset(_habits(provider, patch, kind, index)), quirk,
    )  # fmt: skip


def _is_apprentice(patch: str, index: int) -> bool:
    return (patch, index) == ("marches-04", 1)


def _born(patch: str, index: int, chance: Random) -> date:
    if _is_apprentice(patch, index) or (index == 2 and patch.endswith("-03")):
        return FIRST_MONDAY - timedelta(days=round(365.25 * chance.uniform(18.2, 18.9)))
    if index == 1 and patch.endswith("-05"):
        return FIRST_MONDAY - timedelta(days=round(365.25 * 21) - 6)  # turns 21 inside the fortnight
    return FIRST_MONDAY - timedelta(days=round(365.25 * chance.uniform(22, 64)))


def _mode(kind: RoundKind, chance: Random) -> str:
    return "bicycle" if kind == "single" and chance.random() < 0.08 else "car"


def _drift(chance: Random) -> int:
    """Seconds by which a phone's clock is ahead: most nearly right, a few badly wrong."""
    if chance.random() < 0.85:
        return chance.randint(-25, 25)
    return chance.choice((-1, 1)) * chance.randint(150, 900)


def _habits(provider: Provider, patch: str, kind: RoundKind, index: int) -> list[Habit]:
    if provider.reference != "hollybush":
        return []
    if kind == "double":
        return ["shares_phone"] if index < 2 else []
    by_place: dict[tuple[int, int], Habit] = {
        (0, 0): "clips", (0, 1): "from_home", (0, 2): "overlaps", (1, 0): "clips", (1, 1): "hostile",
        (1, 2): "outruns", (2, 0): "from_home", (2, 1): "outruns",
    }  # fmt: skip
    number = int(patch.rsplit("-", 1)[1]) % 2 + (2 if patch.endswith("04") else 0)
    found = by_place.get((number % 3, index))
    return [found] if found else []


def _quirk(patch: str, index: int) -> PayQuirk:
    """The few carers whose pay has something of its own, so that each edge of the test is met."""
    by_place: dict[tuple[str, int], PayQuirk] = {
        ("marches-03", 0): "exactly_minimum", ("marches-03", 1): "penny_short", ("marches-04", 0): "uniform",
        ("marches-04", 2): "premium", ("marches-05", 0): "own_petrol", ("golden-02", 0): "sleep_in",
        ("golden-02", 1): "uniform", ("hollybush-02", 0): "own_petrol", ("hollybush-03", 2): "unpaid_yet",
    }  # fmt: skip
    small: dict[tuple[str, int], PayQuirk] = {
        ("marches-01", 0): "exactly_minimum",
        ("marches-01", 1): "penny_short",
    }
    return by_place.get((patch, index), small.get((patch, index), "usual"))


def _packages(seed: int, patch: Round) -> list[Package]:
    chance = stream(seed, "package", patch.name)
    return [_package(patch, user, chance.random()) for user in patch.users]


def _package(patch: Round, user: ServiceUser, draw: float) -> Package:
    """One package a person: the council's, the health service's (nights, and one in eight), or theirs together."""
    nhs = patch.kind == "night" or draw < 0.12
    shared = not nhs and draw < 0.22
    return Package(
        patch.provider, f"{user.reference}-p1", user.reference, f"{patch.provider}-{'nhs' if nhs else 'council'}",
        "waking_night" if patch.kind == "night" else "home_care", user.home.zone, 2 if patch.kind == "double" else 1,
        f"{COUNCIL}=70;{NHS}=30" if shared else "", patch.kind != "single", not user.home.listed,
    )  # fmt: skip
