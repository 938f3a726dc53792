"""What payroll paid, and the frozen documents.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class PayLine(Table, tablename="pay_line", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)
    version = Integer(default=None, null=False)
    section = Text(default=None, null=False)
    kind = Text(default=None, null=False)
    amount = Numeric(default=None, null=True)
    minutes = Numeric(default=None, null=True)
    rate = Numeric(default=None, null=True)
    units = Numeric(default=None, null=True)
    normal_rate = Numeric(default=None, null=True)
    consolidated = Boolean(default=None, null=True)
    absence_taken = Boolean(default=None, null=True)
    reimbursed = Numeric(default=None, null=True)
    days = Integer(default=None, null=True)
    duties = Text(default=None, null=True)
    paid_on = Date(default=None, null=False)
    earned_start = Date(default=None, null=True)
    earned_end = Date(default=None, null=True)
    record_submitted_on = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class PayrollLine(Table, tablename="payroll_line", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    employment_id = UUID(default=None, null=False)
    reference = Text(default=None, null=False)
    version = Integer(default=None, null=False)
    template = Text(default=None, null=False)
    element = Text(default=None, null=False)
    description = Text(default=None, null=True)
    amount = Numeric(default=None, null=True)
    quantity = Numeric(default=None, null=True)
    time_unit = Text(default=None, null=False)
    rate = Numeric(default=None, null=True)
    deductions_negative = Boolean(default=None, null=False)
    paid_on = Date(default=None, null=False)
    earned_start = Date(default=None, null=True)
    earned_end = Date(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class TemplateVersion(Table, tablename="template_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    reference = Text(default=None, null=False)
    version = Integer(default=None, null=False)
    template = JSONB(default=None, null=False)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class PayMappingVersion(Table, tablename="pay_mapping_version", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    element = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    version = Integer(default=None, null=False)
    ends_on = Date(default=None, null=True)
    label = Text(default=None, null=False)
    section = Text(default=None, null=False)
    kind = Text(default=None, null=False)
    duties = Text(default=None, null=True)
    consolidated = Boolean(default=None, null=True)
    absence_taken = Boolean(default=None, null=True)
    takes_back_overpayment = Boolean(default=None, null=False)
    note = Text(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class InvoiceSequence(Table, tablename="invoice_sequence", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    last_number = Integer(default=None, null=False)


class Document(Table, tablename="document", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    id = UUID(default=None, null=False)
    kind = Text(default=None, null=False)
    number = Text(default=None, null=True)
    commissioner_id = UUID(default=None, null=True)
    contract_id = UUID(default=None, null=True)
    payer_id = UUID(default=None, null=True)
    payer = Text(default=None, null=False)
    scope = Text(default=None, null=False)
    period_start = Date(default=None, null=False)
    period_end = Date(default=None, null=False)
    edition = Text(default=None, null=False)
    as_of = Timestamptz(default=None, null=False)
    total_pence = BigInt(default=None, null=True)
    vat_pence = BigInt(default=None, null=True)
    summary = JSONB(default=None, null=False)
    template_version = Text(default=None, null=False)
    snapshot = Bytea(default=None, null=False)
    snapshot_digest = Bytea(default=None, null=False)
    facts_digest = Bytea(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class DocumentFile(Table, tablename="document_file", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    document_id = UUID(default=None, null=False)
    format = Text(default=None, null=False)
    media_type = Text(default=None, null=False)
    file_name = Text(default=None, null=False)
    content = Bytea(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    as_of = Timestamptz(default=None, null=False)


class DeliverySequence(Table, tablename="delivery_sequence", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    last_number = Integer(default=None, null=False)


class DeliveryFile(Table, tablename="delivery_file", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    number = Integer(default=None, null=False)
    document_id = UUID(default=None, null=False)
    template = JSONB(default=None, null=False)
    template_digest = Bytea(default=None, null=False)
    media_type = Text(default=None, null=False)
    file_name = Text(default=None, null=False)
    content = Bytea(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)


class DocumentLine(Table, tablename="document_line", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    document_id = UUID(default=None, null=False)
    line = Integer(default=None, null=False)
    visit_id = UUID(default=None, null=False)
    employment_id = UUID(default=None, null=True)
    service_user_id = UUID(default=None, null=True)
    amount_pence = BigInt(default=None, null=False)
    payer = Text(default=None, null=False)
    funders = JSONB(default=None, null=False)
    adjusts_document = UUID(default=None, null=True)
    vat_category = Text(default=None, null=False)
    vat_rate = Numeric(default=None, null=False)
    vat_reason = Text(default=None, null=True)
    dispute_id = UUID(default=None, null=True)
    block = Text(default=None, null=True)


class BlockUse(Table, tablename="block_use", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    document_id = UUID(default=None, null=False)
    block_id = UUID(default=None, null=False)
    block = Text(default=None, null=False)
    starts_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=False)
    seconds = BigInt(default=None, null=False)
    used_seconds = BigInt(default=None, null=False)
    pence = BigInt(default=None, null=False)


class ParkedVisit(Table, tablename="parked_visit", db=DB):
    provider_id = UUID(primary_key=True, default=None, null=False)
    document_id = UUID(default=None, null=False)
    visit_id = UUID(default=None, null=False)
    reason = Text(default=None, null=False)
    detail = Text(default=None, null=False)
