-- What kind of work an employment is for the minimum wage: time work unless it is said, and from when.

CREATE TABLE employment_work_version (
    provider_id uuid NOT NULL,
    employment_id uuid NOT NULL,
    starts_on date NOT NULL,               -- holds until the next one begins
    version integer NOT NULL,
    work_type text NOT NULL CHECK (work_type IN ('time', 'salaried')),
    basic_hours_per_year numeric,
    calculation_year_start date,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, employment_id, starts_on, version),
    FOREIGN KEY (provider_id, employment_id) REFERENCES employment ON DELETE RESTRICT,
    CHECK ((work_type = 'salaried') = (basic_hours_per_year IS NOT NULL))
);
CALL protect_fact('employment_work_version');
