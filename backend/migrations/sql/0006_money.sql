-- What payroll really paid, and the frozen documents.

CREATE TABLE pay_line (
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    reference text NOT NULL,               -- the payslip line
    version integer NOT NULL,
    section text NOT NULL CHECK (section IN ('pay', 'deduction', 'expenditure', 'payment_to_employer', 'accommodation')),
    kind text NOT NULL,
    amount numeric,
    minutes numeric,
    rate numeric,
    units numeric,
    normal_rate numeric,
    consolidated boolean,
    absence_taken boolean,
    reimbursed numeric,
    days integer,
    duties text,
    paid_on date NOT NULL,
    earned_start date,
    earned_end date,
    record_submitted_on date,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, reference, version),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('pay_line');
CREATE INDEX pay_line_recorded ON pay_line (provider_id, recorded_at);
CREATE INDEX pay_line_paid ON pay_line (provider_id, paid_on);
CREATE INDEX pay_line_arrears ON pay_line (provider_id, employment_id) WHERE kind = 'award';
CREATE INDEX pay_line_earned ON pay_line (provider_id, earned_end);

CREATE TABLE payroll_line (                -- as the payroll exported it; the mapping says what it is, when it is asked
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    reference text NOT NULL,
    version integer NOT NULL,
    template text NOT NULL,
    element text NOT NULL,
    description text,
    amount numeric,
    quantity numeric,
    time_unit text NOT NULL CHECK (time_unit IN ('hours', 'minutes')),
    rate numeric,
    deductions_negative boolean NOT NULL,
    paid_on date NOT NULL,
    earned_start date,
    earned_end date,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, reference, version),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('payroll_line');
CREATE INDEX payroll_line_recorded ON payroll_line (provider_id, recorded_at);
CREATE INDEX payroll_line_paid ON payroll_line (provider_id, paid_on);

CREATE TABLE template_version (            -- how files of a provider's payroll read, and files for councils are written
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind IN ('pay', 'delivery')),
    reference text NOT NULL,
    version integer NOT NULL,
    template jsonb NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, kind, reference, version)
);
CALL protect_fact('template_version');

CREATE TABLE invoice_sequence (            -- one row a provider, locked while a number is taken: gapless
    provider_id uuid PRIMARY KEY REFERENCES organisation ON DELETE RESTRICT,
    last_number integer NOT NULL
);
CALL protect_state('invoice_sequence');

CREATE TABLE document (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'wage_report')),
    number text,
    commissioner_id uuid REFERENCES organisation ON DELETE RESTRICT,
    contract_id uuid,
    payer_id uuid REFERENCES organisation ON DELETE RESTRICT,  -- the organisation an invoice asks for money
    payer text NOT NULL,                   -- its reference, or 'person' and a service user's; empty of a wage report
    scope text NOT NULL,                   -- contract reference, or pay cycle
    period_start date NOT NULL,
    period_end date NOT NULL,
    edition text NOT NULL,                 -- 'issued'; of a wage report 'provisional' or 'final'
    as_of timestamptz NOT NULL,            -- facts recorded up to here are in it
    total_pence bigint,                    -- the sum of an invoice's lines, before VAT
    vat_pence bigint,
    summary jsonb NOT NULL,                -- small figures for lists
    template_version text NOT NULL,
    snapshot bytea NOT NULL,               -- compressed canonical JSON
    snapshot_digest bytea NOT NULL,
    facts_digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, kind, scope, period_start, edition, payer),
    UNIQUE (provider_id, number)
);
CALL protect_fact('document');
CREATE INDEX document_period ON document (provider_id, kind, period_end, created_at, coalesce(number, scope), id);
CREATE INDEX document_contract ON document (provider_id, contract_id, period_start) WHERE contract_id IS NOT NULL;
CREATE INDEX document_payer ON document (payer_id, provider_id) WHERE payer_id IS NOT NULL;
CREATE INDEX document_asked ON document (payer_id, period_start) WHERE payer_id IS NOT NULL;
-- Lists of documents, by their key.
CREATE INDEX document_for_commissioner ON document (commissioner_id, period_end, created_at, coalesce(number, scope), id)
    WHERE commissioner_id IS NOT NULL;
CREATE INDEX document_for_payer ON document (payer_id, period_end, created_at, coalesce(number, scope), id) WHERE payer_id IS NOT NULL;
CREATE INDEX document_for_person ON document (provider_id, payer, period_end, created_at, coalesce(number, scope), id);

