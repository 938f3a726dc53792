"""The law and policy that results are worked out by, as one value: packaged, or as an evidence bundle holds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import yaml

from backend.domain.minimum_wage.law import Law
from backend.statute import strict_yaml
from backend.statute.catalogue import read_rules, rule_files, rules
from backend.statute.entries import MileageInterval, RateInterval, Rule
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import mileage_intervals, rate_intervals, read_wage_law
from backend.travel.straight_line import StraightLine, paces_text, read_paces

_LAW: Final = (
    "accommodation_offsets.yaml",
    "mileage.yaml",
    "penalties.yaml",
    "policy.yaml",
    "treatments.yaml",
    "wage_rates.yaml",
)
_PACES: Final = "straight_line.yaml"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the minimum wage test and the working day go by."""

    law: Law
    rates: Sequence[RateInterval]
    rules: Mapping[str, Rule]
    estimator: StraightLine
    mileage: Sequence[MileageInterval]


@cache
def packaged_rulebook() -> Rulebook:
    """The rulebook of this version. Raises StatuteError if it is not sound."""
    return _read(rulebook_texts(), lambda _: rules())  # which others read too


def rulebook_texts() -> dict[str, str]:
    """The packaged files of the rulebook, by name."""
    texts = {name: strict_yaml.text(name) for name in (*_LAW, *rule_files())}
    return {**texts, _PACES: paces_text()}


def read_rulebook(texts: Mapping[str, str]) -> Rulebook:
    """The rulebook that these files hold. Raises StatuteError or schemas.strict.Faulty."""
    return _read(texts, read_rules)


def _read(texts: Mapping[str, str], rules_of: Callable[[strict_yaml.Reader], Mapping[str, Rule]]) -> Rulebook:
    read = strict_yaml.reader(texts)
    if _PACES not in texts:
        raise StatuteError(f"{_PACES} is not given")
    return Rulebook(
        read_wage_law(read),
        rate_intervals(read("wage_rates.yaml")),
        rules_of(read),
        StraightLine(read_paces(_plain(texts[_PACES]))),
        mileage_intervals(read("mileage.yaml")),
    )


def _plain(text: str) -> object:
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise StatuteError(f"{_PACES} is not valid YAML: {error}") from None
