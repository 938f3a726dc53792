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
from backend.domain.vat import EXEMPT, Treatment

Key = tuple[str, str | None]
"""A visit, and the carer if the visit is billed by carer."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A line as it is priced now: whole pence before tax, and who pays by what percentages. `person` is the service
    user. Of a block of hours, which is nobody's visit, `visit` stands for the block and its billing period.
    """

    visit: str
    carer: str | None
    person: str
    pence: int
    funders: Funders
    vat: Treatment = EXEMPT

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an earlier document, adjustments included: its pence, shares in pence and percentages.

    `dispute` is the id of the dispute after which the line gives a credit; None of what the facts ask.
    """

    number: str
    line: int
    visit: str
    carer: str | None
    person: str
    pence: int
    shares: Mapping[str, int]
    funders: Funders
    vat: Treatment = EXEMPT
    dispute: str | None = None

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


@dataclass(frozen=True, slots=True)
class NextLine:
    """A line to bill now. `adjusts` names the line (document number, line) that it changes, `reason` why.

    `charge` is the priced line to describe it by; None where a visit is no longer charged at all, or not as it was
    taxed. `vat` is how the line is taxed: what was billed is taken back as it was billed. `dispute` is the id of the
    dispute after which it gives a credit.
    """

    visit: str
    carer: str | None
    person: str
    pence: int
    shares: Mapping[str, int]
    charge: Charge | None
    vat: Treatment
    adjusts: tuple[str, int] | None = None
    reason: str | None = None
    dispute: str | None = None

    @property
    def key(self) -> Key:
        return (self.visit, self.carer)


Line = TypeVar("Line", Charge, Billed)

WITHDRAWN: Final = "no longer charged"
SHARES_CHANGED: Final = "the payers' shares have changed"
TAX_CHANGED: Final = "the VAT treatment has changed"


def next_lines(
    charges: Sequence[Charge], billed: Iterable[Billed], parked: Collection[str] = frozenset()
) -> list[NextLine]:
    """The lines of the next document, in the order of `charges`, then what is no longer charged.

    `billed` is every line of earlier documents for the visits concerned, oldest first, without credits after disputes
    (`domain.credits` makes lines of those): a billed visit that is neither charged now nor `parked` (a finding that a
    person must settle first) is taken back. Shares of each line add up to it; remainders are carried per person through
    the document.
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
    for before in history.values():
        if before[0].visit not in parked:
            lines += _taken_back(before, WITHDRAWN)
    return lines


def _by_key(lines: Iterable[Line]) -> dict[Key, list[Line]]:
    found: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.key].append(line)
    return found


def _new(charge: Charge, carry: Carry) -> NextLine:
    shares = _shares(charge.pence, charge.funders, carry)
    return NextLine(charge.visit, charge.carer, charge.person, charge.pence, shares, charge, charge.vat)


def _adjusted(now: list[Charge], before: list[Billed], changes: Billed, carry: Carry) -> list[NextLine]:
    """The lines of a change, or none if nothing changed. What was taxed otherwise is taken back, and billed anew."""
    otherwise = [line for line in before if line.vat.kind != now[0].vat.kind]
    taken_back = _taken_back(otherwise, TAX_CHANGED)
    same = [line for line in before if line.vat.kind == now[0].vat.kind]
    return taken_back + _difference(now, same, changes, carry, anew=bool(taken_back))


def _difference(
    now: list[Charge], before: list[Billed], changes: Billed, carry: Carry, anew: bool
) -> list[NextLine]:
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
    line = NextLine(
        charge.visit,
        charge.carer,
        charge.person,
        due - was,
        shares,
        charge,
        charge.vat,
        (changes.number, changes.line),
        TAX_CHANGED if anew else _why(was, due),
    )
    return [line] if _says_something(line) else []


def _why(was: int, due: int) -> str:
    return SHARES_CHANGED if due == was else f"was {printed(pounds(was))}, is {printed(pounds(due))}"


def _taken_back(before: Sequence[Billed], reason: str) -> list[NextLine]:
    """What was billed of one visit and carer, given back: a line for each way in which it was taxed."""
    by_tax: dict[object, list[Billed]] = defaultdict(list)
    for line in before:
        by_tax[line.vat.kind].append(line)
    lines = [_given_back(group, reason) for group in by_tax.values()]
    return [line for line in lines if _says_something(line)]


def _given_back(before: Sequence[Billed], reason: str) -> NextLine:
    first = before[0]
    return NextLine(
        first.visit,
        first.carer,
        first.person,
        -sum(line.pence for line in before),
        _less({}, _asked(before)),
        None,
        first.vat,
        (first.number, first.line),
        reason,
    )


def _says_something(line: NextLine) -> bool:
    return line.pence != 0 or any(line.shares.values())


def _shares(pence: int, funders: Funders, carry: Carry) -> dict[str, int]:
    return dict(zip([payer for payer, _ in funders], carry.share(pence, funders), strict=True))


def _asked(before: Sequence[Billed]) -> Counter[str]:
    asked: Counter[str] = Counter()
    for line in before:
        asked.update(line.shares)
    return asked


def _less(shares: Mapping[str, int], asked: Mapping[str, int]) -> dict[str, int]:
    return {payer: shares.get(payer, 0) - asked.get(payer, 0) for payer in [*shares, *asked]}


def _payers(funders: Funders) -> dict[str, int]:
    return {payer: percent for payer, percent in funders if percent}
