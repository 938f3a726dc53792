"""Notices: who wants to hear of what, and what is on its way.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Array, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class EmailSubscription(Table, tablename="email_subscription", db=DB):
    user_id = UUID(primary_key=True, default=None, null=False)
    organisation_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class Webhook(Table, tablename="webhook", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    address = Text(default=None, null=False)
    sealed_secret = Bytea(default=None, null=False)
    kinds = Array(base_column=Text(), default=None, null=False)
    created_by = UUID(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)


class Notice(Table, tablename="notice", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    path = Text(default=None, null=False)
    raised_at = Timestamptz(default=None, null=False)


class NoticeDelivery(Table, tablename="notice_delivery", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    notice_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=True)
    webhook_id = UUID(default=None, null=True)
    attempts = Integer(default=None, null=False)
    next_at = Timestamptz(default=None, null=False)
    sent_at = Timestamptz(default=None, null=True)
    dead_at = Timestamptz(default=None, null=True)
    fault = Text(default=None, null=True)
