"""Planned visits, version by version.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import JSONB, UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Visit(Table, tablename="visit", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class VisitVersion(Table, tablename="visit_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    visit_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    package_id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=False)
    starts_at = Timestamptz(default=None, null=False)
    ends_at = Timestamptz(default=None, null=False)
    carer = UUID(default=None, null=True)
    second_carer = UUID(default=None, null=True)
    tasks = JSONB(default=None, null=False)
    status = Text(default=None, null=False)
    cancelled_at = Timestamptz(default=None, null=True)
    cancelled_by = Text(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
