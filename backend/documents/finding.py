"""The short codes by which somebody who has only the paper finds the same figures on the web pages, at /find."""

from schemas.documents import WageReportSnapshot

DIGITS = 8
"""Hexadecimal digits of a report's facts that name it among the reports that one reader may see."""


def report_code(report: WageReportSnapshot, place: int | None = None) -> str:
    """The code of a wage report: 3f9a1c2e; with a worker's place in it, from 1, that of her record: 3f9a1c2e-7."""
    code = report.facts_digest[:DIGITS]
    return code if place is None else f"{code}-{place}"


def where_to_look(report: WageReportSnapshot, place: int | None = None) -> list[str]:
    """A row of a document's head: where the figures can be followed to the signed events."""
    return ["On the web pages", f"/find, with the code {report_code(report, place)}"]
