"""Both directions of a billing period: every line has its visit, and every visit its lines or the reason why not."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backend.domain.counted import counted
from backend.domain.money import pounds, printed

Key = tuple[str, str | None]
"""A visit, and the carer where each carer has a line."""


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A line of an issued document: what its payer is asked, in pence. `known`: its visit is on record, or it is the
    charge of a block of hours that was bought, for which `visit` stands then.
    """

    number: str
    line: int
    payer: str
    visit: str
    carer: str | None
    pence: int
    known: bool

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


@dataclass(frozen=True, slots=True)
class Period:
    """What a contract's billing period should hold, and what its documents do.

    `visits` are those planned or made in it, `left_out` the visits without a line and why, `due` the pence of each
    visit as the facts have it for all payers together, `totals` the documents by number. `expected` is how many lines
    each payer has for a visit where that may be more than one (a change of tax, a credit after a dispute).
    """

    visits: Collection[str]
    left_out: Mapping[str, str]
    due: Mapping[Key, int]
    lines: Sequence[IssuedLine]
    totals: Mapping[str, int]
    expected: Mapping[tuple[Key, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that does not reconcile: a stable code, the visit or document concerned, and the fact in words."""

    code: str
    about: str
    detail: str


def discrepancies(period: Period) -> list[Discrepancy]:
    """Everything that does not reconcile, in the order of visits, lines and documents; empty if all does."""
    return [*_visits(period), *_lines(period), *_amounts(period), *_totals(period)]


def _visits(period: Period) -> Iterator[Discrepancy]:
    lined = {line.visit for line in period.lines}
    for visit in sorted(period.visits):
        if visit not in lined and visit not in period.left_out:
            yield Discrepancy(
                "visit_without_line", visit, "has neither a line nor a reason for being left out"
            )
        elif visit in lined and visit in period.left_out and any(key[0] == visit for key in period.due):
            yield Discrepancy(
                "line_and_reason", visit, f"has a line, and is left out as well: {period.left_out[visit]}"
            )


def _lines(period: Period) -> Iterator[Discrepancy]:
    seen: dict[tuple[Key, str], IssuedLine] = {}
    counts: Counter[tuple[Key, str]] = Counter()
    for line in period.lines:
        place = f"line {line.line} of {line.number}"
        if not line.known:
            yield Discrepancy(
                "line_without_visit", line.number, f"{place} names no visit or block on record: {line.visit}"
            )
        asked = (line.key, line.payer)
        first = seen.setdefault(asked, line)
        counts[asked] += 1
        if counts[asked] > period.expected.get(asked, 1):
            yield Discrepancy(
                "billed_twice",
                line.visit,
                f"{place} asks {line.payer} again after line {first.line} of {first.number}",
            )


def _amounts(period: Period) -> Iterator[Discrepancy]:
    asked: Counter[Key] = Counter()
    for line in period.lines:
        asked[line.key] += line.pence
    for key in sorted({*period.due, *asked}, key=str):
        due = period.due.get(key)
        if due is None:
            yield Discrepancy(
                "line_not_due", key[0], f"is billed {_told(asked[key])}, and no fact makes a line of it"
            )
        elif key in asked and due != asked[key]:
            yield Discrepancy(
                "wrong_amount", key[0], f"is billed {_told(asked[key])} in all, and {_told(due)} is due"
            )
        elif key not in asked and key[0] not in period.left_out:
            yield Discrepancy("line_missing", key[0], f"{_told(due)} is due for it, and no document asks it")


def _totals(period: Period) -> Iterator[Discrepancy]:
    sums: dict[str, int] = defaultdict(int)
    counts: Counter[str] = Counter()
    for line in period.lines:
        sums[line.number] += line.pence
        counts[line.number] += 1
    for number, total in sorted(period.totals.items()):
        if sums[number] != total:
            of_lines = f"the sum of its {counted(counts[number], 'line')} is {_told(sums[number])}"
            yield Discrepancy("wrong_total", number, f"says {_told(total)}, and {of_lines}")


def _told(pence: int) -> str:
    return printed(pounds(pence))
