-- Audits: what their tests flagged and what became of it, samples and their findings. All of it is appended.

CREATE TABLE audit_run (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    as_of timestamptz NOT NULL,            -- facts recorded up to here were read
    limits_id text NOT NULL,
    visits integer NOT NULL,               -- attendances with both ends that the tests saw
    asked_by uuid,                         -- null: on the command line
    organisation_id uuid,                  -- of who asked
    created_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('audit_run');
CREATE INDEX audit_run_created ON audit_run (provider_id, created_at);
CREATE POLICY commissioner ON audit_run FOR SELECT USING (contracts_with(provider_id));

CREATE TABLE audit_flag (
    provider_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number integer NOT NULL,
    key text NOT NULL,                     -- the same flag in every run: of its test and what shows it
    test text NOT NULL,
    carer_id uuid,
    employment text,                       -- the carer's, by its reference: whose pseudonym an auditor sees
    visit_id uuid,
    visit_ids uuid[] NOT NULL,
    event_rows uuid[] NOT NULL,
    others text[] NOT NULL,                -- documents, corrections, phones, or what they share
    at timestamptz,
    measured double precision,
    limited double precision NOT NULL,
    commissioner_ids uuid[] NOT NULL,      -- whose visits show it
    PRIMARY KEY (provider_id, run_id, number),
    FOREIGN KEY (provider_id, run_id) REFERENCES audit_run ON DELETE RESTRICT
);
CALL protect_fact('audit_flag');
CREATE INDEX audit_flag_test ON audit_flag (provider_id, run_id, test, number);
CREATE POLICY commissioner ON audit_flag FOR SELECT USING (current_commissioner() = ANY (commissioner_ids));

CREATE TABLE audit_run_population (        -- of the attendances of a run those commissioned by one
    provider_id uuid NOT NULL,
    run_id uuid NOT NULL,
    commissioner_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    visits integer NOT NULL,
    PRIMARY KEY (provider_id, run_id, commissioner_id),
    FOREIGN KEY (provider_id, run_id) REFERENCES audit_run ON DELETE RESTRICT
);
CALL protect_fact('audit_run_population');
CALL show_to_commissioner('audit_run_population');

CREATE TABLE audit_run_visit (             -- the attendances that flags of a run name, as they stood then
    provider_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number integer NOT NULL,
    visit_id uuid NOT NULL,
    carer_id uuid,
    employment text,
    commissioner_id uuid,
    planned_start timestamptz,
    planned_end timestamptz,
    recorded_start timestamptz,            -- by phones
    recorded_end timestamptz,
    actual_start timestamptz,              -- what counted, corrections and all
    actual_end timestamptz,
    evidence_level text,
    PRIMARY KEY (provider_id, run_id, number),
    FOREIGN KEY (provider_id, run_id) REFERENCES audit_run ON DELETE RESTRICT
);
CALL protect_fact('audit_run_visit');
CALL show_to_commissioner('audit_run_visit');
CREATE INDEX audit_run_visit_visit ON audit_run_visit (provider_id, run_id, visit_id);

CREATE TABLE audit_decision (              -- what a person made of a flag; the newest counts
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    key text NOT NULL,
    number integer NOT NULL,
    decision text NOT NULL CHECK (decision IN ('open', 'explained', 'upheld')),
    state text NOT NULL CHECK (state IN ('open', 'explained', 'upheld')),  -- which it left the flag in
    reason text NOT NULL,
    decided_by uuid NOT NULL,
    organisation_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, key, number)
);
CALL protect_fact('audit_decision');
CALL speak_for_own('audit_decision');
CREATE POLICY commissioner ON audit_decision FOR SELECT USING (EXISTS (
    SELECT FROM audit_flag f WHERE f.provider_id = audit_decision.provider_id AND f.key = audit_decision.key));
CREATE POLICY commissioner_own ON audit_decision FOR INSERT WITH CHECK (
    organisation_id = current_commissioner() AND EXISTS (
        SELECT FROM audit_flag f WHERE f.provider_id = audit_decision.provider_id AND f.key = audit_decision.key));

