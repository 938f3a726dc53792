-- Where visits may be made besides the home, what a manager approved, version by version; and how fast carers moved.

CREATE TABLE approved_place_version (
    provider_id uuid NOT NULL,
    place_id uuid NOT NULL,
    version integer NOT NULL,
    service_user_id uuid NOT NULL,         -- whose visits may be made there
    name text NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    place_source text NOT NULL CHECK (place_source IN ('given', 'postcode')),
    radius_m integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date CHECK (ends_on >= starts_on),
    digest bytea NOT NULL,
    recorded_by uuid,                      -- null: from a file or the command line
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, place_id, version),
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT
);
CALL protect_fact('approved_place_version');
CREATE INDEX approved_place_person ON approved_place_version (provider_id, service_user_id);

CREATE TABLE event_position (              -- an index: when the positions of events that count were taken, by the time that counts
    provider_id uuid NOT NULL,
    carer_id uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    event_row uuid NOT NULL,
    PRIMARY KEY (provider_id, carer_id, taken_at, event_row)
);
CALL protect_fact('event_position');

CREATE TABLE event_speed (                 -- what two positions of a carer that follow each other show of speed, for good
    provider_id uuid NOT NULL,
    carer_id uuid NOT NULL,
    from_row uuid NOT NULL,
    to_row uuid NOT NULL,
    from_at timestamptz NOT NULL,          -- when each position was taken, by the time that counts
    to_at timestamptz NOT NULL CHECK (to_at >= from_at),
    kmh double precision NOT NULL CHECK (kmh >= 0),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, to_row, from_row),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_fact('event_speed');
CREATE INDEX event_speed_at ON event_speed (provider_id, to_at);
CREATE INDEX event_speed_from ON event_speed (provider_id, from_row);
