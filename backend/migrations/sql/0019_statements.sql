-- The person supported, or who speaks for them: a user bound to one person sees what is that person's own, and may say
-- that something billed did not happen. A transaction opens one person with doorstep.person_provider_id and
-- doorstep.person_id, both set.

CREATE FUNCTION current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('doorstep.person_id', true), '')::uuid $$;

CREATE FUNCTION current_persons_provider() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('doorstep.person_provider_id', true), '')::uuid $$;

CREATE FUNCTION is_own(provider_id uuid, service_user_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT provider_id = current_persons_provider() AND service_user_id = current_person() $$;

ALTER TABLE user_account ADD FOREIGN KEY (organisation_id, person_id) REFERENCES service_user ON DELETE RESTRICT;
CREATE INDEX user_account_person ON user_account (organisation_id, person_id) WHERE person_id IS NOT NULL;

CREATE POLICY person ON service_user FOR SELECT USING (is_own(provider_id, id));
CREATE POLICY person ON document_line FOR SELECT USING (is_own(provider_id, service_user_id));

-- What was sent to the person: its files follow it.
CREATE POLICY person ON document FOR SELECT USING (
    current_person() IS NOT NULL AND provider_id = current_persons_provider()
    AND kind IN ('invoice', 'credit_note')
    AND payer = 'person ' || (SELECT reference FROM service_user s
                              WHERE s.provider_id = document.provider_id AND s.id = current_person()));

-- A person disputes lines of its own care on whatever document they stand, and sees what became of it.
CREATE POLICY person ON dispute FOR SELECT USING (current_person() IS NOT NULL AND EXISTS (
    SELECT FROM document_line l WHERE l.provider_id = dispute.provider_id AND l.document_id = dispute.document_id
    AND l.line = dispute.line AND is_own(l.provider_id, l.service_user_id)));
CREATE POLICY person_own ON dispute FOR INSERT WITH CHECK (
    current_person() IS NOT NULL AND organisation_id = current_persons_provider() AND EXISTS (
        SELECT FROM document_line l WHERE l.provider_id = dispute.provider_id AND l.document_id = dispute.document_id
        AND l.line = dispute.line AND is_own(l.provider_id, l.service_user_id)));

-- A dispute is raised in the name of one's own organisation; of a person, in that of whoever gives the care.
CREATE POLICY speaker ON dispute AS RESTRICTIVE FOR INSERT
    WITH CHECK (organisation_id IN (current_provider(), current_commissioner(), current_persons_provider()));

-- When a visit of the person is to start, by the package that it was last planned for, on its day; null of any other.
CREATE FUNCTION own_visit_starts(wanted uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT v.starts_at
    FROM (SELECT package_id, provider_id, starts_at, (starts_at AT TIME ZONE 'Europe/London')::date AS day
          FROM visit_version WHERE provider_id = current_persons_provider() AND visit_id = wanted
          ORDER BY version DESC LIMIT 1) v
    JOIN LATERAL (
        SELECT service_user_id, ends_on FROM package_version k
        WHERE k.provider_id = v.provider_id AND k.package_id = v.package_id AND k.starts_on <= v.day
        ORDER BY k.starts_on DESC, k.version DESC LIMIT 1) p ON p.ends_on IS NULL OR p.ends_on >= v.day
    WHERE p.service_user_id = current_person()
$$;
REVOKE ALL ON FUNCTION own_visit_starts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_visit_starts TO {app};

-- Nor must a visit be billed before the person may say what was wrong with it.
CREATE POLICY person_visit ON dispute FOR SELECT USING (
    current_person() IS NOT NULL AND provider_id = current_persons_provider() AND own_visit_starts(visit_id) IS NOT NULL);
CREATE POLICY person_own_visit ON dispute FOR INSERT WITH CHECK (
    current_person() IS NOT NULL AND provider_id = current_persons_provider()
    AND organisation_id = current_persons_provider() AND own_visit_starts(visit_id) IS NOT NULL);

-- The person's own visits that are to start from $1 up to $2, as they are planned now, and the names of who is to come. A
-- package may be another person's at another time: a visit is of whoever the package is for on its day.
CREATE FUNCTION own_visits(opens timestamptz, closes timestamptz) RETURNS TABLE
    (visit_id uuid, starts_at timestamptz, ends_at timestamptz, status text, service text, carers text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT v.visit_id, v.starts_at, v.ends_at, v.status, p.service, ARRAY(
        SELECT (SELECT e.name FROM employment_version e
                WHERE e.provider_id = v.provider_id AND e.employment_id = planned.id ORDER BY e.version DESC LIMIT 1)
        FROM unnest(ARRAY[v.carer, v.second_carer]) WITH ORDINALITY AS planned (id, place)
        WHERE planned.id IS NOT NULL ORDER BY planned.place)
    FROM visit_version v
    JOIN LATERAL (
        SELECT service, service_user_id, ends_on FROM package_version k
        WHERE k.provider_id = v.provider_id AND k.package_id = v.package_id
          AND k.starts_on <= (v.starts_at AT TIME ZONE 'Europe/London')::date
        ORDER BY k.starts_on DESC, k.version DESC LIMIT 1) p
        ON p.ends_on IS NULL OR p.ends_on >= (v.starts_at AT TIME ZONE 'Europe/London')::date
    WHERE v.provider_id = current_persons_provider() AND p.service_user_id = current_person()
      AND v.starts_at >= opens AND v.starts_at < closes
      AND NOT EXISTS (SELECT FROM visit_version newer WHERE newer.provider_id = v.provider_id
                      AND newer.visit_id = v.visit_id AND newer.version > v.version)
    ORDER BY v.starts_at, v.visit_id
$$;
REVOKE ALL ON FUNCTION own_visits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_visits TO {app};
