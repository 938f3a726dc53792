"""Job runs, alerts, and who looked at what.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class JobRun(Table, tablename="job_run", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    job = Text(default=None, null=False)
    scope = Text(default=None, null=False)
    period_key = Text(default=None, null=False)
    due_at = Timestamptz(default=None, null=False)
    status = Text(default=None, null=False)
    attempts = Integer(default=None, null=False)
    worker = Text(default=None, null=False)
    claimed_at = Timestamptz(default=None, null=False)
    finished_at = Timestamptz(default=None, null=True)
    detail = Text(default=None, null=True)


class WorkerHeartbeat(Table, tablename="worker_heartbeat", db=DB):
    worker = Text(primary_key=True, default=None, null=False)
    beat_at = Timestamptz(default=None, null=False)


class Alert(Table, tablename="alert", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    subject = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=True)
    raised_at = Timestamptz(default=None, null=False)


class Acknowledgement(Table, tablename="acknowledgement", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    subject = UUID(default=None, null=False)
    acknowledged_by = UUID(default=None, null=False)
    acknowledged_at = Timestamptz(default=None, null=False)
    reason = Text(default=None, null=False)


class AccessLog(Table, tablename="access_log", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=False)
    organisation_id = UUID(default=None, null=False)
    looked_at = Timestamptz(default=None, null=False)
    what = Text(default=None, null=False)
    subject = UUID(default=None, null=True)
    reason = Text(default=None, null=True)
