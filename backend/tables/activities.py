"""Time besides visits that managers entered, and a provider's own reasons for corrections, version by version.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Boolean, Bytea, Date, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class ActivityVersion(Table, tablename="activity_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    activity_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    reference = Text(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    starts_at = Timestamptz(default=None, null=False)
    ends_at = Timestamptz(default=None, null=False)
    lat = DoublePrecision(default=None, null=True)
    lon = DoublePrecision(default=None, null=True)
    withdrawn = Boolean(default=None, null=False)
    reason = Text(default=None, null=False)
    entered_by = UUID(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class CorrectionReasonVersion(Table, tablename="correction_reason_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    reference = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    words = Text(default=None, null=False)
    means = Text(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
