-- Time besides visits that a manager enters: training, a meeting, waiting for instructions.

CREATE TABLE activity_version (            -- the newest version counts, unless it withdraws the time
    provider_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    version integer NOT NULL,
    reference text NOT NULL,
    carer_id uuid NOT NULL,                -- the same in every version
    kind text NOT NULL CHECK (kind IN ('waiting', 'training', 'supervision', 'meeting', 'handover', 'awake')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    lat double precision CHECK (lat BETWEEN -90 AND 90),     -- where it was, if that is known
    lon double precision CHECK (lon BETWEEN -180 AND 180),
    withdrawn boolean NOT NULL,
    reason text NOT NULL,                  -- why a manager says so, or says otherwise now
    entered_by uuid,                       -- null: from a file
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, activity_id, version),
    CHECK ((lat IS NULL) = (lon IS NULL)),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_fact('activity_version');
CREATE INDEX activity_version_start ON activity_version (provider_id, starts_at);

-- A provider's own reasons for corrections, each refining one of those that phones know.
CREATE TABLE correction_reason_version (
    provider_id uuid NOT NULL,
    reference text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    words text NOT NULL,
    means text NOT NULL,                   -- the reason that phones know
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, reference, starts_on, version)
);
CALL protect_fact('correction_reason_version');
