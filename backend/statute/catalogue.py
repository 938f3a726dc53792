"""Every rule that a result may name, with its citation."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from msgspec.structs import replace

from backend.statute import strict_yaml
from backend.statute.entries import OffsetInterval, RateInterval, Rule, build
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import offset_intervals, rate_intervals

USUAL_MINUTES: Final = ("1", "5", "6", "10", "15", "20", "30", "60")
"""What terms commonly round to: a rule about N minutes is listed with each of these too."""
_NUMBER_AT_END: Final = re.compile(r"(?<=-)\d+(\.\d+)?$")


def rule(rule_id: str) -> Rule:
    """The rule that a result names. Raises KeyError for a name that no rule has.

    A rule about any number of minutes is listed with N for the number, and with the usual numbers:
    round-nearest-N says what round-nearest-7.5 is.
    """
    known = rules()
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
    """All rules by id: those of rules/*.yaml, and one for each dated rate and offset.

    Raises StatuteError for a missing citation or an id that stands twice.
    """
    found: dict[str, Rule] = {}
    written = _written()
    families = [rule for rule in written if rule.id.endswith("-N")]
    usual = [_with_minutes(family, number) for family in families for number in USUAL_MINUTES]
    for rule in [*written, *usual, *_dated()]:
        if rule.id in found:
            raise StatuteError(f"the rule {rule.id} stands twice")
        found[rule.id] = rule
    return dict(sorted(found.items()))


def _written() -> list[Rule]:
    folder = files("backend.statute").joinpath("rules")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return [rule for name in names for rule in parsed(strict_yaml.read(f"rules/{name}"), f"rules/{name}")]


def parsed(data: Any, name: str) -> list[Rule]:
    """Checked rules of one file. Raises StatuteError naming the file and every fault."""
    return build(list[Rule], data, name)


def _dated() -> list[Rule]:
    rates = rate_intervals(strict_yaml.read("wage_rates.yaml"))
    offsets = offset_intervals(strict_yaml.read("accommodation_offsets.yaml"))
    return [_rate_rule(entry) for entry in rates] + [_offset_rule(entry) for entry in offsets]


def _rate_rule(entry: RateInterval) -> Rule:
    bands = ", ".join(f"{band.band} £{band.hourly}" for band in entry.bands)
    return _rule(entry, "Minimum wage rates", f"Pounds an hour: {bands}, apprentice £{entry.apprentice}")


def _offset_rule(entry: OffsetInterval) -> Rule:
    return _rule(entry, "Accommodation offset", f"£{entry.daily} for each full day of living accommodation")


def _rule(entry: RateInterval | OffsetInterval, title: str, says: str) -> Rule:
    return Rule(
        id=entry.id,
        title=f"{title} from {entry.since}",
        says=f"{says}; for periods that begin from {entry.since} to {entry.until}.",
        instrument=entry.instrument,
        href=entry.href,
        checked_on=entry.checked_on,
    )
