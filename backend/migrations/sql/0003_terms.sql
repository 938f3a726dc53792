-- Dated terms: what a commissioner pays, what an employer pays, what was commissioned for whom.
-- Of one starts_on the highest version counts; on a day the terms whose starts_on..ends_on hold it.

CREATE TABLE contract (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    commissioner_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('contract');
CALL show_to_commissioner('contract');
CREATE INDEX contract_commissioner ON contract (commissioner_id, provider_id);

CREATE TABLE contract_version (
    provider_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    commissioner_id uuid NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    terms jsonb NOT NULL,                  -- the contract object of the price calculator
    billing_period text NOT NULL,
    self_billed boolean NOT NULL,
    purchase_order text,
    punctual_minutes smallint,             -- what performance is measured by; null: as packaged
    full_length_percent smallint,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, contract_id, starts_on, version),
    FOREIGN KEY (provider_id, contract_id) REFERENCES contract ON DELETE RESTRICT
);
CALL protect_fact('contract_version');
CALL show_to_commissioner('contract_version');

CREATE TABLE pay_terms (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('pay_terms');

CREATE TABLE pay_terms_version (
    provider_id uuid NOT NULL,
    pay_terms_id uuid NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    terms jsonb NOT NULL,                  -- the terms object of the pay calculator
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, pay_terms_id, starts_on, version),
    FOREIGN KEY (provider_id, pay_terms_id) REFERENCES pay_terms ON DELETE RESTRICT
);
CALL protect_fact('pay_terms_version');

CREATE TABLE standard_version (            -- what a commissioner requires of pay, or the provider declares, beyond the law
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    reference text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    name text NOT NULL,
    commissioner_id uuid REFERENCES organisation ON DELETE RESTRICT,
    standard jsonb NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, reference, starts_on, version)
);
CALL protect_fact('standard_version');
CALL show_to_commissioner('standard_version');

CREATE TABLE package (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('package');

CREATE TABLE package_version (
    provider_id uuid NOT NULL,
    package_id uuid NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    service_user_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    commissioner_id uuid NOT NULL,
    service text NOT NULL,
    zone text NOT NULL,
    zone_source text NOT NULL CHECK (zone_source IN ('given', 'postcode')),
    carers smallint NOT NULL CHECK (carers BETWEEN 1 AND 4),
    high_dependency boolean NOT NULL,
    visits_per_week smallint,
    hours_per_week numeric,                -- of one carer
    tasks jsonb NOT NULL,                  -- [{"id": "washing", "minutes": 10}], of each visit
    funding jsonb,                         -- [{"payer": reference, "percent": "70"}] or null: the contract's
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, package_id, starts_on, version),
    FOREIGN KEY (provider_id, package_id) REFERENCES package ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, contract_id) REFERENCES contract ON DELETE RESTRICT
);
CALL protect_fact('package_version');
CALL show_to_commissioner('package_version');

CREATE TABLE policy_version (              -- thresholds a provider sets otherwise than the packaged policy
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    starts_on date NOT NULL,
    version integer NOT NULL,
    policy jsonb NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, starts_on, version)
);
CALL protect_fact('policy_version');
