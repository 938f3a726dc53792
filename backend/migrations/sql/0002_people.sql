-- Carers and their employments, and the people who are cared for.

CREATE TABLE carer (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('carer');

CREATE TABLE employment (
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    carer_id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_fact('employment');
CREATE INDEX employment_carer ON employment (provider_id, carer_id);

CREATE TABLE employment_version (
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    date_of_birth date NOT NULL,
    home_postcode text,
    home_lat double precision,
    home_lon double precision,
    mode text NOT NULL CHECK (mode IN ('car', 'bicycle', 'walk', 'bus')),
    identity_hash bytea NOT NULL,          -- keyed hash that finds one person at several employers
    starts_on date NOT NULL,
    ends_on date,
    pay_cycle text NOT NULL,
    apprenticeship_started date,
    apprenticeship_ended date,
    pay_terms text,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, version),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('employment_version');
CREATE INDEX employment_version_identity ON employment_version (identity_hash);

CREATE TABLE service_user (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('service_user');

CREATE TABLE service_user_version (
    provider_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    postcode text NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    place_source text NOT NULL CHECK (place_source IN ('given', 'postcode')),
    radius_m integer NOT NULL,
    access_note text,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, service_user_id, version),
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT
);
CALL protect_fact('service_user_version');

CREATE TABLE absence_version (             -- of a person supported: hospital, respite, away, ended
    provider_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('hospital', 'respite', 'away', 'ended')),
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    reported_by uuid NOT NULL,             -- the organisation that said so
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, service_user_id, kind, starts_on, version),
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT
);
CALL protect_fact('absence_version');

CREATE TABLE leave_version (               -- of a carer
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    hours numeric,                         -- of the basic hours, for salaried hours work; null: not said
    pay text CHECK (pay IN ('full', 'reduced', 'none')),
    starts_time time,                      -- London clock time on the first day; null: all of it
    ends_time time,                        -- on the last day
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, kind, starts_on, version),
    CHECK ((hours IS NULL) = (pay IS NULL)),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('leave_version');
CREATE INDEX leave_version_end ON leave_version (provider_id, (coalesce(ends_on, 'infinity')));
