"""A statement for a person supported: what was planned, what happened, what it costs. One snapshot, like a document."""

from typing import Literal

from msgspec import Struct, field

from schemas.day import Span
from schemas.documents import Dates, Party
from schemas.scalars import Day, Instant, Number

Outcome = Literal["made", "missed", "refused", "cancelled", "suspended", "to_come", "not_settled"]


class Came(Struct, frozen=True, kw_only=True):
    """Somebody who came, by first name, and when."""

    name: str
    actual: Span


class StatementVisit(Struct, frozen=True, kw_only=True):
    """One visit. `expected` are the first names of those planned to come; `absence` is why a visit was paused.

    `price` is what the visit costs all who pay, `own` the person's part of it, in pounds before VAT: as billed on the
    documents `billed_on`, else as it would be billed now. Both are null where nothing can be said yet. `dispute` is
    what became of the last that was said of it before it was billed. `in_block`: a block of hours pays for it.
    """

    visit: str
    visit_id: str
    day: Day
    service: str
    outcome: Outcome
    planned: Span | None
    expected: list[str]
    came: list[Came]
    price: Number | None
    own: Number | None
    billed_on: list[str] = field(default_factory=list)
    cancelled_at: Instant | None = None
    cancelled_by: str | None = None
    absence: str | None = None
    dispute: Literal["open", "stands", "not_billed"] | None = None
    in_block: bool = False


class StatementPayer(Struct, frozen=True, kw_only=True):
    """What one payer pays of these visits, with and before VAT. `own`: it is the person's part."""

    name: str
    own: bool
    net: Number
    amount: Number


class StatementInvoice(Struct, frozen=True, kw_only=True):
    """A document that was sent to the person, and what it asks (or, below zero, gives back)."""

    number: str
    kind: str
    period: Dates
    to_pay: Number


class PersonStatement(Struct, frozen=True, kw_only=True):
    """One person's statement of London dates, on what was recorded up to `as_of`.

    `total` is what the visits with a price cost everybody, with VAT, and `own` the person's part of it.
    """

    provider: Party
    person: Party
    commissioners: list[Party]
    period: Dates
    as_of: Instant
    template_version: str
    visits: list[StatementVisit]
    payers: list[StatementPayer]
    total: Number
    own: Number
    invoices: list[StatementInvoice]
    facts_digest: str
    simulated_clock: bool = False
