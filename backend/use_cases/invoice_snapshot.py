"""An invoice's snapshot: priced lines, adjustments to earlier documents, and what is parked with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import msgspec
import polars as pl

from backend.domain.credits import Credit, credit_lines, dispute_reference, of_facts
from backend.domain.funding import Funders
from backend.domain.invoicing import Billed, Charge, Key, NextLine, next_lines
from backend.domain.payer_bills import PERSON, PayerBill, PayerLine, payer_bills
from backend.domain.vat import Treatment, treatment_of, treatment_totals
from backend.tables.ids import organisation_id
from backend.use_cases.block_lines import block_charge, block_hours, block_line, charged_blocks
from backend.use_cases.block_periods import BlockPeriod, blocks_in
from backend.use_cases.calc_price import funders_of
from backend.use_cases.frozen_documents import facts_digest
from backend.use_cases.invoice_facts import InvoiceFacts
from backend.use_cases.invoice_lines import Parked, PricedVisits, priced_visits
from backend.use_cases.rule_texts import rule_texts
from schemas.contract import Funder
from schemas.day import Span, span_between
from schemas.documents import (
    Adjusted,
    BlockHours,
    Dates,
    InvoiceLine,
    InvoiceSnapshot,
    ParkedVisit,
    Party,
    PayerTotal,
    Share,
    Vat,
)
from schemas.strict import decode

TEMPLATE_VERSION: Final = "invoice-8"


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a contract's next documents bill: lines, the bill of each payer, and the priced visits behind them.

    `blocks` are the blocks of hours of this and of all earlier billing periods.
    """

    lines: Sequence[NextLine]
    bills: Sequence[PayerBill]
    priced: PricedVisits
    blocks: Sequence[BlockPeriod]

    @property
    def pence(self) -> int:
        return sum(line.pence for line in self.lines)

    def first_bill(self, facts: InvoiceFacts) -> PayerBill:
        """The bill that tells what was left out: the commissioner's own if it pays, else the first."""
        theirs = (bill for bill in self.bills if _commissions(bill, facts))
        return next(theirs, self.bills[0])

    @property
    def left_out(self) -> list[Parked]:
        """Every visit without a line, and why: those parked, and those never charged (taken back if billed)."""
        lined = {line.visit for line in self.lines}
        free = [item for item in self.priced.free if item.visit_id not in lined]
        return sorted([*self.priced.parked, *free], key=lambda item: item.visit_id)


def invoice(facts: InvoiceFacts) -> Invoice:
    """Price the visits of the facts and hold the result against what earlier documents billed."""
    priced = priced_visits(facts)
    blocks = blocks_in(facts.provider_id, facts.reference, facts.terms, facts.first_period, facts.end)
    charges = [block_charge(block, facts) for block in blocks]
    charge = _Charges(facts)
    charges += [charge.of(row, priced.visits[row["visit"]]) for row in priced.lines]
    parked = {item.visit_id for item in priced.parked}
    billed = [billed_line(row) for row in facts.billed]
    lines = next_lines(charges, of_facts(billed), parked)
    lines += credit_lines(lines, billed, [credit(row) for row in facts.credits])
    bills = sorted(payer_bills(lines, billed), key=lambda bill: facts.names.get(bill.person, ""))
    return Invoice(lines, bills, priced, blocks)


def payer_key(facts: InvoiceFacts, bill: PayerBill) -> str:
    """What tells one payer's document from another's: an organisation's reference, or `person` and whose care it is."""
    return f"{PERSON} {facts.names[bill.person]}" if bill.payer == PERSON else bill.payer


def _commissions(bill: PayerBill, facts: InvoiceFacts) -> bool:
    """Whether a bill is the commissioner's own. It may make out its own documents, never those of other payers."""
    return organisation_id(bill.payer) == facts.commissioner_id


class _Charges:
    """Makes charges of priced lines; who pays and how it is taxed is worked out once for all visits alike."""

    def __init__(self, facts: InvoiceFacts) -> None:
        self._terms = facts.terms
        self._shared: dict[tuple[int, str | None], Funders] = {}
        self._taxed: dict[tuple[int, str], Treatment] = {}

    def of(self, row: Mapping[str, Any], visit: Mapping[str, Any]) -> Charge:
        contract, service = visit["contract"], visit["service"]
        shared, taxed = (contract, visit["funding"]), (contract, service)
        if shared not in self._shared:
            self._shared[shared] = self._funders(visit)
        if taxed not in self._taxed:
            self._taxed[taxed] = treatment_of(self._terms[contract].contract.vat, service)
        person = visit["service_user_id"] or ""
        return Charge(
            row["visit"], row["carer"], person, row["amount"], self._shared[shared], self._taxed[taxed]
        )

    def _funders(self, visit: Mapping[str, Any]) -> Funders:
        """Who pays for a visit: the package's own shares, else the contract's."""
        if visit["funding"] is None:
            return funders_of(self._terms[visit["contract"]].contract.funding)
        own = decode(list[Funder], msgspec.json.decode(visit["funding"])).value
        if own is None:
            raise ValueError(f"the stored funding of visit {visit['reference']} cannot be read")
        return funders_of(own)


