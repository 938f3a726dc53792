"""Snapshots: everything a frozen document shows, so that it can be drawn again with the same bytes.

A snapshot is data alone. Amounts are pounds as decimals, negative where a document takes something back; minutes are
decimals; instants are UTC. What a snapshot does not hold, no document shows.
"""

from typing import Literal

from msgspec import Struct, field

from schemas.beside import ExactFigures, ReportBeside, WorkerBeside
from schemas.changes import EarlierChange, RecordedHours
from schemas.day import Actual, DayFlag, DaySegment, Span
from schemas.gap_ledger import GapRow, TravelPace
from schemas.scalars import Day, Instant, Number
from schemas.wage import WageCase, WageResult


class Dates(Struct, frozen=True, kw_only=True):
    """A run of London dates, both included."""

    start: Day
    end: Day


class Party(Struct, frozen=True, kw_only=True):
    """An organisation as a document names it: a provider, a council or an NHS body.

    `peppol_identifier` is its electronic address, `scheme:number`.
    """

    name: str
    reference: str
    address: str | None = None
    postcode: str | None = None
    email: str | None = None
    vat_identifier: str | None = None
    tax_identifier: str | None = None
    peppol_identifier: str | None = None


class RuleText(Struct, frozen=True, kw_only=True):
    """A rule as it stood when the document was made, so that the document explains itself."""

    id: str
    title: str
    says: str
    href: str
    instrument: str | None = None


class Share(Struct, frozen=True, kw_only=True):
    """What one payer pays of a line."""

    payer: str
    amount: Number


class PayerTotal(Struct, frozen=True, kw_only=True):
    """What one payer pays of the whole document."""

    payer: str
    name: str
    amount: Number


class Adjusted(Struct, frozen=True, kw_only=True):
    """The line of an earlier document that a line changes."""

    number: str
    line: int


class InvoiceLine(Struct, frozen=True, kw_only=True):
    """One visit, or the change to one visit billed before. `carer` is a reference, set on double-handed visits.

    `planned_minutes` and `planned` are null for a visit nobody planned, `unit` where no rate is known for nothing due.
    `uplift` names the uplift in the price, if any. `adjusts` names the line changed and `reason` says why in words:
    the minutes of such a line are its visit's as they are now, its amount is the change. `price` is what all payers
    pay together, `funding` the part of each, `amount` that of this document's payer: all before tax. `mileage` is what
    the visit's price, as it now stands, holds for `miles` of the way there, where the contract pays mileage. How the
    line is taxed is one of the document's totals, found by `vat_category` and `vat_rate`.

    `block` is the block of hours that pays for the visit. Where `unit` is `block` the line is that block's own charge
    and of no visit: `visit` and `visit_id` stand for the block and its billing period, and no time was worked.
    """

    line: int
    visit: str
    visit_id: str
    person: str
    service: str
    zone: str
    planned_minutes: Number | None
    actual_minutes: Number
    payable_minutes: Number
    rounding_minutes: Number
    difference_minutes: Number
    unit: str | None
    price: Number
    amount: Number
    rules: list[str]
    funding: list[Share]
    vat_category: Literal["E", "S"]
    vat_rate: Number
    carer: str | None = None
    status: str = "completed"
    planned: Span | None = None
    actual: Span | None = None
    claimed: Span | None = None
    uplift: str | None = None
    evidence_level: str | None = None
    flags: list[str] = field(default_factory=list)
    miles: Number | None = None
    mileage: Number | None = None
    block: str | None = None
    adjusts: Adjusted | None = None
    reason: str | None = None


class Vat(Struct, frozen=True, kw_only=True):
    """The lines of one treatment: category E (exempt, with the reason) or S (taxed at a rate in per cent).

    `net` is what they come to, `amount` the tax on it.
    """

    category: Literal["E", "S"]
    rate: Number
    net: Number
    amount: Number
    reason: str | None = None


class ParkedVisit(Struct, frozen=True, kw_only=True):
    """A visit of the period that is not billed yet, and why. `reason` is a code, `detail` says it in words."""

    visit: str
    visit_id: str
    reason: str
    detail: str


class BlockHours(Struct, frozen=True, kw_only=True):
    """A block of hours in one billing period: what was bought, what visits used of it, and what was not used.

    `price` is what all payers pay for it before tax. Where a later fact changed the use, `told_unused_seconds` is what
    an earlier document said.
    """

    name: str
    block_id: str
    period: Dates
    services: list[str]
    zones: list[str]
    seconds: int
    used_seconds: int
    hourly: Number
    price: Number
    told_unused_seconds: int | None = None

    @property
    def unused_seconds(self) -> int:
        """What was paid for and no visit used."""
        return self.seconds - self.used_seconds


