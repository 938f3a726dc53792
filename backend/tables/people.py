"""Carers, their employments, and the people who are cared for.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Bytea, Date, DoublePrecision, Integer, Numeric, Text, Time, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Carer(Table, tablename="carer", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class Employment(Table, tablename="employment", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class EmploymentVersion(Table, tablename="employment_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    name = Text(default=None, null=False)
    date_of_birth = Date(default=None, null=False)
    home_postcode = Text(default=None, null=True)
    home_lat = DoublePrecision(default=None, null=True)
    home_lon = DoublePrecision(default=None, null=True)
    mode = Text(default=None, null=False)
    identity_hash = Bytea(default=None, null=False)
    starts_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=True)
    pay_cycle = Text(default=None, null=False)
    apprenticeship_started = Date(default=None, null=True)
    apprenticeship_ended = Date(default=None, null=True)
    pay_terms = Text(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class EmploymentWorkVersion(Table, tablename="employment_work_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    work_type = Text(default=None, null=False)
    basic_hours_per_year = Numeric(default=None, null=True)
    calculation_year_start = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class ServiceUser(Table, tablename="service_user", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class ServiceUserVersion(Table, tablename="service_user_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    service_user_id = UUID(default=None, null=False)
    version = Integer(default=None, null=False)
    name = Text(default=None, null=False)
    address = Text(default=None, null=False)
    postcode = Text(default=None, null=False)
    lat = DoublePrecision(default=None, null=False)
    lon = DoublePrecision(default=None, null=False)
    place_source = Text(default=None, null=False)
    radius_m = Integer(default=None, null=False)
    access_note = Text(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class AbsenceVersion(Table, tablename="absence_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    service_user_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    reported_by = UUID(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class LeaveVersion(Table, tablename="leave_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    hours = Numeric(default=None, null=True)
    pay = Text(default=None, null=True)
    starts_time = Time(default=None, null=True)
    ends_time = Time(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