-- Invoices are for the commissioner whose contract it is and for the payer they ask; wage reports for every commissioner that contracts with the provider.
CREATE FUNCTION contracts_with(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM contract c WHERE c.provider_id = wanted AND c.commissioner_id = current_commissioner()) $$;
REVOKE ALL ON FUNCTION contracts_with FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contracts_with TO {app};

CREATE POLICY commissioner ON document FOR SELECT USING (
    current_commissioner() IN (commissioner_id, payer_id) OR (kind = 'wage_report' AND contracts_with(provider_id)));

CREATE TABLE pay_mapping_version (         -- what each pay element of the payroll is, by the day of payment
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    element text NOT NULL,                 -- in small letters, single-spaced
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    label text NOT NULL,                   -- as it was written
    section text NOT NULL
        CHECK (section IN ('pay', 'deduction', 'expenditure', 'payment_to_employer', 'accommodation', 'none')),
    kind text NOT NULL,
    duties text,
    consolidated boolean,
    absence_taken boolean,
    takes_back_overpayment boolean NOT NULL, -- a line below zero recovers an accidental overpayment
    note text,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, element, starts_on, version)
);
CALL protect_fact('pay_mapping_version');
CREATE POLICY commissioner ON pay_mapping_version FOR SELECT USING (contracts_with(provider_id));

CREATE TABLE document_file (
    provider_id uuid NOT NULL,
    document_id uuid NOT NULL,
    format text NOT NULL,
    media_type text NOT NULL,
    file_name text NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    as_of timestamptz NOT NULL,            -- facts recorded up to here are in it: an e-invoice can come later
    PRIMARY KEY (provider_id, document_id, format),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('document_file');
CREATE POLICY commissioner ON document_file FOR SELECT USING (EXISTS (
    SELECT FROM document d WHERE d.provider_id = document_file.provider_id AND d.id = document_file.document_id));

CREATE TABLE document_line (               -- which line of which document bills a visit's attendance, or a block of hours
    provider_id uuid NOT NULL,
    document_id uuid NOT NULL,
    line integer NOT NULL,
    visit_id uuid NOT NULL,                -- of a block's charge, what stands for the block and its billing period
    employment_id uuid,                    -- the attendance of one carer of a double-handed visit
    service_user_id uuid,
    amount_pence bigint NOT NULL,          -- what this document's payer is asked
    payer text NOT NULL,                   -- as the contract or package names it
    funders jsonb NOT NULL,                -- [[payer, millionths of a per cent]] by which the whole line was shared
    adjusts_document uuid,
    vat_category text NOT NULL CHECK (vat_category IN ('E', 'S')),
    vat_rate numeric NOT NULL,             -- per cent
    vat_reason text,                       -- of an exemption
    dispute_id uuid,                       -- the line credits what was decided after this dispute
    block text,                            -- the line is the charge of this block of hours, and of no visit
    PRIMARY KEY (provider_id, document_id, line),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('document_line');
CREATE INDEX document_line_visit ON document_line (provider_id, visit_id);
CREATE INDEX document_line_block ON document_line (provider_id, document_id) WHERE block IS NOT NULL;
CREATE INDEX document_line_adjusts ON document_line (provider_id, adjusts_document) WHERE adjusts_document IS NOT NULL;

CREATE TABLE block_use (                   -- how much of a block of hours was used, as a document says it
    provider_id uuid NOT NULL,
    document_id uuid NOT NULL,
    block_id uuid NOT NULL,                -- as visit_id of the line that charges it
    block text NOT NULL,
    starts_on date NOT NULL,               -- the billing period that it was bought for
    ends_on date NOT NULL,
    seconds bigint NOT NULL CHECK (seconds > 0),
    used_seconds bigint NOT NULL CHECK (used_seconds BETWEEN 0 AND seconds),
    pence bigint NOT NULL,                 -- what all payers together pay for it, before VAT
    PRIMARY KEY (provider_id, document_id, block_id),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('block_use');
CREATE INDEX block_use_period ON block_use (provider_id, starts_on);
CREATE POLICY commissioner ON block_use FOR SELECT USING (current_commissioner() IS NOT NULL AND EXISTS (
    SELECT FROM document d WHERE d.provider_id = block_use.provider_id AND d.id = block_use.document_id));

CREATE TABLE parked_visit (                -- a visit left out of a document, with the reason
    provider_id uuid NOT NULL,
    document_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (provider_id, document_id, visit_id),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('parked_visit');
