"""How well audit tests find what is false in made-up counties: each flag held against the truth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from backend.domain.audit_tests.registry import audit
from backend.simulator.as_recorded import RADIUS_M, audit_facts
from backend.simulator.county import make_county
from backend.simulator.happenings import Happened, live
from backend.simulator.journal import Sending, write_journal
from backend.simulator.model import County
from backend.statute.audit import audit_limits_on
from backend.statute.policy import policy_on

TRICKS: Final[Mapping[str, str]] = {
    "audit-overlap": "overlapped", "audit-own-home": "from_home", "audit-clipping": "clipped",
    "audit-speed": "impossible_speed", "audit-travel-inside": "overlapped",
}  # fmt: skip
"""The trick that each test of single visits is made to find. A shared phone is a matter of carers, not of visits."""
WAYS: Final = {"audit-travel-inside": 2 * RADIUS_M}
"""From how many metres between both doors the trick is one for this test: within both fences there is no way."""
SHARED: Final = "audit-shared-phone"
MEASURED: Final = (*TRICKS, SHARED)
Attended = tuple[str, str]
"""Visit and employment."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of what is false, how much was found (`hit` of `there`); of what was flagged, how much is so (`right` of
    `flagged`). `wrong` says what the others are: honest, or false in another way."""

    there: int
    hit: int
    flagged: int
    right: int
    wrong: Mapping[str, int]

    @property
    def recall(self) -> float:
        """The share of what is there that was found; 1 where nothing is."""
        return self.hit / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        """The share of what was flagged that is there; 1 where nothing was."""
        return self.right / self.flagged if self.flagged else 1.0

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.there + other.there, self.hit + other.hit, self.flagged + other.flagged, self.right + other.right,
            Counter(self.wrong) + Counter(other.wrong),
        )  # fmt: skip


def detection(seed: int) -> dict[str, Found]:
    """Each measured test in the county of one seed, at the demonstration's size."""
    county = make_county(seed)
    happened = live(county)
    return held_against_truth(county, happened, write_journal(county, happened))


def held_against_truth(county: County, happened: Happened, journal: Sequence[Sending]) -> dict[str, Found]:
    """Audit what a server would hold, and compare with what happened."""
    facts = audit_facts(county, journal, policy_on(county.start))
    found = audit(facts, audit_limits_on(county.start).values)
    single = {
        name: _of_visits(found.filter(test=name), trick, county, happened, WAYS.get(name, 0))
        for name, trick in TRICKS.items()
    }
    return {**single, SHARED: _of_carers(found.filter(test=SHARED), county)}


def _of_visits(
    flags: pl.DataFrame, trick: str, county: County, happened: Happened, least_way_m: float
) -> Found:
    """A flag is right if the visit that it is about has the test's trick; a trick is found if a flag is about it."""
    employments = {carer.reference: carer.employment for carer in county.carers}
    tricks = {(each.visit.reference, each.employment): each.trick for each in happened.attendances}
    there = {
        (each.visit.reference, each.employment)
        for each in happened.attendances
        if each.trick == trick and each.way_m >= least_way_m
    }
    named = {(visit, employments[carer]) for visit, carer in flags.select("visit_id", "carer_id").iter_rows()}
    wrong = Counter(tricks.get(key) or "honest" for key in named - there)
    return Found(len(there), len(there & named), len(named), len(there & named), wrong)


def _of_carers(flags: pl.DataFrame, county: County) -> Found:
    used = Counter(carer.installation for carer in county.carers)
    there = {carer.reference for carer in county.carers if used[carer.installation] > 1}
    named = set(flags["carer_id"])
    wrong = Counter({"honest": len(named - there)})
    return Found(len(there), len(there & named), len(named), len(there & named), wrong)


def together(found: Sequence[Mapping[str, Found]]) -> dict[str, Found]:
    """The same over several counties."""
    whole = dict(found[0])
    for each in found[1:]:
        whole = {name: whole[name] + each[name] for name in whole}
    return whole
