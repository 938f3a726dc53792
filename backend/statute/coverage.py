"""Which provision of the law is answered by which rules, tests and worked cases, and which by none and why."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from backend.statute import strict_yaml
from backend.statute.entries import Id, build
from schemas.scalars import Text
from schemas.strict import Fault

REGULATIONS: Final = (*(str(number) for number in range(1, 60)), "4A", "4B")
"""Every regulation of SI 2015/621 as it stands: 1 to 59, and two inserted in 2016."""


class Provision(Struct, frozen=True, kw_only=True):
    """Sections of the Act or regulations, by number or range ("41-43"), and what answers to them."""

    of: Literal["act", "regulations"]
    numbers: list[Text]
    about: Text
    status: Literal["covered", "partly", "not_applicable"]
    rules: list[Id] = []
    tests: list[Text] = []
    cases: list[Text] = []
    because: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterable[Fault]:
        status = valid.get("status")
        if status == "not_applicable" and (valid.get("rules") or valid.get("tests")):
            yield Fault("/status", "is not_applicable, yet rules or tests are named")
        if status in ("covered", "partly"):
            for name in ("rules", "tests"):
                if name in valid and not valid[name]:
                    yield Fault(f"/{name}", "is required for what is covered")
        if status in ("partly", "not_applicable") and "because" in valid and not valid["because"]:
            yield Fault("/because", "is required: say what is not covered, and why")


def provisions(data: Any = None) -> list[Provision]:
    """The packaged list, or the one given as data. Raises StatuteError with every fault."""
    return build(
        list[Provision], strict_yaml.read("coverage.yaml") if data is None else data, "coverage.yaml"
    )


def expanded(numbers: Iterable[str]) -> list[str]:
    """Numbers with each range written out: "41-43" is 41, 42 and 43."""
    found: list[str] = []
    for number in numbers:
        first, dash, last = number.partition("-")
        found += [str(each) for each in range(int(first), int(last) + 1)] if dash else [number]
    return found
