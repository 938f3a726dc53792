"""Lists of the console that people named.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
"""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class SavedViewRow(Table, tablename="saved_view", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    name = Text(default=None, null=False)
    address = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    removed_at = Timestamptz(default=None, null=True)
