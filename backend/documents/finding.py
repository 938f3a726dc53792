"""The short codes by which somebody who has only the paper finds the same figures on the web pages, at /find."""

from typing import Final

import msgspec

from backend.domain.canonical import sha256
from schemas.documents import TestedWorker, WageReportSnapshot

DIGITS: Final = 8
"""Hexadecimal digits that name a report among those one reader may see, and a record in a report."""


def report_code(report: WageReportSnapshot) -> str:
    """The code of a wage report, from the digest of its facts: 3f9a1c2e."""
    return report.facts_digest[:DIGITS]


def record_code(facts_digest: str, employment: str, person: str, name: str | None) -> str:
    """The code of a worker's record in a report: 3f9a1c2e-07d1b2aa. Her record makes the same alone as in the report.

    It holds no number that could be counted up: pages under pseudonyms must not tell the order of references.
    """
    of_worker = sha256(msgspec.json.encode([facts_digest, employment, person, name]))
    return f"{facts_digest[:DIGITS]}-{of_worker.hex()[:DIGITS]}"


def where_to_look(report: WageReportSnapshot, worker: TestedWorker | None = None) -> list[str]:
    """A row of a document's head: where the figures can be followed to the signed events."""
    code = report_code(report)
    if worker is not None:
        code = record_code(report.facts_digest, worker.employment, worker.person, worker.name)
    return ["On the web pages", f"/find, with the code {code}"]