CREATE TABLE audit_sample (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    commissioner_id uuid,                  -- whose visits were drawn from; null: all of the provider's
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    as_of timestamptz NOT NULL,
    algorithm text NOT NULL,               -- of the draw, as docs/audit-samples.md publishes it
    seed text NOT NULL,
    chosen_by text NOT NULL CHECK (chosen_by IN ('random', 'risk')),
    confidence_percent numeric NOT NULL,
    tolerable_percent numeric NOT NULL,
    expected_percent numeric NOT NULL,
    population integer NOT NULL,           -- attendances drawn from
    size integer NOT NULL,
    allowed integer NOT NULL,              -- deviations with which the conclusion still holds
    drawn_by uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('audit_sample');
-- A sample is of the organisation that drew it: whoever is audited sees neither the sample nor its seed, and adds nothing.
CREATE POLICY drawer ON audit_sample AS RESTRICTIVE
    USING (commissioner_id IS NOT DISTINCT FROM current_commissioner());
CREATE POLICY commissioner ON audit_sample FOR SELECT USING (commissioner_id = current_commissioner());
CREATE POLICY commissioner_own ON audit_sample FOR INSERT
    WITH CHECK (commissioner_id = current_commissioner() AND contracts_with(provider_id));

CREATE TABLE audit_sample_item (
    provider_id uuid NOT NULL,
    sample_id uuid NOT NULL,
    position integer NOT NULL,
    visit_id uuid NOT NULL,
    carer_id uuid NOT NULL,
    weight integer NOT NULL,
    employment text,                       -- as it stood when drawn, in the columns of audit_run_visit
    planned_start timestamptz,
    planned_end timestamptz,
    recorded_start timestamptz,
    recorded_end timestamptz,
    actual_start timestamptz,
    actual_end timestamptz,
    evidence_level text,
    PRIMARY KEY (provider_id, sample_id, position),
    FOREIGN KEY (provider_id, sample_id) REFERENCES audit_sample ON DELETE RESTRICT
);
CALL protect_fact('audit_sample_item');
CREATE POLICY drawer ON audit_sample_item AS RESTRICTIVE USING (EXISTS (
    SELECT FROM audit_sample s
    WHERE s.provider_id = audit_sample_item.provider_id AND s.id = audit_sample_item.sample_id));
CREATE POLICY commissioner ON audit_sample_item FOR SELECT USING (EXISTS (
    SELECT FROM audit_sample s WHERE s.provider_id = audit_sample_item.provider_id
    AND s.id = audit_sample_item.sample_id AND s.commissioner_id = current_commissioner()));
CREATE POLICY commissioner_own ON audit_sample_item FOR INSERT WITH CHECK (EXISTS (
    SELECT FROM audit_sample s WHERE s.provider_id = audit_sample_item.provider_id
    AND s.id = audit_sample_item.sample_id AND s.commissioner_id = current_commissioner()));

CREATE TABLE audit_finding (               -- what was found about one drawn attendance; the newest counts
    provider_id uuid NOT NULL,
    sample_id uuid NOT NULL,
    position integer NOT NULL,
    number integer NOT NULL,
    deviates boolean NOT NULL,
    note text NOT NULL,
    found_by uuid NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, sample_id, position, number),
    FOREIGN KEY (provider_id, sample_id, position) REFERENCES audit_sample_item ON DELETE RESTRICT
);
CALL protect_fact('audit_finding');
CREATE POLICY drawer ON audit_finding AS RESTRICTIVE USING (EXISTS (
    SELECT FROM audit_sample s WHERE s.provider_id = audit_finding.provider_id AND s.id = audit_finding.sample_id));
CREATE POLICY commissioner ON audit_finding FOR SELECT USING (EXISTS (
    SELECT FROM audit_sample s WHERE s.provider_id = audit_finding.provider_id
    AND s.id = audit_finding.sample_id AND s.commissioner_id = current_commissioner()));
CREATE POLICY commissioner_own ON audit_finding FOR INSERT WITH CHECK (EXISTS (
    SELECT FROM audit_sample s WHERE s.provider_id = audit_finding.provider_id
    AND s.id = audit_finding.sample_id AND s.commissioner_id = current_commissioner()));

CREATE TABLE elsewhere_check (             -- each time somebody asked whether carers worked for another provider
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    asked_by uuid,
    asked_at timestamptz NOT NULL,
    opens timestamptz NOT NULL,
    closes timestamptz NOT NULL,
    found integer NOT NULL,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('elsewhere_check');

-- Seconds of the open provider's recorded visits in which the same person (by keyed hash) was recorded at a visit of
-- another provider. It looks across tenants and tells nothing else: not where, for whom or with whom. Each use is logged.
CREATE FUNCTION worked_elsewhere(opens timestamptz, closes timestamptz, asked_by uuid, asked_at timestamptz)
RETURNS TABLE (visit_id uuid, carer_id uuid, seconds bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    own uuid := current_provider();
    rows integer;
BEGIN
    IF own IS NULL THEN
        RAISE EXCEPTION 'no provider is open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH mine AS (
        SELECT DISTINCT e.carer_id, v.identity_hash
        FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
        WHERE e.provider_id = own
    ), same AS (
        SELECT DISTINCT mine.carer_id AS mine, e.provider_id AS other_provider, e.carer_id AS other_carer
        FROM mine JOIN employment_version v ON v.identity_hash = mine.identity_hash AND v.provider_id <> own
        JOIN employment e ON e.provider_id = v.provider_id AND e.id = v.employment_id
    ), whose AS (
        SELECT own AS provider_id, mine AS carer_id FROM same UNION SELECT other_provider, other_carer FROM same
    ), span AS (
        -- Of these carers alone, each by the index: OFFSET 0 keeps it from beginning with everybody's events.
        SELECT whose.provider_id, whose.carer_id, e.visit_id,
               min(e.paid_at) FILTER (WHERE e.kind = 'check_in') AS began,
               max(e.paid_at) FILTER (WHERE e.kind = 'check_out') AS ended
        FROM whose, LATERAL (
            SELECT visit_id, kind, paid_at FROM event
            WHERE provider_id = whose.provider_id AND carer_id = whose.carer_id
              AND paid_at >= opens - interval '1 day' AND paid_at < closes + interval '1 day'
              AND outcome = 'accepted' AND visit_id IS NOT NULL AND kind IN ('check_in', 'check_out')
            OFFSET 0) e
        GROUP BY whose.provider_id, whose.carer_id, e.visit_id
    )
    SELECT a.visit_id, a.carer_id,
           sum(extract(epoch FROM least(a.ended, b.ended) - greatest(a.began, b.began)))::bigint
    FROM span a
    JOIN same ON same.mine = a.carer_id AND a.provider_id = own
    JOIN span b ON b.provider_id = same.other_provider AND b.carer_id = same.other_carer
    WHERE a.began >= opens AND a.began < closes AND a.began < b.ended AND b.began < a.ended
    GROUP BY a.visit_id, a.carer_id;
    GET DIAGNOSTICS rows = ROW_COUNT;
    INSERT INTO elsewhere_check (provider_id, id, asked_by, asked_at, opens, closes, found)
    VALUES (own, gen_random_uuid(), asked_by, asked_at, opens, closes, rows);
END
$$;
REVOKE ALL ON FUNCTION worked_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worked_elsewhere TO {app};
