"""Seals of what was recorded, the digests that commissioners hold of them, and what looks at them found."""

from piccolo.columns import UUID, Array, BigInt, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Seal(Table, tablename="seal", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    number = BigInt(default=None, null=False)
    since = Timestamptz(default=None, null=True)
    until = Timestamptz(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    body = Bytea(default=None, null=False)
    kid = Text(default=None, null=False)
    signature = Bytea(default=None, null=False)


class SealRows(Table, tablename="seal_rows", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    number = BigInt(default=None, null=False)
    table_name = Text(default=None, null=False)
    rows = Bytea(default=None, null=False)


class RecordCheck(Table, tablename="record_check", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    checked_at = Timestamptz(default=None, null=False)
    checkpoints = Integer(default=None, null=False)
    seals = Integer(default=None, null=False)
    facts = BigInt(default=None, null=False)
    faults = Array(base_column=Text(), default=None, null=False)


class CommissionerDigest(Table, tablename="commissioner_digest", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    day = Date(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    body = Bytea(default=None, null=False)
    kid = Text(default=None, null=False)
    signature = Bytea(default=None, null=False)
