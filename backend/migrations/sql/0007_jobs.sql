-- Jobs, alerts, and who looked at what.

-- The only once-guarantee of a job. Not tenant data: a run says which job and period, never whom it concerned.
CREATE TABLE job_run (
    id uuid PRIMARY KEY,
    job text NOT NULL,
    scope text NOT NULL,
    period_key text NOT NULL,
    due_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('claimed', 'done', 'failed')),
    attempts integer NOT NULL,
    worker text NOT NULL,
    claimed_at timestamptz NOT NULL,
    finished_at timestamptz,
    detail text,
    UNIQUE (job, scope, period_key)
);
CREATE INDEX job_run_open ON job_run (status, claimed_at) WHERE status <> 'done';
CREATE INDEX job_run_history ON job_run (coalesce(finished_at, claimed_at) DESC, job, scope, period_key);
GRANT SELECT, INSERT, UPDATE ON job_run TO {app};

-- PostgreSQL analyses partitions by itself, and never the table that they are parts of (its manual, Routine Vacuuming,
-- Updating Planner Statistics). Answers how many tables it did.
CREATE FUNCTION analyse_partitioned() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    parent regclass;
    done integer := 0;
BEGIN
    FOR parent IN SELECT oid FROM pg_class WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace ORDER BY relname LOOP
        EXECUTE format('ANALYZE %s', parent);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
REVOKE ALL ON FUNCTION analyse_partitioned FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyse_partitioned TO {app};

CREATE TABLE worker_heartbeat (
    worker text PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON worker_heartbeat TO {app};

CREATE TABLE alert (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind IN ('late', 'missed', 'overdue', 'help', 'silent')),
    subject uuid NOT NULL,                 -- the visit, the event that asked for help, or a phone's silence
    carer_id uuid,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, kind, subject)
);
CALL protect_fact('alert');
CREATE INDEX alert_raised ON alert (provider_id, raised_at);

CREATE TABLE acknowledgement (             -- a manager saw what waited and said why it needs nothing more
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    kind text NOT NULL,                    -- as the list of what waits calls it
    subject uuid NOT NULL,                 -- the visit, event, phone or report
    acknowledged_by uuid NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (provider_id, kind, subject, acknowledged_at)
);
CALL protect_fact('acknowledgement');
CREATE INDEX acknowledgement_at ON acknowledgement (provider_id, acknowledged_at);
CREATE INDEX acknowledgement_subject ON acknowledgement (provider_id, subject);

CREATE TABLE access_log (                  -- who looked at whose record, and why
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    looked_at timestamptz NOT NULL,
    what text NOT NULL,
    subject uuid,
    reason text,
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('access_log');
CALL speak_for_own('access_log');
CREATE INDEX access_log_looked ON access_log (provider_id, looked_at, id);
CREATE INDEX access_log_organisation ON access_log (organisation_id, looked_at, id);
CREATE POLICY commissioner ON access_log FOR INSERT
    WITH CHECK (organisation_id = current_commissioner() AND (contracts_with(provider_id) OR EXISTS (
        SELECT FROM document d WHERE d.provider_id = access_log.provider_id AND d.payer_id = current_commissioner())));
CREATE POLICY commissioner_own ON access_log FOR SELECT USING (organisation_id = current_commissioner());
