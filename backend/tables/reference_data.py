"""Public reference data, the same for every tenant.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import Boolean, Date, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Postcode(Table, tablename="postcode", db=DB):
    postcode = Text(primary_key=True, default=None, null=False)
    lat = DoublePrecision(default=None, null=True)
    lon = DoublePrecision(default=None, null=True)
    rural_urban = Text(default=None, null=True)
    local_authority = Text(default=None, null=True)
    ended = Boolean(default=None, null=False)


class BankHoliday(Table, tablename="bank_holiday", db=DB):
    division = Text(primary_key=True, default=None, null=False)
    day = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    title = Text(default=None, null=False)
    withdrawn = Boolean(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
