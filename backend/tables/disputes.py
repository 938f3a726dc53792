"""Payments of invoices, and disputes about their lines.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Array, BigInt, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Payment(Table, tablename="payment", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=False)
    paid_on = Date(default=None, null=False)
    pence = BigInt(default=None, null=False)
    reference = Text(default=None, null=False)
    recorded_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)


class Dispute(Table, tablename="dispute", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=True)
    line = Integer(default=None, null=True)
    number = Integer(default=None, null=False)
    words = Text(default=None, null=False)
    raised_by = UUID(default=None, null=False)
    organisation_id = UUID(default=None, null=False)
    raised_at = Timestamptz(default=None, null=False)
    visit_id = UUID(default=None, null=True)


class DisputeAnswer(Table, tablename="dispute_answer", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    dispute_id = UUID(default=None, null=False)
    number = Integer(default=None, null=False)
    words = Text(default=None, null=False)
    event_rows = Array(base_column=UUID(), default=None, null=False)
    answered_by = UUID(default=None, null=False)
    answered_at = Timestamptz(default=None, null=False)


class DisputeDecision(Table, tablename="dispute_decision", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    dispute_id = UUID(default=None, null=False)
    outcome = Text(default=None, null=False)
    asked_pence = BigInt(default=None, null=False)
    credit_pence = BigInt(default=None, null=False)
    words = Text(default=None, null=False)
    decided_by = UUID(default=None, null=False)
    decided_at = Timestamptz(default=None, null=False)
