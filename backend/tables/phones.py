"""Enrolled phones and what they said.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    DoublePrecision,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from backend.db import DB


class Device(Table, tablename="device", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    install_id = Text(default=None, null=False)
    name = Text(default=None, null=False)
    platform = Text(default=None, null=False)
    public_key = JSONB(default=None, null=False)
    key_thumbprint = Text(default=None, null=False)
    pin_hash = Text(default=None, null=False)
    pin_failures = SmallInt(default=None, null=False)
    locked_at = Timestamptz(default=None, null=True)
    enrolled_at = Timestamptz(default=None, null=False)
    revoked_at = Timestamptz(default=None, null=True)
    replaced_by = UUID(default=None, null=True)
    replaced_at = Timestamptz(default=None, null=True)
    closed_seq = BigInt(default=None, null=True)
    heard_at = Timestamptz(default=None, null=True)


class EnrolCode(Table, tablename="enrol_code", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    code_hash = Bytea(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    replaces = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)
    device_id = UUID(default=None, null=True)
    key_thumbprint = Text(default=None, null=True)


class DevicePasskey(Table, tablename="device_passkey", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    device_id = UUID(default=None, null=False)
    credential_id = Bytea(default=None, null=False)
    public_key = Bytea(default=None, null=False)
    sign_count = BigInt(default=None, null=False)
    name = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    last_used_at = Timestamptz(default=None, null=True)
    suspect_at = Timestamptz(default=None, null=True)
    removed_at = Timestamptz(default=None, null=True)


class EventKey(Table, tablename="event_key", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    device_id = UUID(default=None, null=False)
    id = UUID(default=None, null=False)
    seq = BigInt(default=None, null=False)
    signed_hash = Bytea(default=None, null=False)
    event_row = UUID(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    outcome = Text(default=None, null=False)
    code = Text(default=None, null=True)


class EventLink(Table, tablename="event_link", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    device_id = UUID(default=None, null=False)
    seq = BigInt(default=None, null=False)
    signed_hash = Bytea(default=None, null=False)
    prev = Bytea(default=None, null=False)
    event_row = UUID(default=None, null=False)
    id = UUID(default=None, null=False)
    verdict = Text(default=None, null=False)
    holds = Boolean(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    outcome = Text(default=None, null=False)
    code = Text(default=None, null=True)


class Event(Table, tablename="event", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    row_id = UUID(default=None, null=False)
    batch_id = UUID(default=None, null=False)
    batch_index = Integer(default=None, null=False)
    device_id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    outcome = Text(default=None, null=False)
    code = Text(default=None, null=True)
    detail = Text(default=None, null=True)
    chain_waiting = Boolean(default=None, null=False)
    event_id = UUID(default=None, null=True)
    seq = BigInt(default=None, null=True)
    prev = Bytea(default=None, null=True)
    kind = Text(default=None, null=True)
    visit_id = UUID(default=None, null=True)
    check_in_id = UUID(default=None, null=True)
    about_event_id = UUID(default=None, null=True)
    service_user_id = UUID(default=None, null=True)
    activity = Text(default=None, null=True)
    task_id = Text(default=None, null=True)
    occurred_at = Timestamptz(default=None, null=True)
    paid_at = Timestamptz(default=None, null=True)
    clock_id = Text(default=None, null=True)
    monotonic_ms = BigInt(default=None, null=True)
    method = Text(default=None, null=True)
    offset_low_ms = BigInt(default=None, null=True)
    offset_high_ms = BigInt(default=None, null=True)
    flags = Array(Text(default=None, null=True), default=None, null=False)
    signed = Bytea(default=None, null=True)
    signed_hash = Bytea(default=None, null=True)
    signature = Bytea(default=None, null=True)
    raw_bytes = Bytea(default=None, null=True, db_column_name="raw")
    raw_digest = Bytea(default=None, null=True)


class EventAttachment(Table, tablename="event_attachment", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    event_row = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    content = Bytea(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)


class EventJudgement(Table, tablename="event_judgement", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    event_row = UUID(default=None, null=False)
    number = Integer(default=None, null=False)
    because_place = UUID(default=None, null=True)
    rule_version = Text(default=None, null=False)
    judged_at = Timestamptz(default=None, null=False)
    fence = Text(default=None, null=False)
    place_id = UUID(default=None, null=True)
    distance_m = DoublePrecision(default=None, null=True)
    accuracy_m = DoublePrecision(default=None, null=True)
    fix_age_s = DoublePrecision(default=None, null=True)
    at_home = Boolean(default=None, null=True)
    position_kept = Boolean(default=None, null=False)
    evidence_level = Text(default=None, null=False)
    reasons = Array(Text(default=None, null=True), default=None, null=False)


class EventToken(Table, tablename="event_token", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    event_row = UUID(default=None, null=False)
    rule_version = Text(default=None, null=False)
    verdict = Text(default=None, null=False)
    kind = Text(default=None, null=True)
    tag_id = UUID(default=None, null=True)
    counter = Integer(default=None, null=True)
    occurred_at = Timestamptz(default=None, null=False)
    accepted = Boolean(default=None, null=False)
    judged_at = Timestamptz(default=None, null=False)


class EventRelease(Table, tablename="event_release", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    event_row = UUID(default=None, null=False)
    released_by = UUID(default=None, null=False)
    released_at = Timestamptz(default=None, null=False)
    reason = Text(default=None, null=False)


class EventBatch(Table, tablename="event_batch", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    device_id = UUID(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    batch = Bytea(default=None, null=False)
    kid = Text(default=None, null=False)
    signature = Bytea(default=None, null=False)


class UnclaimedEvent(Table, tablename="unclaimed_event", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    body = Bytea(default=None, null=False)


class Checkpoint(Table, tablename="checkpoint", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    number = BigInt(default=None, null=False)
    previous = Bytea(default=None, null=False)
    events = Integer(default=None, null=False)
    root = Bytea(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    body = Bytea(default=None, null=False)
    kid = Text(default=None, null=False)
    signature = Bytea(default=None, null=False)


class CheckpointEvent(Table, tablename="checkpoint_event", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    event_row = UUID(default=None, null=False)
    number = BigInt(default=None, null=False)
    position = Integer(default=None, null=False)


class CalendarFeed(Table, tablename="calendar_feed", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    token_hash = Bytea(default=None, null=False)
    created_by = UUID(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    read_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)