def billed_line(row: Mapping[str, Any]) -> Billed:
    """A row of the query `invoices.billed`."""
    funders = [(payer, percent) for payer, percent in msgspec.json.decode(row["funders"])]
    return Billed(
        row["number"],
        row["line"],
        row["visit_id"],
        row["employment_id"],
        row["service_user_id"] or "",
        row["amount_pence"],
        {row["payer"]: row["amount_pence"]},
        funders,
        Treatment(row["vat_category"], row["vat_rate"], row["vat_reason"]),
        row["dispute"],
    )


def credit(row: Mapping[str, Any]) -> Credit:
    """A row of the query `invoices.credits`."""
    return Credit(
        row["dispute"],
        dispute_reference(row["number"], row["line"], row["dispute_number"]),
        row["number"],
        row["line"],
        row["visit_id"],
        row["employment_id"],
        row["service_user_id"] or "",
        row["payer"],
        row["asked_pence"],
        row["credit_pence"],
        Treatment(row["vat_category"], row["vat_rate"], row["vat_reason"]),
    )


@dataclass(frozen=True, slots=True)
class Addressed:
    """The parties of a document; `names` gives the names of all payers by reference."""

    provider: Party
    commissioner: Party
    payer: Party
    names: Mapping[str, str]


def invoice_snapshot(
    facts: InvoiceFacts,
    made: Invoice,
    bill: PayerBill,
    number: str,
    to: Addressed,
    issued_at: datetime,
    simulated: bool,
) -> InvoiceSnapshot:
    """The snapshot of one payer's invoice or credit note."""
    priced = {(row["visit"], row["carer"]): row for row in made.priced.lines}
    charged = charged_blocks(facts, made.blocks)
    times = _times_of_carers(facts, bill)
    lines = [
        block_line(place, part, charged[part.whole.visit])
        if part.whole.visit in charged
        else _line(place, part, priced.get((part.whole.visit, part.whole.carer)), facts, made, times)
        for place, part in enumerate(bill.lines, start=1)
    ]
    vat = taxes(bill)
    to_pay = sum((total.net + total.amount for total in vat), _pounds(0))
    return InvoiceSnapshot(
        kind="credit_note" if to_pay < 0 else "invoice",
        number=number,
        provider=to.provider,
        commissioner=to.commissioner,
        payer=to.payer,
        contract_reference=facts.reference,
        contract_version=_versions(facts),
        self_billed=facts.self_billed and _commissions(bill, facts),
        purchase_order=facts.orders.get(bill.payer),
        period=Dates(start=facts.start, end=facts.end),
        issued_at=issued_at,
        template_version=TEMPLATE_VERSION,
        lines=lines,
        total=_pounds(bill.pence),
        by_payer=_by_payer(bill.lines, to.names),
        vat=vat,
        to_pay=to_pay,
        parked=_left_out(facts, made, bill),
        blocks=blocks_told(facts, made, bill),
        rules=rule_texts(rule for line in lines for rule in line.rules),
        facts_digest=_digest(facts),
        simulated_clock=simulated,
    )


def _left_out(facts: InvoiceFacts, made: Invoice, bill: PayerBill) -> list[ParkedVisit]:
    """The visits left out that a bill lists: all of them on the first bill, but on a person's only their own."""
    if bill is not made.first_bill(facts):
        return []
    told = left_out_visits(made)
    if not bill.person:
        return told
    return [
        each
        for each in told
        if made.priced.visits.get(each.visit_id, {}).get("service_user_id") == bill.person
    ]


def blocks_told(facts: InvoiceFacts, made: Invoice, bill: PayerBill) -> list[BlockHours]:
    """The blocks that a bill states: all of them on the commissioner's, or the first; on others those that the payer
    pays for.
    """
    told = block_hours(facts, made.blocks, made.priced.used)
    if bill.payer != PERSON and bill is made.first_bill(facts):
        return told
    charged = {part.whole.visit for part in bill.lines}
    return [block for block in told if block.block_id in charged]


def left_out_visits(made: Invoice) -> list[ParkedVisit]:
    """Every visit without a line, and why, by its reference."""
    return [
        ParkedVisit(
            visit=_reference(made.priced.visits.get(item.visit_id)),
            visit_id=item.visit_id,
            reason=item.reason,
            detail=item.detail,
        )
        for item in made.left_out
    ]


def taxes(bill: PayerBill) -> list[Vat]:
    """The totals of a payer's bill by VAT treatment; of a bill without lines, none."""
    totals = treatment_totals((part.whole.vat, _pounds(part.pence)) for part in bill.lines)
    return [
        Vat(
            category=total.treatment.category,
            rate=total.treatment.rate,
            net=total.net,
            amount=total.tax,
            reason=total.treatment.reason,
        )
        for total in totals
    ]


