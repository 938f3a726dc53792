"""Proposals about recorded times, and what was decided.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Correction(Table, tablename="correction", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    visit_id = UUID(default=None, null=True)
    day = Date(default=None, null=True)
    proposed_start = Timestamptz(default=None, null=True)
    proposed_end = Timestamptz(default=None, null=True)
    reason_code = Text(default=None, null=False)
    own_reason = Text(default=None, null=True)
    proposed_by = Text(default=None, null=False)
    user_id = UUID(default=None, null=True)
    device_id = UUID(default=None, null=True)
    note_hash = Bytea(default=None, null=True)
    signed = Bytea(default=None, null=True)
    signature = Bytea(default=None, null=True)
    received_at = Timestamptz(default=None, null=False)


class CorrectionNote(Table, tablename="correction_note", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    correction_id = UUID(default=None, null=False)
    content = Bytea(default=None, null=False)


class CorrectionDecision(Table, tablename="correction_decision", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    correction_id = UUID(default=None, null=False)
    number = Integer(default=None, null=False)
    decision = Text(default=None, null=False)
    decided_by = UUID(default=None, null=False)
    decided_at = Timestamptz(default=None, null=False)
    reason = Text(default=None, null=True)
