"""Every rule that a result may name, with its citation."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from msgspec.structs import replace

from backend.statute import strict_yaml
from backend.statute.citation import citation
from backend.statute.entries import (
    MileageInterval,
    OffsetInterval,
    PenaltyInterval,
    RateInterval,
    Rule,
    build,
)
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import (
    mileage_intervals,
    offset_intervals,
    rate_intervals,
    read_penalty_intervals,
)

USUAL_MINUTES: Final = ("1", "5", "6", "10", "15", "20", "30", "60")
"""What terms commonly round to: a rule about N minutes is listed with each of these too."""
_NUMBER_AT_END: Final = re.compile(r"(?<=-)\d+(\.\d+)?$")


def rule(rule_id: str, among: Mapping[str, Rule] | None = None) -> Rule:
    """The rule that a result names, packaged or `among` others. Raises KeyError for a name that no rule has.

    A rule about any number of minutes is listed with N for the number, and with the usual numbers:
    round-nearest-N says what round-nearest-7.5 is.
    """
    known = rules() if among is None else among
    number = _NUMBER_AT_END.search(rule_id)
    if rule_id in known or number is None:
        return known[rule_id]
    return _with_minutes(known[f"{rule_id[: number.start()]}N"], number[0])


def _with_minutes(family: Rule, number: str) -> Rule:
    words = "1 minute" if number == "1" else f"{number} minutes"
    title, says = (text.replace("N minutes", words) for text in (family.title, family.says))
    return replace(family, id=f"{family.id.removesuffix('N')}{number}", title=title, says=says)


@cache
def rules() -> dict[str, Rule]:
    """All rules by id: those of rules/*.yaml, and one for each dated rate, offset, mileage rate and penalty.

    Raises StatuteError for a missing citation or an id that stands twice.
    """
    return read_rules(strict_yaml.read)


def read_rules(read: strict_yaml.Reader) -> dict[str, Rule]:
    """The same from files that `read` gives."""
    found: dict[str, Rule] = {}
    written = [rule for name in rule_files() for rule in parsed(read(name), name)]
    families = [rule for rule in written if rule.id.endswith("-N")]
    usual = [_with_minutes(family, number) for family in families for number in USUAL_MINUTES]
    for rule in [*written, *usual, *_dated(read)]:
        if rule.id in found:
            raise StatuteError(f"the rule {rule.id} stands twice")
        found[rule.id] = rule
    return dict(sorted(found.items()))


def rule_files() -> list[str]:
    """The names of the packaged files of rules, such as rules/wage.yaml."""
    folder = files("backend.statute").joinpath("rules")
    return sorted(f"rules/{entry.name}" for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def parsed(data: Any, name: str) -> list[Rule]:
    """Checked rules of one file. Raises StatuteError naming the file and every fault."""
    return build(list[Rule], data, name)


def _dated(read: strict_yaml.Reader) -> list[Rule]:
    rates = rate_intervals(read("wage_rates.yaml"))
    offsets = offset_intervals(read("accommodation_offsets.yaml"))
    miles = [_mileage_rule(entry) for entry in mileage_intervals(read("mileage.yaml"))]
    penalties = [_penalty_rule(entry) for entry in read_penalty_intervals(read("penalties.yaml"))]
    rules = [_rate_rule(entry) for entry in rates] + [_offset_rule(entry) for entry in offsets]
    return rules + miles + penalties


def _rate_rule(entry: RateInterval) -> Rule:
    bands = ", ".join(f"{band.band} £{band.hourly}" for band in entry.bands)
    says = f"Pounds an hour: {bands}, apprentice £{entry.apprentice}"
    return _rule(entry, "Minimum wage rates", f"{says}; for periods that begin")


def _offset_rule(entry: OffsetInterval) -> Rule:
    return _rule(
        entry,
        "Accommodation offset",
        f"£{entry.daily} for each full day of living accommodation; for periods that begin",
    )


def _mileage_rule(entry: MileageInterval) -> Rule:
    says = (
        f"Pounds a mile: car £{entry.car} for the first {entry.car_first_miles} miles of a tax year and "
        f"£{entry.car_after} after, motorcycle £{entry.motorcycle}, bicycle £{entry.bicycle}, passenger "
        f"£{entry.passenger}"
    )
    return _rule(entry, "Approved mileage", f"{says}; for journeys")


def _penalty_rule(entry: PenaltyInterval) -> Rule:
    says = (
        f"A notice of underpayment may ask for {entry.percent} per cent of what was underpaid, at most "
        f"£{entry.most_a_worker} for one worker and at least £{entry.least_a_notice} for the notice; for periods "
        f"that begin"
    )
    return _rule(entry, "Penalty for underpayment", says)


def _rule(
    entry: RateInterval | OffsetInterval | MileageInterval | PenaltyInterval, title: str, says: str
) -> Rule:
    return Rule(
        id=entry.id,
        title=f"{title} from {entry.since}",
        says=f"{says} from {entry.since} to {entry.until}.",
        **citation(entry),
    )
