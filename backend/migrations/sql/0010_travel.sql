-- Journeys as routing engines judged them: asked once, kept, and read whenever a day is worked out again.

CREATE TABLE travel_engine (               -- what an answer rests on
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,                      -- derived from all that follows
    engine text NOT NULL CHECK (engine IN ('osrm', 'valhalla')),
    engine_version text NOT NULL,          -- empty: nobody told it
    mode text NOT NULL CHECK (mode IN ('car', 'bicycle', 'walk')),
    profile text NOT NULL,
    map_date text NOT NULL,                -- the engine's word, or its operator's
    parameters jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('travel_engine');

CREATE TABLE journey_estimate (            -- the engine's own figures; policy makes them door to door
    provider_id uuid NOT NULL,
    mode text NOT NULL,
    from_lat double precision NOT NULL,    -- degrees, rounded to five places
    from_lon double precision NOT NULL,
    to_lat double precision NOT NULL,
    to_lon double precision NOT NULL,
    version integer NOT NULL,              -- the first answer stands until another map or engine is asked
    engine_id uuid NOT NULL,
    seconds integer,
    metres integer,
    refused text CHECK (refused IN ('engine_unreachable', 'off_map', 'no_route')),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, mode, from_lat, from_lon, to_lat, to_lon, version),
    FOREIGN KEY (provider_id, engine_id) REFERENCES travel_engine ON DELETE RESTRICT,
    CHECK ((seconds IS NULL) = (metres IS NULL) AND (seconds IS NULL) = (refused IS NOT NULL))
);
CALL protect_fact('journey_estimate');
