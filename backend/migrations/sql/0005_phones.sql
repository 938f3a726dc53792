-- Phones and what they said. Events are facts, partitioned by the year they were received; what must be unique over
-- all years (an event's id, its place in its phone's chain) lives in event_key, hash-partitioned by provider.

CREATE TABLE device (
    provider_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    carer_id uuid NOT NULL,
    install_id text NOT NULL,
    name text NOT NULL,
    platform text NOT NULL,
    public_key jsonb NOT NULL,
    key_thumbprint text NOT NULL,
    pin_hash text NOT NULL,
    pin_failures smallint NOT NULL,
    locked_at timestamptz,
    enrolled_at timestamptz NOT NULL,
    revoked_at timestamptz,
    replaced_by uuid,
    replaced_at timestamptz,
    closed_seq bigint,                     -- last seq received when the phone was replaced
    heard_at timestamptz,                  -- last call for its rota, to the minute; events say the rest
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_state('device');
CREATE INDEX device_carer ON device (provider_id, carer_id);
CREATE UNIQUE INDEX device_telephone ON device (provider_id, install_id) WHERE platform = 'telephone';

CREATE TABLE enrol_code (
    provider_id uuid NOT NULL,
    code_hash bytea NOT NULL UNIQUE,
    carer_id uuid NOT NULL,
    replaces uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    device_id uuid,
    key_thumbprint text,
    PRIMARY KEY (provider_id, code_hash),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_state('enrol_code');

CREATE TABLE device_passkey (              -- opens the rota of one phone in place of its PIN
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,             -- COSE_Key (RFC 9052)
    sign_count bigint NOT NULL,            -- 0: its authenticator keeps no counter
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    suspect_at timestamptz,                -- its counter went back: there may be a copy
    removed_at timestamptz,
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (provider_id, device_id) REFERENCES device ON DELETE RESTRICT
);
CALL protect_state('device_passkey');
CREATE UNIQUE INDEX device_passkey_credential ON device_passkey (provider_id, device_id, credential_id)
    WHERE removed_at IS NULL;

CREATE TABLE event_key (                   -- who holds an id and a seq; validly signed events only
    provider_id uuid NOT NULL,
    device_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    signed_hash bytea NOT NULL,
    event_row uuid NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    code text,
    UNIQUE (provider_id, device_id, id),
    UNIQUE (provider_id, device_id, seq)
) PARTITION BY HASH (provider_id);
CALL protect_fact('event_key');

CREATE TABLE event_link (                  -- hashes of all validly signed events at a seq, forks included
    provider_id uuid NOT NULL,
    device_id uuid NOT NULL,
    seq bigint NOT NULL,
    signed_hash bytea NOT NULL,
    prev bytea NOT NULL,
    event_row uuid NOT NULL,
    id uuid NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('new', 'conflict', 'fork')),
    holds boolean NOT NULL,                -- false: another event has its id or its place
    received_at timestamptz NOT NULL,      -- with outcome and code: what a repeat is answered
    outcome text NOT NULL,
    code text,
    PRIMARY KEY (provider_id, device_id, seq, signed_hash)
) PARTITION BY HASH (provider_id);
CREATE INDEX event_link_id ON event_link (provider_id, device_id, id);
CALL protect_fact('event_link');

DO $$
BEGIN
    FOR n IN 0..7 LOOP
        EXECUTE format('CREATE TABLE event_key_%s PARTITION OF event_key
                        FOR VALUES WITH (MODULUS 8, REMAINDER %s)', n, n);
        EXECUTE format('ALTER TABLE event_key_%s ENABLE ROW LEVEL SECURITY', n);
        EXECUTE format('CREATE TABLE event_link_%s PARTITION OF event_link
                        FOR VALUES WITH (MODULUS 8, REMAINDER %s)', n, n);
        EXECUTE format('ALTER TABLE event_link_%s ENABLE ROW LEVEL SECURITY', n);
    END LOOP;
END
$$;

CREATE TABLE event (
    provider_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    row_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    batch_index integer NOT NULL,
    device_id uuid NOT NULL,
    carer_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'conflict', 'quarantined')),
    code text,
    detail text,
    chain_waiting boolean NOT NULL,        -- a predecessor had not come when it was received
    event_id uuid,
    seq bigint,
    prev bytea,
    kind text,
    visit_id uuid,
    check_in_id uuid,                      -- of the check-out of a visit nobody planned
    about_event_id uuid,                   -- the event that a late position belongs to
    service_user_id uuid,                  -- of a visit nobody planned
    activity text,
    task_id text,
    occurred_at timestamptz,               -- the phone's clock
    paid_at timestamptz,                   -- the instant that counts, by the published rule
    clock_id text,
    monotonic_ms bigint,
    method text,
    offset_low_ms bigint,
    offset_high_ms bigint,
    flags text[] NOT NULL,
    signed bytea,                          -- the bytes as they came
    signed_hash bytea,
    signature bytea,
    raw bytea,                             -- the copy as it came of one that could not be read, or is not what was signed
    raw_digest bytea,                      -- of that copy, once it was let go of
    PRIMARY KEY (provider_id, received_at, row_id)
) PARTITION BY RANGE (received_at);
CALL protect_fact('event');
CREATE INDEX event_visit ON event (provider_id, visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX event_carer ON event (provider_id, carer_id, paid_at);
CREATE INDEX event_paid ON event (provider_id, paid_at);
CREATE INDEX event_row ON event (provider_id, row_id);
CREATE INDEX event_device_seq ON event (provider_id, device_id, seq);
CREATE INDEX event_loose ON event (provider_id, paid_at) WHERE visit_id IS NULL OR code = 'not_your_visit';
CREATE INDEX event_about ON event (provider_id, about_event_id) WHERE about_event_id IS NOT NULL;
CREATE INDEX event_copy ON event (provider_id, received_at) WHERE raw IS NOT NULL;
CREATE INDEX event_chain_waiting ON event (provider_id, received_at) WHERE chain_waiting;
CREATE POLICY commissioner ON event FOR SELECT USING (outcome = 'accepted' AND (
    SELECT true FROM visit_version v WHERE v.provider_id = event.provider_id AND v.visit_id = event.visit_id
    AND v.commissioner_id = current_commissioner() LIMIT 1));

-- The id of a visit that nobody planned: its carer's, by its check-in, whichever of her phones or calls tell the rest of it.
CREATE FUNCTION visit_nobody_planned(carer uuid, check_in uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT md5(carer::text || check_in::text)::uuid $$;

CREATE TABLE event_other_years PARTITION OF event DEFAULT;
ALTER TABLE event_other_years ENABLE ROW LEVEL SECURITY;

-- Makes the partition of the year (UTC) that a day lies in; the default partition takes what has none, so nothing is ever turned away.
CREATE FUNCTION ensure_event_year(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    first timestamptz := date_trunc('year', day::timestamp) AT TIME ZONE 'UTC';
    following timestamptz := (date_trunc('year', day::timestamp) + interval '1 year') AT TIME ZONE 'UTC';
    name text := 'event_' || to_char(day, 'YYYY');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_event_year'));
    IF to_regclass(name) IS NOT NULL
       OR EXISTS (SELECT FROM event_other_years WHERE received_at >= first AND received_at < following) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)', name, first, following);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
END
$$;
REVOKE ALL ON FUNCTION ensure_event_year FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_event_year TO {app};

CREATE TABLE event_attachment (            -- positions and words: signed by salted hash, kept apart, may be deleted
    provider_id uuid NOT NULL,
    event_row uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fix', 'payload')),
    content bytea NOT NULL,                -- canonical JSON, salt included
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, event_row, kind)
);
CALL protect_fact('event_attachment');

CREATE TABLE event_judgement (             -- what was concluded from the position; stays when the position goes
    provider_id uuid NOT NULL,
    event_row uuid NOT NULL,
    number integer NOT NULL,               -- 1: when it came; the highest counts
    because_place uuid,                    -- approved afterwards: why it was judged again
    rule_version text NOT NULL,
    judged_at timestamptz NOT NULL,
    fence text NOT NULL CHECK (fence IN ('inside', 'outside', 'cannot_tell', 'no_position')),
    place_id uuid,                         -- the approved place that gave the verdict; the home has its person's id
    distance_m double precision,
    accuracy_m double precision,
    fix_age_s double precision,
    at_home boolean,                       -- inside the carer's own home fence and outside every approved place
    position_kept boolean NOT NULL,
    evidence_level text NOT NULL,
    reasons text[] NOT NULL,
    PRIMARY KEY (provider_id, event_row, number),
    CHECK ((number = 1) = (because_place IS NULL))
);
CALL protect_fact('event_judgement');
CREATE INDEX event_judgement_again ON event_judgement (provider_id, judged_at) WHERE number > 1;
-- Judgements hold no position: a commissioner may read those of the events that it may read.
CREATE POLICY commissioner ON event_judgement FOR SELECT USING (current_commissioner() IS NOT NULL AND (
    SELECT true FROM event e WHERE e.provider_id = event_judgement.provider_id AND e.row_id = event_judgement.event_row
    LIMIT 1));

CREATE TABLE event_batch (                 -- the signed receipt of one call
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    batch bytea NOT NULL,                  -- canonical JSON, the bytes that were signed
    kid text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('event_batch');

-- A new event as a web process hands it in, with all that was concluded from it: a value for each column of the tables
-- above and of event_token. One value of many parts is sent, read and planned quicker than a list for each part.
CREATE TYPE new_event AS (
    row_id uuid,
    batch_id uuid,
    batch_index integer,
    outcome text,
    code text,
    detail text,
    chain_waiting boolean,
    event_id uuid,
    seq bigint,
    prev bytea,
    kind text,
    visit_id uuid,
    check_in_id uuid,
    about_event_id uuid,
    service_user_id uuid,
    activity text,
    task_id text,
    occurred_at timestamptz,
    paid_at timestamptz,
    clock_id text,
    monotonic_ms bigint,
    method text,
    offset_low_ms bigint,
    offset_high_ms bigint,
    flags text[],
    signed bytea,
    signed_hash bytea,
    signature bytea,
    raw bytea,
    verdict text,                          -- in the chain; null: it holds no place
    holds boolean,
    help boolean,
    fence text,                            -- null: nothing was concluded from it
    place_id uuid,
    distance_m double precision,
    accuracy_m double precision,
    fix_age_s double precision,
    at_home boolean,
    position_kept boolean,
    evidence_level text,
    reasons text[],
    token_verdict text,                    -- null: it has no token and needs none
    token_kind text,
    tag_id uuid,
    counter integer,
    payload bytea,
    fix bytea
);

-- What no tenant can be told: events of an unknown phone, and bodies that no reader understood. Kept, never lost.
CREATE TABLE unclaimed_event (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('unknown_device', 'raw')),
    received_at timestamptz NOT NULL,
    sha256 bytea NOT NULL,
    body bytea NOT NULL
);
GRANT INSERT ON unclaimed_event TO {app};
CALL refuse_changes('unclaimed_event');

CREATE TABLE checkpoint (                  -- signed, chained digests of what was received
    provider_id uuid NOT NULL,
    number bigint NOT NULL,
    previous bytea NOT NULL,
    events integer NOT NULL,
    root bytea NOT NULL,
    created_at timestamptz NOT NULL,
    body bytea NOT NULL,
    kid text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (provider_id, number)
);
CALL protect_fact('checkpoint');

CREATE TABLE checkpoint_event (
    provider_id uuid NOT NULL,
    event_row uuid NOT NULL,
    number bigint NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (provider_id, event_row),
    FOREIGN KEY (provider_id, number) REFERENCES checkpoint ON DELETE RESTRICT
);
CREATE INDEX checkpoint_event_number ON checkpoint_event (provider_id, number, position);
CALL protect_fact('checkpoint_event');

CREATE FUNCTION device_home(wanted uuid) RETURNS TABLE (provider_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT d.provider_id FROM device d WHERE d.id = wanted $$;

CREATE FUNCTION enrol_code_home(wanted bytea) RETURNS TABLE (provider_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT c.provider_id FROM enrol_code c WHERE c.code_hash = wanted $$;

REVOKE ALL ON FUNCTION device_home, enrol_code_home FROM PUBLIC;
GRANT EXECUTE ON FUNCTION device_home, enrol_code_home TO {app};

CREATE TABLE correction (                  -- a proposal about recorded times; both times are kept
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    carer_id uuid NOT NULL,
    visit_id uuid,
    day date,
    proposed_start timestamptz,
    proposed_end timestamptz,
    reason_code text NOT NULL,
    own_reason text,                       -- the provider's own code for it, where a manager gave one
    proposed_by text NOT NULL CHECK (proposed_by IN ('carer', 'manager')),
    user_id uuid,
    device_id uuid,
    note_hash bytea,
    signed bytea,
    signature bytea,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_fact('correction');
CREATE INDEX correction_received ON correction (provider_id, received_at, id);
CREATE INDEX correction_carer ON correction (provider_id, carer_id, received_at, id);
CREATE INDEX correction_visit ON correction (provider_id, visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX correction_day ON correction (provider_id, proposed_start) WHERE day IS NOT NULL;

CREATE TABLE correction_note (
    provider_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    content bytea NOT NULL,                -- canonical JSON {salt, text}
    PRIMARY KEY (provider_id, correction_id)
);
CALL protect_fact('correction_note');

CREATE TABLE correction_decision (
    provider_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    number integer NOT NULL,
    decision text NOT NULL CHECK (decision IN ('accepted', 'declined', 'objected', 'withdrawn')),
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    reason text,
    PRIMARY KEY (provider_id, correction_id, number),
    FOREIGN KEY (provider_id, correction_id) REFERENCES correction ON DELETE RESTRICT
);
CALL protect_fact('correction_decision');

CREATE TABLE event_release (               -- a manager lets a quarantined event count
    provider_id uuid NOT NULL,
    event_row uuid NOT NULL,
    released_by uuid NOT NULL,
    released_at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (provider_id, event_row)
);
CALL protect_fact('event_release');
