"""Journeys as routing engines judged them.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import JSONB, UUID, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class TravelEngine(Table, tablename="travel_engine", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    engine = Text(default=None, null=False)
    engine_version = Text(default=None, null=False)
    mode = Text(default=None, null=False)
    profile = Text(default=None, null=False)
    map_date = Text(default=None, null=False)
    parameters = JSONB(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class JourneyEstimate(Table, tablename="journey_estimate", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    mode = Text(default=None, null=False)
    from_lat = DoublePrecision(default=None, null=False)
    from_lon = DoublePrecision(default=None, null=False)
    to_lat = DoublePrecision(default=None, null=False)
    to_lon = DoublePrecision(default=None, null=False)
    version = Integer(default=None, null=False)
    engine_id = UUID(default=None, null=False)
    seconds = Integer(default=None, null=True)
    metres = Integer(default=None, null=True)
    refused = Text(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)
