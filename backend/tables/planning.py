"""What planning keeps: who planned a visit, what carers can do and when, what people need.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    Integer,
    Numeric,
    Text,
    Time,
    Timestamptz,
)
from piccolo.table import Table

from backend.db import DB


class VisitPlanning(Table, tablename="visit_planning", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    visit_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    planned_by = UUID(default=None, null=True)
    pattern_id = UUID(default=None, null=True)
    reason = Text(default=None, null=True)
    against = Array(base_column=Text(), default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class CarerSkillVersion(Table, tablename="carer_skill_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    carer_id = UUID(default=None, null=False)
    skill = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class NeededSkillVersion(Table, tablename="needed_skill_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    service_user_id = UUID(default=None, null=False)
    skill = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class WorkingHoursVersion(Table, tablename="working_hours_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    hours_per_week = Numeric(default=None, null=True)
    most_hours_per_week = Numeric(default=None, null=True)
    available = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class Pattern(Table, tablename="pattern", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class PatternVersion(Table, tablename="pattern_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    pattern_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    withdrawn = Boolean(default=None, null=False)
    package_id = UUID(default=None, null=False)
    days = Text(default=None, null=False)
    every_weeks = Integer(default=None, null=False)
    starts_time = Time(default=None, null=False)
    minutes = Integer(default=None, null=False)
    carer = UUID(default=None, null=True)
    second_carer = UUID(default=None, null=True)
    tasks = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
