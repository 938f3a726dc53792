"""Where visits may be made besides the home.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Bytea, Date, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class ApprovedPlaceVersion(Table, tablename="approved_place_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    place_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    service_user_id = UUID(default=None, null=False)
    name = Text(default=None, null=False)
    lat = DoublePrecision(default=None, null=False)
    lon = DoublePrecision(default=None, null=False)
    place_source = Text(default=None, null=False)
    radius_m = Integer(default=None, null=False)
    starts_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)


class EventPosition(Table, tablename="event_position", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    carer_id = UUID(default=None, null=False)
    taken_at = Timestamptz(default=None, null=False)
    event_row = UUID(default=None, null=False)


class EventSpeed(Table, tablename="event_speed", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    carer_id = UUID(default=None, null=False)
    from_row = UUID(default=None, null=False)
    to_row = UUID(default=None, null=False)
    from_at = Timestamptz(default=None, null=False)
    to_at = Timestamptz(default=None, null=False)
    kmh = DoublePrecision(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
