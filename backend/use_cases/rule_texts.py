"""The words and citations of the rules that a document used."""

from collections.abc import Iterable

from backend.statute.catalogue import rule
from schemas.documents import RuleText


def rule_texts(ids: Iterable[str]) -> list[RuleText]:
    """Rules by id, in order. Raises KeyError for a rule that is nowhere written down."""
    return [
        RuleText(
            id=found.id, title=found.title, says=found.says, href=found.href, instrument=found.instrument
        )
        for found in map(rule, sorted(set(ids)))
    ]
