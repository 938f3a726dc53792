-- Planned visits, version by version. The highest version is the plan; price and punctuality use the version held at
-- the earlier of planned start and first check-in.

CREATE TABLE visit (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, reference)
);
CALL protect_fact('visit');

CREATE TABLE visit_version (
    provider_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    version integer NOT NULL,
    package_id uuid NOT NULL,
    commissioner_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
    carer uuid,                            -- the employment; null: unassigned
    second_carer uuid,
    tasks jsonb NOT NULL,                  -- [{"id": "washing", "minutes": 10}]
    status text NOT NULL CHECK (status IN ('planned', 'cancelled', 'suspended')),
    cancelled_at timestamptz,
    cancelled_by text CHECK (cancelled_by IN ('person', 'commissioner', 'provider')),
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, visit_id, version),
    FOREIGN KEY (provider_id, visit_id) REFERENCES visit ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, package_id) REFERENCES package ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, carer) REFERENCES employment ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, second_carer) REFERENCES employment ON DELETE RESTRICT
);
CALL protect_fact('visit_version');
CALL show_to_commissioner('visit_version');
CREATE INDEX visit_version_start ON visit_version (provider_id, starts_at);
CREATE INDEX visit_version_package ON visit_version (provider_id, package_id, starts_at);
CREATE INDEX visit_version_recorded ON visit_version (provider_id, recorded_at);
CREATE INDEX visit_version_carer ON visit_version (provider_id, carer, starts_at);
CREATE INDEX visit_version_second_carer ON visit_version (provider_id, second_carer, starts_at)
    WHERE second_carer IS NOT NULL;

-- A look by key for each row: EXISTS may be answered by reading every version first.
CREATE POLICY commissioner ON visit FOR SELECT USING ((
    SELECT true FROM visit_version v WHERE v.provider_id = visit.provider_id AND v.visit_id = visit.id
    AND v.commissioner_id = current_commissioner() LIMIT 1));

-- The visits that name one of a carer's employments, as they are planned now, and start from `opens` up to `closes`.
CREATE FUNCTION visits_of_carer(provider uuid, carer uuid, opens timestamptz, closes timestamptz)
RETURNS SETOF visit_version LANGUAGE sql STABLE PARALLEL SAFE AS
$$
    SELECT newest.* FROM (
        SELECT DISTINCT ON (v.visit_id) v.* FROM visit_version v
        WHERE v.provider_id = visits_of_carer.provider AND v.visit_id IN (
            SELECT w.visit_id FROM employment e
            JOIN visit_version w ON w.provider_id = e.provider_id AND w.carer = e.id
            WHERE e.provider_id = visits_of_carer.provider AND e.carer_id = visits_of_carer.carer
              AND w.starts_at >= opens AND w.starts_at < closes
            UNION ALL
            SELECT w.visit_id FROM employment e
            JOIN visit_version w ON w.provider_id = e.provider_id AND w.second_carer = e.id
            WHERE e.provider_id = visits_of_carer.provider AND e.carer_id = visits_of_carer.carer
              AND w.starts_at >= opens AND w.starts_at < closes)
        ORDER BY v.visit_id, v.version DESC) newest
    WHERE newest.starts_at >= opens AND newest.starts_at < closes AND EXISTS (
        SELECT FROM employment e
        WHERE e.provider_id = visits_of_carer.provider AND e.carer_id = visits_of_carer.carer
          AND e.id IN (newest.carer, newest.second_carer))
$$;

-- The visits of which any version starts from `opens` up to `closes`, and names one of the `employments` and the
-- `commissioner` (null: whoever), by what was recorded up to `as_of` (null: all).
CREATE FUNCTION visits_planned(provider uuid, opens timestamptz, closes timestamptz, employments uuid[], commissioner uuid,
                               as_of timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$
    SELECT v.visit_id FROM visit_version v
    WHERE v.provider_id = visits_planned.provider AND v.starts_at >= opens AND v.starts_at < closes
      AND (employments IS NULL OR v.carer = ANY (employments) OR v.second_carer = ANY (employments))
      AND (commissioner IS NULL OR v.commissioner_id = commissioner)
      AND (as_of IS NULL OR v.recorded_at <= as_of)
$$;
