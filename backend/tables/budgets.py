"""Budgets of commissioners.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class BudgetVersion(Table, tablename="budget_version", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    reference = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=False)
    name = Text(default=None, null=False)
    provider_id = UUID(default=None, null=True)
    contract_id = UUID(default=None, null=True)
    service = Text(default=None, null=True)
    pence = BigInt(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