class InvoiceSnapshot(Struct, frozen=True, kw_only=True):
    """An invoice or credit note to one payer, of one contract and billing period.

    `total` is the sum of the lines' amounts, before tax; `vat` has a total for each treatment among them, and `to_pay`
    is both together. `by_payer` is what each payer pays of these lines, before tax. `blocks` are the blocks of hours of
    the period, and those of earlier ones of which more or less turned out to be used.
    """

    kind: Literal["invoice", "credit_note"]
    number: str
    provider: Party
    commissioner: Party
    payer: Party
    contract_reference: str
    contract_version: str
    self_billed: bool
    period: Dates
    issued_at: Instant
    template_version: str
    lines: list[InvoiceLine]
    total: Number
    by_payer: list[PayerTotal]
    vat: list[Vat]
    to_pay: Number
    rules: list[RuleText]
    facts_digest: str
    purchase_order: str | None = None
    parked: list[ParkedVisit] = field(default_factory=list)
    blocks: list[BlockHours] = field(default_factory=list)
    simulated_clock: bool = False


class VisitEvidence(Struct, frozen=True, kw_only=True):
    """A visit behind a worker's hours: when it was planned and worked, and the signed events that show it.

    `visit` is its reference; `evidence` says how it was recorded at the door. With one end of `actual` alone it is
    incomplete.
    """

    visit: str
    visit_id: str
    event_ids: list[str]
    evidence: str
    planned: Span | None = None
    actual: Actual | None = None
    flags: list[str] = field(default_factory=list)


class WorkedDay(Struct, frozen=True, kw_only=True):
    """One working day: what the law counts of it, and the visits it was worked out from. `gaps` are those that start on
    it: of every second between two stops, what became of it.
    """

    date: Day
    segments: list[DaySegment]
    visits: list[VisitEvidence]
    flags: list[DayFlag] = field(default_factory=list)
    gaps: list[GapRow] = field(default_factory=list)


class TestedWorker(Struct, frozen=True, kw_only=True):
    """One employment's minimum wage test: the case put, the answer, and the days behind it.

    `employment` and `person` are references; `name` is null where the reader may see pseudonyms only.
    `calculation_year_start` is said of salaried hours work alone, where it is known.
    """

    employment: str
    person: str
    name: str | None
    pay_cycle: str
    case: WageCase
    result: WageResult
    days: list[WorkedDay]
    beside: WorkerBeside | None = None
    exact: ExactFigures | None = None
    calculation_year_start: Day | None = None


class NotTested(Struct, frozen=True, kw_only=True):
    """A worker whose pay could not be tested, with the reason in words; what was recorded of the work stands all the
    same.
    """

    employment: str
    name: str | None
    reason: str
    hours: RecordedHours
    days: list[WorkedDay]


class StatuteEntry(Struct, frozen=True, kw_only=True):
    """A dated rate of the law that a test used, in pounds an hour. `until` is the last day it holds."""

    id: str
    hourly: Number
    from_: Day = field(name="from")
    until: Day
    instrument: str
    href: str


class WageSummary(Struct, frozen=True, kw_only=True):
    """The report in numbers. `pence_short` adds every worker's shortfall as printed, in pence."""

    workers_tested: int
    workers_short: int
    pence_short: int
    not_tested: int
    unresolved_minutes: Number
    counted_minutes: Number | None = None
    pence_arrears: int | None = None


class TravelEngine(Struct, frozen=True, kw_only=True):
    """What a routing engine's estimates rest on: `id` is what segments name as their `engine`."""

    id: str
    engine: str
    version: str
    mode: str
    profile: str
    map_date: str
    parameters: dict[str, str]


class WageReportSnapshot(Struct, frozen=True, kw_only=True):
    """The minimum wage report of one provider, pay cycle and pay reference period.

    `provisional` until the next period's pay is loaded, because regulation 9 may count some of it here; then `final`.
    `travel_engines` stand there when a journey in it was judged by one, `paces` say how estimates were made.
    `changes`: what became known of earlier periods after `changes_since`, the `as_of` of the newest report before this.
    """

    provider: Party
    pay_cycle: str
    period: Dates
    status: Literal["provisional", "final"]
    as_of: Instant
    template_version: str
    summary: WageSummary
    workers: list[TestedWorker]
    not_tested: list[NotTested]
    rules: list[RuleText]
    statute: list[StatuteEntry]
    facts_digest: str
    simulated_clock: bool = False
    travel_engines: list[TravelEngine] = field(default_factory=list)
    paces: list[TravelPace] = field(default_factory=list)
    changes: list[EarlierChange] = field(default_factory=list)
    changes_since: Instant | None = None
    beside: ReportBeside | None = None
