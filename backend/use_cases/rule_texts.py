"""The words and citations of the rules that a document used."""

from collections.abc import Iterable

from backend.statute.catalogue import rules
from schemas.documents import RuleText


def rule_texts(ids: Iterable[str]) -> list[RuleText]:
    """Rules by id, in order. Raises KeyError for a rule that is nowhere written down."""
    book = rules()
    return [
        RuleText(
            id=name,
            title=book[name].title,
            says=book[name].says,
            href=book[name].href,
            instrument=book[name].instrument,
        )
        for name in sorted(set(ids))
    ]
