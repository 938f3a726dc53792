"""Cards, code fobs and NFC tags in people's homes.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class HomeTag(Table, tablename="home_tag", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    service_user_id = UUID(default=None, null=False)
    label = Text(default=None, null=False)
    uid = Bytea(default=None, null=True)
    step_s = Integer(default=None, null=True)
    secret = Bytea(default=None, null=False)
    meta_key = Bytea(default=None, null=True)
    meta_key_hash = Bytea(default=None, null=True)
    starts_at = Timestamptz(default=None, null=False)
    recorded_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)


class HomeTagRetirement(Table, tablename="home_tag_retirement", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    tag_id = UUID(default=None, null=False)
    retired_at = Timestamptz(default=None, null=False)
    reason = Text(default=None, null=False)
    recorded_by = UUID(default=None, null=True)


class TelephoneService(Table, tablename="telephone_service", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    dialect = Text(default=None, null=False)
    label = Text(default=None, null=False)
    secret = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
