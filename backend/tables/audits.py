"""What audits flagged, what became of it, and samples with their findings.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, Array, Boolean, Date, DoublePrecision, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class AuditRun(Table, tablename="audit_run", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    starts_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=False)
    as_of = Timestamptz(default=None, null=False)
    limits_id = Text(default=None, null=False)
    visits = Integer(default=None, null=False)
    asked_by = UUID(default=None, null=True)
    organisation_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)


class AuditFlag(Table, tablename="audit_flag", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    run_id = UUID(default=None, null=False)
    number = Integer(default=None, null=False)
    key = Text(default=None, null=False)
    test = Text(default=None, null=False)
    carer_id = UUID(default=None, null=True)
    employment = Text(default=None, null=True)
    visit_id = UUID(default=None, null=True)
    visit_ids = Array(base_column=UUID(), default=None, null=False)
    event_rows = Array(base_column=UUID(), default=None, null=False)
    others = Array(base_column=Text(), default=None, null=False)
    at = Timestamptz(default=None, null=True)
    measured = DoublePrecision(default=None, null=True)
    limited = DoublePrecision(default=None, null=False)
    commissioner_ids = Array(base_column=UUID(), default=None, null=False)


class AuditRunPopulation(Table, tablename="audit_run_population", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    run_id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=False)
    visits = Integer(default=None, null=False)


class AuditRunVisit(Table, tablename="audit_run_visit", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    run_id = UUID(default=None, null=False)
    number = Integer(default=None, null=False)
    visit_id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=True)
    employment = Text(default=None, null=True)
    commissioner_id = UUID(default=None, null=True)
    planned_start = Timestamptz(default=None, null=True)
    planned_end = Timestamptz(default=None, null=True)
    recorded_start = Timestamptz(default=None, null=True)
    recorded_end = Timestamptz(default=None, null=True)
    actual_start = Timestamptz(default=None, null=True)
    actual_end = Timestamptz(default=None, null=True)
    evidence_level = Text(default=None, null=True)


class AuditDecision(Table, tablename="audit_decision", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    key = Text(default=None, null=False)
    number = Integer(default=None, null=False)
    decision = Text(default=None, null=False)
    state = Text(default=None, null=False)
    reason = Text(default=None, null=False)
    decided_by = UUID(default=None, null=False)
    organisation_id = UUID(default=None, null=False)
    decided_at = Timestamptz(default=None, null=False)


class AuditSample(Table, tablename="audit_sample", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    commissioner_id = UUID(default=None, null=True)
    starts_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=False)
    as_of = Timestamptz(default=None, null=False)
    algorithm = Text(default=None, null=False)
    seed = Text(default=None, null=False)
    chosen_by = Text(default=None, null=False)
    confidence_percent = Numeric(default=None, null=False)
    tolerable_percent = Numeric(default=None, null=False)
    expected_percent = Numeric(default=None, null=False)
    population = Integer(default=None, null=False)
    size = Integer(default=None, null=False)
    allowed = Integer(default=None, null=False)
    drawn_by = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)


class AuditSampleItem(Table, tablename="audit_sample_item", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    sample_id = UUID(default=None, null=False)
    position = Integer(default=None, null=False)
    visit_id = UUID(default=None, null=False)
    carer_id = UUID(default=None, null=False)
    weight = Integer(default=None, null=False)
    employment = Text(default=None, null=True)
    planned_start = Timestamptz(default=None, null=True)
    planned_end = Timestamptz(default=None, null=True)
    recorded_start = Timestamptz(default=None, null=True)
    recorded_end = Timestamptz(default=None, null=True)
    actual_start = Timestamptz(default=None, null=True)
    actual_end = Timestamptz(default=None, null=True)
    evidence_level = Text(default=None, null=True)


class AuditFinding(Table, tablename="audit_finding", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    sample_id = UUID(default=None, null=False)
    position = Integer(default=None, null=False)
    number = Integer(default=None, null=False)
    deviates = Boolean(default=None, null=False)
    note = Text(default=None, null=False)
    found_by = UUID(default=None, null=False)
    found_at = Timestamptz(default=None, null=False)


class ElsewhereCheck(Table, tablename="elsewhere_check", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    asked_by = UUID(default=None, null=True)
    asked_at = Timestamptz(default=None, null=False)
    opens = Timestamptz(default=None, null=False)
    closes = Timestamptz(default=None, null=False)
    found = Integer(default=None, null=False)
