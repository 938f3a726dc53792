-- Public reference data, the same for every tenant.

CREATE TABLE postcode (
    postcode text PRIMARY KEY,             -- without spaces, upper case
    lat double precision,                  -- null where the publisher has no place for it
    lon double precision,
    rural_urban text,                      -- as published; null where the publisher left it blank
    local_authority text,
    ended boolean NOT NULL,
    CHECK ((lat IS NULL) = (lon IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON postcode TO {app};

CREATE TABLE bank_holiday (                -- where the packaged calendar must be corrected
    division text NOT NULL CHECK (division IN ('england', 'wales', 'scotland', 'northern-ireland')),
    day date NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    withdrawn boolean NOT NULL,            -- it is no holiday after all, such as one that was moved to another day
    recorded_at timestamptz NOT NULL,      -- documents made before know nothing of it
    PRIMARY KEY (division, day, version)
);
GRANT SELECT, INSERT ON bank_holiday TO {app};
CREATE INDEX bank_holiday_recorded ON bank_holiday (recorded_at);
