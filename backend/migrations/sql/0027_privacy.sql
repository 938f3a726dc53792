-- How long records are kept, what must not go, and what was forgotten: the only ways in which a fact may go or lose a part.

CREATE TABLE retention_version (           -- how long a provider keeps a class of records, within the bounds of the law
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    class text NOT NULL,
    starts_on date NOT NULL,
    version integer NOT NULL,
    days integer NOT NULL CHECK (days > 0),
    reason text NOT NULL,
    set_by uuid,                           -- null: on the command line
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, class, starts_on, version)
);
CALL protect_fact('retention_version');

CREATE TABLE legal_hold (                  -- nothing of the subject is forgotten while it stands
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('provider', 'carer', 'person')),
    subject_id uuid,                       -- the carer, or the person supported
    reason text NOT NULL,
    set_by uuid,                           -- null: on the command line
    set_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    CHECK ((subject = 'provider') = (subject_id IS NULL))
);
CALL protect_fact('legal_hold');
CREATE INDEX legal_hold_set ON legal_hold (provider_id, set_at);

CREATE TABLE legal_hold_end (
    provider_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    reason text NOT NULL,
    lifted_by uuid,
    lifted_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, hold_id),
    FOREIGN KEY (provider_id, hold_id) REFERENCES legal_hold ON DELETE RESTRICT
);
CALL protect_fact('legal_hold_end');

