"""The words and citations of the rules that a document used."""

from collections.abc import Iterable, Mapping

from backend.statute.catalogue import rule
from backend.statute.entries import Rule
from schemas.documents import RuleText


def rule_texts(ids: Iterable[str], among: Mapping[str, Rule] | None = None) -> list[RuleText]:
    """Rules by id, in order, packaged or `among` others. Raises KeyError for a rule that is nowhere written down."""
    return [
        RuleText(
            id=found.id, title=found.title, says=found.says, href=found.href, instrument=found.instrument
        )
        for found in (rule(name, among) for name in sorted(set(ids)))
    ]
