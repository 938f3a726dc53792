"""Credits after disputes: given once, used up by later falls, beside rises that are asked."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.credits import (
    Credit,
    credit_lines,
    dispute_reference,
    left_to_ask,
    of_facts,
    visit_dispute_reference,
)
from backend.domain.funding import WHOLE, Funders
from backend.domain.invoicing import Billed, Charge, NextLine, next_lines
from backend.domain.payer_bills import payer_bills

SHARED: Funders = [("council", 70 * WHOLE // 100), ("icb", 30 * WHOLE // 100)]


@dataclass
class Ledger:
    """Documents of one visit, one after the other, as facts and decisions come."""

    billed: list[Billed] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    documents: int = 0

    def issue(self, pence: int | None, parked: bool = False) -> list[tuple[str, int, str | None]]:
        """The next documents with the visit at this price (None: not charged): payer, pence and reason of each line."""
        charges = [] if pence is None else [Charge("v", None, "Ann", pence, SHARED)]
        lines = next_lines(charges, of_facts(self.billed), {"v"} if parked else ())
        lines += credit_lines(lines, self.billed, self.credits)
        told = []
        for bill in payer_bills(lines, self.billed):
            self.documents += 1
            for place, part in enumerate(bill.lines, 1):
                self.billed.append(self._billed(part.whole, bill.payer, part.pence, place))
                told.append((bill.payer, part.pence, part.whole.reason))
        return told

    def _billed(self, line: NextLine, payer: str, pence: int, place: int) -> Billed:
        funders = line.charge.funders if line.charge else []
        number, shares = f"A{self.documents}", {payer: pence}
        return Billed(number, place, "v", None, "Ann", pence, shares, funders, line.vat, dispute=line.dispute)

    def asked(self, payer: str) -> int:
        """What the payer's documents ask in all."""
        return sum(line.shares.get(payer, 0) for line in self.billed)

    def credit(self, payer: str, pence: int) -> None:
        """Decide a credit as the provider does: of what the payer is asked by now."""
        due = sum(line.shares.get(payer, 0) for line in of_facts(self.billed))
        asked = left_to_ask(due, [each for each in self.credits if each.payer == payer])
        given = min(pence, asked)
        if given > 0:
            name = str(len(self.credits) + 1)
            self.credits.append(Credit(name, f"D{name}", "A1", 1, "v", None, "Ann", payer, asked, given))


def billed_at(pence: int) -> Ledger:
    ledger = Ledger()
    ledger.issue(pence)
    return ledger


def test_a_credit_is_a_line_of_the_next_document_of_its_payer_alone_and_comes_once() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 300)
    assert ledger.issue(1000) == [("council", -300, "credited after dispute D1")]
    assert ledger.issue(1000) == []
    assert (ledger.asked("council"), ledger.asked("icb")) == (400, 300)


def test_a_credit_names_the_line_it_is_about() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 300)
    [line] = credit_lines([], ledger.billed, ledger.credits)
    assert (line.adjusts, line.dispute, line.carer) == (("A1", 1), "1", None)


def test_a_later_fall_of_the_price_uses_the_credit_up_first() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 300)
    ledger.issue(1000)
    assert ledger.issue(800) == [
        ("council", -140, "was £10.00, is £8.00"),
        ("council", 140, "credited after dispute D1: was £3.00, is £1.60"),
        ("icb", -60, "was £10.00, is £8.00"),
    ]
    assert ledger.asked("council") == 400
    ledger.issue(None)
    assert (ledger.asked("council"), ledger.asked("icb")) == (0, 0)


def test_a_later_rise_of_the_price_is_asked_beside_the_credit() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 700)
    ledger.issue(1000)
    ledger.issue(1200)
    assert (ledger.asked("council"), ledger.asked("icb")) == (140, 360)


def test_a_fall_that_no_document_tells_yet_counts_too() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 300)
    assert [pence for _, pence, _ in ledger.issue(500)] == [-350, -150]
    assert ledger.asked("council") == 350


def test_two_credits_of_one_visit_add_up() -> None:
    ledger = billed_at(1000)
    ledger.credit("council", 300)
    ledger.credit("council", 300)
    ledger.credit("council", 300)
    assert [pence for _, pence, _ in ledger.issue(1000)] == [-300, -300, -100]
    assert ledger.asked("council") == 0


def test_a_credit_is_given_though_the_visit_itself_waits_for_somebody() -> None:
    ledger = billed_at(1000)
    ledger.credit("icb", 300)
    assert ledger.issue(1000, parked=True) == [("icb", -300, "credited after dispute D1")]


def test_disputes_have_names() -> None:
    assert [dispute_reference("H-1", 3, nth) for nth in (1, 2)] == ["D-H-1-3", "D-H-1-3.2"]
    assert [visit_dispute_reference("V1042", nth) for nth in (1, 2)] == ["D-V1042", "D-V1042.2"]


steps = st.one_of(
    st.tuples(st.just("issue"), st.one_of(st.none(), st.integers(0, 2_000))),
    st.tuples(st.sampled_from(["council", "icb"]), st.integers(1, 2_000)),
)


@settings(max_examples=300)
@given(st.integers(0, 2_000), st.lists(steps, max_size=12))
def test_nothing_is_ever_credited_twice_or_beyond_what_is_asked(
    first: int, told: list[tuple[str, int | None]]
) -> None:
    ledger, beside = billed_at(first), billed_at(first)
    price: int | None = first
    for what, pence in told:
        if what == "issue":
            price = pence
            ledger.issue(price)
            beside.issue(price)
        else:
            ledger.credit(what, pence or 0)
    ledger.issue(price)
    for payer in ("council", "icb"):
        own = [each for each in ledger.credits if each.payer == payer]
        without, asked = beside.asked(payer), ledger.asked(payer)
        assert asked == left_to_ask(without, own)
        assert min(0, without) <= asked <= without
        assert without - asked <= sum(each.pence for each in own)
    assert ledger.issue(price) == []


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.data())
def test_a_price_that_is_lower_asks_no_more(low: int, more: int, data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.integers(1, 5_000), max_size=4))
    own = [
        Credit(str(place), "D", "A1", 1, "v", None, "", "council", each, data.draw(st.integers(1, each)))
        for place, each in enumerate(asked)
    ]
    assert left_to_ask(low, own) <= left_to_ask(low + more, own)
    assert left_to_ask(low, own) >= 0