CREATE TABLE forgetting (                  -- what was forgotten, and why: a period that ended, or somebody's request
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    class text NOT NULL,                   -- of retention, or 'erasure'
    days integer,                          -- the period
    before timestamptz,                    -- what was older than this went
    subject_id uuid,                       -- of an erasure: the carer, or the person supported
    reason text,
    asked_by uuid,                         -- null: a job, or the command line
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('forgetting');
CREATE INDEX forgetting_at ON forgetting (provider_id, forgotten_at);
CREATE INDEX forgetting_subject ON forgetting (provider_id, subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE forgotten (                   -- which rows: half a digest of the key of each, which tells nothing and shows what is gone
    provider_id uuid NOT NULL,
    forgetting_id uuid NOT NULL,
    table_name text NOT NULL,
    erased boolean NOT NULL,               -- the row stays, and what is about somebody went from it
    rows integer NOT NULL,
    keys bytea NOT NULL,
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, forgetting_id, table_name, erased),
    FOREIGN KEY (provider_id, forgetting_id) REFERENCES forgetting ON DELETE RESTRICT
);
CALL protect_fact('forgotten');

CREATE INDEX event_attachment_age ON event_attachment (provider_id, kind, received_at);

-- The events of visits to a person of the open provider, planned or not; of one that nobody planned all that names its check-in,
-- and late positions of either.
CREATE FUNCTION events_of_person(whom uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$
    SELECT e.row_id FROM package_version p
    JOIN visit_version v ON v.provider_id = p.provider_id AND v.package_id = p.package_id
    JOIN event e ON e.provider_id = v.provider_id AND e.visit_id = v.visit_id
    WHERE p.provider_id = current_provider() AND p.service_user_id = whom
    UNION
    (WITH unplanned AS (
        SELECT e.row_id, e.device_id, e.event_id FROM event e
        WHERE e.provider_id = current_provider() AND e.visit_id IS NULL
          AND (e.service_user_id = whom OR (e.carer_id, e.check_in_id) IN (
              SELECT b.carer_id, b.event_id FROM event b
              WHERE b.provider_id = current_provider() AND b.visit_id IS NULL AND b.service_user_id = whom)))
    SELECT row_id FROM unplanned
    UNION
    SELECT e.row_id FROM unplanned u
    JOIN event e ON e.provider_id = current_provider() AND e.about_event_id = u.event_id AND e.device_id = u.device_id)
$$;

-- Visits to a person of the open provider, planned or not.
CREATE FUNCTION visits_of_person(whom uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$
    SELECT v.visit_id FROM package_version p
    JOIN visit_version v ON v.provider_id = p.provider_id AND v.package_id = p.package_id
    WHERE p.provider_id = current_provider() AND p.service_user_id = whom
    UNION
    SELECT visit_nobody_planned(e.carer_id, coalesce(e.check_in_id, e.event_id)) FROM event e
    WHERE e.provider_id = current_provider() AND e.visit_id IS NULL AND e.service_user_id = whom
$$;

-- Visits of the open provider about which a dispute is open.
CREATE FUNCTION visits_in_dispute() RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$
    SELECT coalesce(p.visit_id, l.visit_id) FROM dispute p
    LEFT JOIN document_line l ON l.provider_id = p.provider_id AND l.document_id = p.document_id AND l.line = p.line
    WHERE p.provider_id = current_provider() AND NOT EXISTS (
        SELECT FROM dispute_decision d WHERE d.provider_id = p.provider_id AND d.dispute_id = p.id)
$$;

-- Events of the open provider that nobody deletes now: those of carers and of people on whom a hold is, and of visits in
-- dispute.
CREATE FUNCTION events_held(carers uuid[], people uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS
$$
    SELECT e.row_id FROM event e WHERE e.provider_id = current_provider() AND e.carer_id = ANY (carers)
    UNION
    SELECT events_of_person(held) FROM unnest(people) AS held
    UNION
    SELECT e.row_id FROM event e
    WHERE e.provider_id = current_provider() AND e.visit_id IN (SELECT visits_in_dispute())
$$;

-- Half the digests of keys, one behind the other, as seals have them.
CREATE FUNCTION key_digests(keys text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(string_agg(substring(sha256(convert_to(k, 'UTF8')) FOR 16), ''::bytea), ''::bytea) FROM unnest(keys) AS k $$;

-- The key of an event in words, as seals have it, whatever the session's time zone.
CREATE FUNCTION words_of_event_key(received_at timestamptz, row_id uuid) RETURNS text LANGUAGE sql STABLE SET timezone = 'UTC' AS
$$ SELECT jsonb_build_array(received_at, row_id)::text $$;

-- Deletes rows of the open provider, of a table of which rows may go, and notes which; how many there were. Of an event only
-- the copy as it came goes, and its digest stays. The `forgetting` that says why must be there.
CREATE FUNCTION forget(why uuid, target text, kinds text, ids uuid[], at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    gone text[];
BEGIN
    IF NOT EXISTS (SELECT FROM forgetting f WHERE f.provider_id = current_provider() AND f.id = why) THEN
        RAISE EXCEPTION 'nothing says why' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('doorstep.forgetting', target, true);
    IF target = 'event_attachment' THEN
        WITH d AS (DELETE FROM event_attachment t WHERE t.provider_id = current_provider() AND t.kind = kinds
                   AND t.event_row = ANY (ids) RETURNING jsonb_build_array(t.event_row, t.kind)::text AS key)
        SELECT array_agg(d.key) INTO gone FROM d;
    ELSIF target = 'event' THEN
        WITH d AS (UPDATE event t SET raw = NULL, raw_digest = sha256(t.raw)
                   WHERE t.provider_id = current_provider() AND t.row_id = ANY (ids) AND t.raw IS NOT NULL
                   RETURNING words_of_event_key(t.received_at, t.row_id) AS key)
        SELECT array_agg(d.key) INTO gone FROM d;
    ELSIF target = 'correction_note' THEN
        WITH d AS (DELETE FROM correction_note t WHERE t.provider_id = current_provider()
                   AND t.correction_id = ANY (ids) RETURNING jsonb_build_array(t.correction_id)::text AS key)
        SELECT array_agg(d.key) INTO gone FROM d;
    ELSIF target = 'access_log' THEN
        WITH d AS (DELETE FROM access_log t WHERE t.provider_id = current_provider()
                   AND t.id = ANY (ids) RETURNING jsonb_build_array(t.id)::text AS key)
        SELECT array_agg(d.key) INTO gone FROM d;
    ELSIF target = 'kept_identity' THEN
        WITH d AS (DELETE FROM kept_identity t WHERE t.provider_id = current_provider()
                   AND t.forgetting_id = ANY (ids) RETURNING jsonb_build_array(t.forgetting_id)::text AS key)
        SELECT array_agg(d.key) INTO gone FROM d;
    ELSE
        RAISE EXCEPTION 'no rows of % may go', target USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('doorstep.forgetting', '', true);
    INSERT INTO forgotten (provider_id, forgetting_id, table_name, erased, rows, keys, forgotten_at)
    VALUES (current_provider(), why, target, target = 'event', cardinality(coalesce(gone, '{}')), key_digests(gone), at);
    RETURN cardinality(coalesce(gone, '{}'));
END
$$;
REVOKE ALL ON FUNCTION forget FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget TO {app};

-- Deletes what no tenant can be told and was received before an instant; how many there were.
CREATE FUNCTION forget_unclaimed(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    gone integer;
BEGIN
    PERFORM set_config('doorstep.forgetting', 'unclaimed_event', true);
    DELETE FROM unclaimed_event t WHERE t.received_at < before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('doorstep.forgetting', '', true);
    RETURN gone;
END
$$;
REVOKE ALL ON FUNCTION forget_unclaimed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_unclaimed TO {app};

CREATE TABLE kept_identity (               -- names that documents issued before an erasure hold, sealed, to verify those alone
    provider_id uuid NOT NULL,
    forgetting_id uuid NOT NULL,
    sealed bytea NOT NULL,
    until date NOT NULL,                   -- the evidence that they belong to is kept up to this London date
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, forgetting_id),
    FOREIGN KEY (provider_id, forgetting_id) REFERENCES forgetting ON DELETE RESTRICT
);
CALL protect_fact('kept_identity');

-- Takes names and homes from every version of a carer's employments, or of a person, or what a carer's phones are called,
-- of the open provider, and notes of which rows. Nothing that is worked out goes by these columns.
CREATE FUNCTION erase(why uuid, target text, whom uuid, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    erased text[];
BEGIN
    IF NOT EXISTS (SELECT FROM forgetting f WHERE f.provider_id = current_provider() AND f.id = why AND f.subject_id = whom)
    THEN
        RAISE EXCEPTION 'nothing says why' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('doorstep.forgetting', target, true);
    IF target = 'employment_version' THEN
        WITH d AS (UPDATE employment_version t SET name = 'Erased', home_postcode = NULL, home_lat = NULL, home_lon = NULL,
                       identity_hash = sha256(convert_to(t.employment_id::text, 'UTF8'))
                   WHERE t.provider_id = current_provider() AND t.employment_id IN (
                       SELECT e.id FROM employment e WHERE e.provider_id = current_provider() AND e.carer_id = whom)
                   RETURNING jsonb_build_array(t.employment_id, t.version)::text AS key)
        SELECT array_agg(d.key) INTO erased FROM d;
    ELSIF target = 'service_user_version' THEN
        WITH d AS (UPDATE service_user_version t SET name = 'Erased', address = 'Erased', access_note = NULL
                   WHERE t.provider_id = current_provider() AND t.service_user_id = whom
                   RETURNING jsonb_build_array(t.service_user_id, t.version)::text AS key)
        SELECT array_agg(d.key) INTO erased FROM d;
    ELSIF target = 'device' THEN
        WITH d AS (UPDATE device t SET name = 'Erased' WHERE t.provider_id = current_provider() AND t.carer_id = whom
                   RETURNING jsonb_build_array(t.id)::text AS key)
        SELECT array_agg(d.key) INTO erased FROM d;
    ELSE
        RAISE EXCEPTION 'nothing of % is erased', target USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('doorstep.forgetting', '', true);
    INSERT INTO forgotten (provider_id, forgetting_id, table_name, erased, rows, keys, forgotten_at)
    VALUES (current_provider(), why, target, true, cardinality(coalesce(erased, '{}')), key_digests(erased), at);
    RETURN cardinality(coalesce(erased, '{}'));
END
$$;
REVOKE ALL ON FUNCTION erase FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase TO {app};
