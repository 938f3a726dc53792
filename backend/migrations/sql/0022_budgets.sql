-- Budgets: what a commissioner means to spend. They are the commissioner's own, and no provider sees them.

CREATE TABLE budget_version (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,  -- the commissioner
    reference text NOT NULL,
    starts_on date NOT NULL,               -- the first day of the year that it is for
    version integer NOT NULL,
    ends_on date NOT NULL,
    name text NOT NULL,
    provider_id uuid REFERENCES organisation ON DELETE RESTRICT,               -- null: whoever provides
    contract_id uuid,                      -- null: every contract
    service text,                          -- null: every service
    pence bigint NOT NULL CHECK (pence >= 0),
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, reference, starts_on, version),
    FOREIGN KEY (provider_id, contract_id) REFERENCES contract ON DELETE RESTRICT,
    CHECK (contract_id IS NULL OR provider_id IS NOT NULL)
);
ALTER TABLE budget_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY commissioner ON budget_version USING (organisation_id = current_commissioner())
    WITH CHECK (organisation_id = current_commissioner());
GRANT SELECT, INSERT ON budget_version TO {app};
CALL refuse_changes('budget_version');
