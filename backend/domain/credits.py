"""Credits after disputes: lines beside those that the facts make, so that nothing is ever given back twice.

A credit stands against what its payer was asked for the visit when it was decided. If a later fact lowers that, the
fall uses the credit up first; if a later fact raises it, the rise is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.invoicing import Billed, NextLine
from backend.domain.money import pounds, printed
from backend.domain.vat import EXEMPT, Treatment

Asked = tuple[str, str]
"""A visit and a payer."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit that was decided: `pence` of the `asked` pence that the payer was then asked for the visit, before tax.

    `dispute` is the id of the dispute and `reference` its name; `number` and `line` name the line it is about, whose
    `carer`, `person` and `vat` these are.
    """

    dispute: str
    reference: str
    number: str
    line: int
    visit: str
    carer: str | None
    person: str
    payer: str
    asked: int
    pence: int
    vat: Treatment = EXEMPT


def dispute_reference(number: str, line: int, nth: int) -> str:
    """What people call the nth dispute about a line: D-HEARTH-000001-3, and the second D-HEARTH-000001-3.2."""
    return f"D-{number}-{line}" + (f".{nth}" if nth > 1 else "")


def visit_dispute_reference(visit: str, nth: int) -> str:
    """What people call the nth dispute about a visit that no document bills yet: D-V1042, and the second D-V1042.2."""
    return f"D-{visit}" + (f".{nth}" if nth > 1 else "")


def left_to_ask(due: int, credits: Iterable[Credit]) -> int:
    """What is left to ask of a payer: the `due` pence that the facts make its part of a visit, less its credits, oldest
    first.

    Never more than `due`, and never below zero unless a credit is more than was asked.
    """
    for credit in credits:
        due = _after(due, credit)
    return due


def _after(due: int, credit: Credit) -> int:
    return min(due, max(due, credit.asked) - credit.pence)


def of_facts(billed: Iterable[Billed]) -> list[Billed]:
    """The lines that facts made, without credits after disputes."""
    return [line for line in billed if line.dispute is None]


def credit_lines(
    lines: Iterable[NextLine], billed: Sequence[Billed], credits: Iterable[Credit]
) -> list[NextLine]:
    """The lines of the next document that give credits, or take back what a change of the facts has given since.

    `lines` are those that the facts make for it, `billed` all earlier lines of the visits concerned, `credits` are
    oldest first.
    """
    due, given = _due(lines, billed), _given(billed)
    made = []
    for credit in credits:
        asked = (credit.visit, credit.payer)
        before = due.get(asked, 0)
        due[asked] = _after(before, credit)
        change = due[asked] - before - given.get(credit.dispute, 0)
        if change:
            made.append(_line(credit, change, given.get(credit.dispute, 0)))
    return made


def _due(lines: Iterable[NextLine], billed: Iterable[Billed]) -> dict[Asked, int]:
    """What the facts make each payer's part of each visit, the next document included."""
    due: dict[Asked, int] = {}
    made: list[Billed | NextLine] = [*of_facts(billed), *lines]
    for line in made:
        for payer, pence in line.shares.items():
            due[line.visit, payer] = due.get((line.visit, payer), 0) + pence
    return due


def _given(billed: Iterable[Billed]) -> Mapping[str, int]:
    """What lines after each dispute come to: below zero."""
    given: dict[str, int] = {}
    for line in billed:
        if line.dispute is not None:
            given[line.dispute] = given.get(line.dispute, 0) + line.pence
    return given


def _line(credit: Credit, change: int, given: int) -> NextLine:
    return NextLine(
        credit.visit,
        credit.carer,
        credit.person,
        change,
        {credit.payer: change},
        None,
        credit.vat,
        (credit.number, credit.line),
        _reason(credit, change, given),
        credit.dispute,
    )


def _reason(credit: Credit, change: int, given: int) -> str:
    said = f"credited after dispute {credit.reference}"
    if not given:
        return said
    return f"{said}: was {printed(pounds(-given))}, is {printed(pounds(-given - change))}"
