-- Planning: what carers can do and when, what people need, and who planned a visit although something spoke against it.

CREATE TABLE visit_planning (              -- beside a version planned on a page or from a pattern; a file's has none
    provider_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    version integer NOT NULL,
    planned_by uuid,                       -- the user; null: made from the pattern by a job or a file
    pattern_id uuid,                       -- the pattern that made it; null: planned by hand
    reason text,                           -- why all the same, or why it is off
    against text[] NOT NULL,               -- what spoke against it: the kind, and what it is about
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, visit_id, version),
    FOREIGN KEY (provider_id, visit_id, version) REFERENCES visit_version ON DELETE RESTRICT
);
CALL protect_fact('visit_planning');
CREATE INDEX visit_planning_pattern ON visit_planning (provider_id, pattern_id, recorded_at) WHERE pattern_id IS NOT NULL;

CREATE TABLE carer_skill_version (         -- what a carer is trained or allowed to do
    provider_id uuid NOT NULL,
    carer_id uuid NOT NULL,
    skill text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, carer_id, skill, starts_on, version),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_fact('carer_skill_version');

CREATE TABLE needed_skill_version (        -- what whoever visits a person must be able to do
    provider_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    skill text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, service_user_id, skill, starts_on, version),
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT
);
CALL protect_fact('needed_skill_version');

CREATE TABLE working_hours_version (       -- holds until the next one begins, or until its last day
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    hours_per_week numeric,                -- contracted; null: not said
    most_hours_per_week numeric,           -- more than these are not planned; null: no limit said
    available jsonb NOT NULL,              -- [{"day": 1, "start": "07:00", "end": "15:00"}]; empty: not said
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, starts_on, version),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('working_hours_version');

CREATE TABLE pattern (                     -- visits to one person that come again each week, or each so many weeks
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('pattern');

CREATE TABLE pattern_version (             -- periods of a pattern follow each other; of each the newest version counts
    provider_id uuid NOT NULL,
    pattern_id uuid NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    ends_on date,
    withdrawn boolean NOT NULL,            -- nothing comes of this period
    package_id uuid NOT NULL,
    days text NOT NULL,                    -- mon;wed
    every_weeks integer NOT NULL CHECK (every_weeks > 0), -- counted from the week of the pattern's first day
    starts_time time NOT NULL,             -- by London's clocks
    minutes integer NOT NULL CHECK (minutes > 0),
    carer uuid,                            -- the employment that usually comes; null: nobody yet
    second_carer uuid,
    tasks jsonb NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, pattern_id, starts_on, version),
    FOREIGN KEY (provider_id, pattern_id) REFERENCES pattern ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, package_id) REFERENCES package ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, carer) REFERENCES employment ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, second_carer) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('pattern_version');