def _reference(visit: Mapping[str, Any] | None) -> str:
    return "unplanned" if visit is None or visit["reference"] is None else str(visit["reference"])


@lru_cache(maxsize=10_000)
def _pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)


def _minutes(row: Mapping[str, Any] | None, name: str) -> Decimal:
    return _minutes_of(0 if row is None else row[name] or 0)


@lru_cache(maxsize=10_000)
def _minutes_of(seconds: int) -> Decimal:
    return (Decimal(seconds) / 60).quantize(Decimal("0.01"))


def _line(
    place: int,
    part: PayerLine,
    row: Mapping[str, Any] | None,
    facts: InvoiceFacts,
    made: Invoice,
    times: Mapping[Key, Span | None],
) -> InvoiceLine:
    line = part.whole
    visit = made.priced.visits.get(line.visit) or {}
    mileage = None if row is None else row["mileage"]
    return InvoiceLine(
        line=place,
        visit=_reference(visit or None),
        visit_id=line.visit,
        person=facts.names.get(line.person, "unknown"),
        carer=None if line.carer is None else facts.names.get(line.carer, "unknown"),
        service=visit.get("service") or "",
        zone=visit.get("zone") or "",
        status=visit.get("status") or "completed",
        planned=span_between(visit.get("planned_start"), visit.get("planned_end")),
        actual=times.get(line.key)
        if line.carer
        else span_between(visit.get("actual_start"), visit.get("actual_end")),
        planned_minutes=_minutes(row, "planned_seconds"),
        actual_minutes=_minutes(row, "actual_seconds"),
        payable_minutes=_minutes(row, "payable_seconds"),
        rounding_minutes=_minutes(row, "rounding_seconds"),
        difference_minutes=_minutes(row, "difference_seconds"),
        unit="none" if row is None else row["unit"] or "none",
        uplift=None if row is None else row["uplift"],
        rules=[] if row is None else row["rules"],
        miles=None if mileage is None else Decimal((row or {})["miles"]).scaleb(-2),
        mileage=None if mileage is None else _pounds(mileage),
        block=None if row is None else row["block"],
        price=_pounds(line.pence),
        amount=_pounds(part.pence),
        vat_category=line.vat.category,
        vat_rate=line.vat.rate,
        funding=[Share(payer=payer, amount=_pounds(pence)) for payer, pence in line.shares.items()],
        evidence_level=visit.get("evidence_level"),
        flags=list(visit.get("flags") or []),
        adjusts=None if part.adjusts is None else Adjusted(number=part.adjusts[0], line=part.adjusts[1]),
        reason=line.reason,
    )


def _times_of_carers(facts: InvoiceFacts, bill: PayerBill) -> dict[Key, Span | None]:
    """When each carer was there, of visits where each has a line."""
    asked = {part.whole.key for part in bill.lines if part.whole.carer is not None}
    if not asked:
        return {}
    rows = facts.visits.select("visit_id", "employment_id", "actual_start", "actual_end").iter_rows()
    found: dict[Key, Span | None] = {}
    for visit, carer, start, end in rows:
        if (visit, carer) in asked:
            found.setdefault((visit, carer), span_between(start, end))
    return found


def _by_payer(parts: Sequence[PayerLine], payers: Mapping[str, str]) -> list[PayerTotal]:
    totals: dict[str, int] = {}
    for part in parts:
        for payer, pence in part.whole.shares.items():
            totals[payer] = totals.get(payer, 0) + pence
    return [
        PayerTotal(payer=payer, name=payers.get(payer, payer), amount=_pounds(pence))
        for payer, pence in totals.items()
    ]


def _versions(facts: InvoiceFacts) -> str:
    """The versions of the contract whose dates touch the period."""
    held = [
        terms
        for terms in facts.terms
        if terms.starts_on <= facts.end and (terms.ends_on is None or terms.ends_on >= facts.start)
    ]
    return ", ".join(f"{terms.starts_on} version {terms.version}" for terms in held) or "none in force"


def _digest(facts: InvoiceFacts) -> str:
    """Of the contract versions, plans and events that went in, and of what was billed and credited before."""
    visits = facts.visits.select("visit_id", "carer_id", "plan_version", "digests", "miles").to_dicts()
    return facts_digest(
        [
            [[terms.starts_on.isoformat(), terms.version, terms.digest] for terms in facts.terms],
            visits,
            [[row["number"], row["line"], row["amount_pence"]] for row in facts.billed],
            [[row["dispute"], row["asked_pence"], row["credit_pence"]] for row in facts.credits],
            [[row["block_id"], row["seconds"], row["used_seconds"]] for row in facts.blocks_told],
            [[row["visit_id"], row["number"], row["outcome"]] for row in facts.disputed],
            facts.absences.select(
                "service_user_id", "absence", "away_from", "absence_version", "absence_digest"
            )
            .cast({"away_from": pl.String})
            .rows(),
        ]
    )
