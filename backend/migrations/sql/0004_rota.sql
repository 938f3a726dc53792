-- Planned visits, version by version. The highest version is the plan; price and punctuality use the version held at
-- the earlier of planned start and first check-in.

CREATE TABLE visit (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('visit');

CREATE TABLE visit_version (
    provider_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    version integer NOT NULL,
    package_id uuid NOT NULL,
    commissioner_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
    carer uuid,                            -- the employment; null: unassigned
    second_carer uuid,
    tasks jsonb NOT NULL,                  -- [{"id": "washing", "minutes": 10}]
    status text NOT NULL CHECK (status IN ('planned', 'cancelled', 'suspended')),
    cancelled_at timestamptz,
    cancelled_by text CHECK (cancelled_by IN ('person', 'commissioner', 'provider')),
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, visit_id, version),
    FOREIGN KEY (provider_id, visit_id) REFERENCES visit ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, package_id) REFERENCES package ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, carer) REFERENCES employment ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, second_carer) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('visit_version');
CALL show_to_commissioner('visit_version');
CREATE INDEX visit_version_start ON visit_version (provider_id, starts_at);
CREATE INDEX visit_version_recorded ON visit_version (provider_id, recorded_at);
CREATE INDEX visit_version_carer ON visit_version (provider_id, carer, starts_at);
CREATE INDEX visit_version_second_carer ON visit_version (provider_id, second_carer, starts_at)
    WHERE second_carer IS NOT NULL;

CREATE POLICY commissioner ON visit FOR SELECT USING (EXISTS (
    SELECT FROM visit_version v WHERE v.provider_id = visit.provider_id AND v.visit_id = visit.id
    AND v.commissioner_id = current_commissioner()));
