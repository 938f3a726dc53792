"""What the record shows about pay, in words and as a spreadsheet that may be published."""

from collections.abc import Sequence
from typing import Final

from backend.documents import words
from backend.documents.cells import Cell, csv_bytes
from backend.domain.counted import counted
from schemas.public_answer import PublicAnswer

FIGURES: Final = (
    ("workers", "Workers tested"),
    ("tests", "Tests, each of one worker in one pay reference period"),
    ("not_tested", "Not tested, because no pay was on record"),
    ("workers_short", "Workers found short"),
    ("tests_short", "Tests that found a worker short"),
    ("underpayment", "Found short, together"),
    ("due", "Arrears due for it, by today’s rates where they are higher"),
    ("paid_since", "Arrears paid since"),
    ("outstanding", "Arrears outstanding"),
    ("tests_put_right", "Tests found short that are put right in full"),
    ("travel_seconds", "Travel between visits"),
    ("travel_paid_seconds", "Of it paid"),
    ("travel_percent", "Share of travel paid"),
)
_MONEY: Final = frozenset({"underpayment", "due", "paid_since", "outstanding"})
_HEADER: Final = ("provider", "from", "until", "figure", "value", "too_few_to_tell")


def public_rows(answer: PublicAnswer) -> list[tuple[str, str]]:
    """Each figure in words, with its value as a reader in Great Britain writes it."""
    return [(label, _value(answer, name)) for name, label in FIGURES]


def _value(answer: PublicAnswer, name: str) -> str:
    value = getattr(answer, name)
    if value is None:
        return (
            "none was found"
            if _no_travel(answer, name)
            else f"not told: about fewer than {answer.fewest} people"
        )
    if name in _MONEY:
        return words.pounds(value)
    if name == "travel_percent":
        return words.percent(value)
    return words.lasted(value) if name.endswith("seconds") else f"{value:,}"


def _no_travel(answer: PublicAnswer, name: str) -> bool:
    """Whether there is no share because there was no travel, which may be told."""
    return name == "travel_percent" and answer.travel_seconds == 0


def public_file(answers: Sequence[PublicAnswer]) -> bytes:
    """A row for each figure (pounds, seconds), then each report with its digest. What is not told is an empty cell."""
    rows: list[tuple[Cell, ...]] = []
    for one in answers:
        about = (one.provider.reference, one.start, one.end)
        rows.append((*about, "reports", len(one.reports), None))
        for name, _ in FIGURES:
            value = getattr(one, name)
            rows.append((*about, name, value, (value is None and not _no_travel(one, name)) or None))
        for report in one.reports:
            held = f"report {report.edition} {report.period_start} to {report.period_end}, {report.pay_cycle}, SHA-256"
            rows.append((*about, held, report.digest, None))
    return csv_bytes(_HEADER, rows)


def reports_in_words(answer: PublicAnswer) -> str:
    """How many reports, and how many of them may still change: 4 wage reports, 1 of them provisional."""
    provisional = sum(report.edition == "provisional" for report in answer.reports)
    said = counted(len(answer.reports), "wage report")
    return f"{said}, {provisional} of them provisional" if provisional else said
