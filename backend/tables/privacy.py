"""How long records are kept, what must not go, and what was forgotten."""

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class RetentionVersion(Table, tablename="retention_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    class_ = Text(default=None, null=False, db_column_name="class")
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    days = Integer(default=None, null=False)
    reason = Text(default=None, null=False)
    set_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)


class LegalHold(Table, tablename="legal_hold", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    subject = Text(default=None, null=False)
    subject_id = UUID(default=None, null=True)
    reason = Text(default=None, null=False)
    set_by = UUID(default=None, null=True)
    set_at = Timestamptz(default=None, null=False)


class LegalHoldEnd(Table, tablename="legal_hold_end", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    hold_id = UUID(default=None, null=False)
    reason = Text(default=None, null=False)
    lifted_by = UUID(default=None, null=True)
    lifted_at = Timestamptz(default=None, null=False)


class Forgetting(Table, tablename="forgetting", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    class_ = Text(default=None, null=False, db_column_name="class")
    days = Integer(default=None, null=True)
    before = Timestamptz(default=None, null=True)
    subject_id = UUID(default=None, null=True)
    reason = Text(default=None, null=True)
    asked_by = UUID(default=None, null=True)
    forgotten_at = Timestamptz(default=None, null=False)


class Forgotten(Table, tablename="forgotten", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    forgetting_id = UUID(default=None, null=False)
    table_name = Text(default=None, null=False)
    erased = Boolean(default=None, null=False)
    rows = Integer(default=None, null=False)
    keys = Bytea(default=None, null=False)
    forgotten_at = Timestamptz(default=None, null=False)


class KeptIdentity(Table, tablename="kept_identity", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    forgetting_id = UUID(default=None, null=False)
    sealed = Bytea(default=None, null=False)
    until = Date(default=None, null=False)
    forgotten_at = Timestamptz(default=None, null=False)
