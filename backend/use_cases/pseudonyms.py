"""Carers as an auditor sees them: a stable pseudonym, the same in every report of the provider."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import structs

from backend import keys
from schemas.documents import TestedWorker


def pseudonym(provider_id: UUID, employment: str) -> str:
    """Eight hexadecimal digits that only this deployment can make from an employment's reference."""
    return keys.current().lookup_hash(f"pseudonym/{provider_id}/{employment}").hex()[-8:]


def unnamed(worker: TestedWorker, label: str) -> TestedWorker:
    """The worker under a label, without the payroll's own words beside her pay: they may hold anybody's name."""
    beside = worker.beside
    if beside is not None:
        wordless = [structs.replace(line, description=None) for line in beside.unclassified]
        unsaid = [structs.replace(pair, reference=None, other_reference=None) for pair in beside.doubled]
        beside = structs.replace(beside, unclassified=wordless, doubled=unsaid)
    return structs.replace(worker, employment=label, person=label, name=None, beside=beside)


def shown_order(shown: Sequence[str]) -> list[int]:
    """Which of a report's workers stand first, second, ... for a reader who is shown these names of them, in its order.

    By what is shown: the order of references would tell which pseudonym is whose.
    """
    return sorted(range(len(shown)), key=shown.__getitem__)
