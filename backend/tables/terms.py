"""Dated terms: contracts, pay terms, packages of care, policy.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import JSONB, UUID, Boolean, Bytea, Date, Integer, Numeric, SmallInt, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Contract(Table, tablename="contract", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class ContractVersion(Table, tablename="contract_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    contract_id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    terms = JSONB(default=None, null=False)
    billing_period = Text(default=None, null=False)
    self_billed = Boolean(default=None, null=False)
    purchase_order = Text(default=None, null=True)
    punctual_minutes = SmallInt(default=None, null=True)
    full_length_percent = SmallInt(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class PayTerms(Table, tablename="pay_terms", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class PayTermsVersion(Table, tablename="pay_terms_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    pay_terms_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    terms = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class StandardVersion(Table, tablename="standard_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    reference = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    name = Text(default=None, null=False)
    commissioner_id = UUID(default=None, null=True)
    standard = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class Package(Table, tablename="package", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)


class PackageVersion(Table, tablename="package_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    package_id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    service_user_id = UUID(default=None, null=False)
    contract_id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=False)
    service = Text(default=None, null=False)
    zone = Text(default=None, null=False)
    zone_source = Text(default=None, null=False)
    carers = SmallInt(default=None, null=False)
    high_dependency = Boolean(default=None, null=False)
    visits_per_week = SmallInt(default=None, null=True)
    hours_per_week = Numeric(default=None, null=True)
    tasks = JSONB(default=None, null=False)
    funding = JSONB(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class PolicyVersion(Table, tablename="policy_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    policy = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)
