"""The lines of the next document: what was never billed, and how far what was billed has changed since.

Nothing billed is ever rewritten. A fact that arrives later becomes an adjustment that names the line it
changes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from backend.domain.funding import Carry, Funders
from backend.domain.money import pounds, printed

Key = tuple[str, str | None]
"""A visit, and the carer if the visit is billed by carer."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A line as it is priced now: whole pence, and who pays by what percentages. `person` is the service
    user.
    """

    visit: str
    carer: str | None
    person: str
    pence: int
    funders: Funders

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an earlier document, adjustments included: its pence, shares in pence and percentages."""

    number: str
    line: int
    visit: str
    carer: str | None
    person: str
    pence: int
    shares: Mapping[str, int]
    funders: Funders

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


@dataclass(frozen=True, slots=True)
class NextLine:
    """A line to bill now. `adjusts` names the line (document number, line) that it changes, `reason` why.

    `charge` is the priced line to describe it by; None where a visit is no longer charged at all.
    """

    visit: str
    carer: str | None
    person: str
    pence: int
    shares: Mapping[str, int]
    charge: Charge | None
    adjusts: tuple[str, int] | None = None
    reason: str | None = None


Line = TypeVar("Line", Charge, Billed)

WITHDRAWN: Final = "no longer charged"
SHARES_CHANGED: Final = "the payers' shares have changed"


def next_lines(
    charges: Sequence[Charge], billed: Iterable[Billed], parked: Collection[str] = frozenset()
) -> list[NextLine]:
    """The lines of the next document, in the order of `charges`, then what is no longer charged.

    `billed` is every line of earlier documents for the visits concerned, oldest first: a billed visit that is
    neither charged now nor `parked` (a finding that a person must settle first) is taken back. Shares of each
    line add up to it; remainders are carried per person through the document.
    """
    history = _by_key(billed)
    first = {line.visit: line for line in reversed([line for lines in history.values() for line in lines])}
    carries: dict[str, Carry] = defaultdict(Carry)
    lines: list[NextLine] = []
    for key, now in _by_key(charges).items():
        before, carry = history.pop(key, []), carries[now[0].person]
        if key[0] in parked:
            continue
        if key[0] not in first:
            lines += [_new(charge, carry) for charge in now]
        else:
            lines += _adjusted(now, before, (before or [first[key[0]]])[0], carry)
    withdrawn = [_taken_back(before) for before in history.values() if before[0].visit not in parked]
    return lines + [line for line in withdrawn if _says_something(line)]


def _by_key(lines: Iterable[Line]) -> dict[Key, list[Line]]:
    found: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.key].append(line)
    return found


def _new(charge: Charge, carry: Carry) -> NextLine:
    shares = _shares(charge.pence, charge.funders, carry)
    return NextLine(charge.visit, charge.carer, charge.person, charge.pence, shares, charge)


def _adjusted(now: list[Charge], before: list[Billed], changes: Billed, carry: Carry) -> list[NextLine]:
    """One line, or none if nothing changed. A change of amount alone is shared like any line; with other
    payers or percentages, what each payer was asked is taken back and the new amount shared.
    """
    charge = now[0]
    due, was = sum(line.pence for line in now), sum(line.pence for line in before)
    same_payers = not before or _payers(before[-1].funders) == _payers(charge.funders)
    if due == was and same_payers:
        return []
    if same_payers:
        shares = _shares(due - was, charge.funders, carry)
    else:
        shares = _less(_shares(due, charge.funders, carry), _asked(before))
    reason = f"was {printed(pounds(was))}, is {printed(pounds(due))}" if due != was else SHARES_CHANGED
    line = NextLine(
        charge.visit,
        charge.carer,
        charge.person,
        due - was,
        shares,
        charge,
        (changes.number, changes.line),
        reason,
    )
    return [line] if _says_something(line) else []


def _taken_back(before: list[Billed]) -> NextLine:
    first = before[0]
    return NextLine(
        first.visit,
        first.carer,
        first.person,
        -sum(line.pence for line in before),
        _less({}, _asked(before)),
        None,
        (first.number, first.line),
        WITHDRAWN,
    )


def _says_something(line: NextLine) -> bool:
    return line.pence != 0 or any(line.shares.values())


def _shares(pence: int, funders: Funders, carry: Carry) -> dict[str, int]:
    return dict(zip([payer for payer, _ in funders], carry.share(pence, funders), strict=True))


def _asked(before: list[Billed]) -> Counter[str]:
    asked: Counter[str] = Counter()
    for line in before:
        asked.update(line.shares)
    return asked


def _less(shares: Mapping[str, int], asked: Mapping[str, int]) -> dict[str, int]:
    return {payer: shares.get(payer, 0) - asked.get(payer, 0) for payer in [*shares, *asked]}


def _payers(funders: Funders) -> dict[str, int]:
    return {payer: percent for payer, percent in funders if percent}
