"""What still waits for a decision: triggers write it with the facts, and nobody else.

The database is made by the migrations; this class names its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Boolean, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Waiting(Table, tablename="waiting", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    item_id = UUID(default=None, null=False)
    since = Timestamptz(default=None, null=False)
    carer_id = UUID(default=None, null=True)
    left_out = Boolean(default=None, null=False)
