-- The rota as a carer's phone may see it. $1 is the provider.

-- name: visits
-- Newest versions that name one of the carer's employments and start within the range.
SELECT n.visit_id, n.starts_at, n.ends_at, n.status,
       CASE n.tasks WHEN '[]'::jsonb THEN coalesce(s.tasks, n.tasks) ELSE n.tasks END AS tasks, s.service_user_id, s.name, s.address, s.postcode,
       s.access_note,
       ARRAY(SELECT DISTINCT t.kind FROM home_tag t
             LEFT JOIN home_tag_retirement r ON r.provider_id = t.provider_id AND r.tag_id = t.id
             WHERE t.provider_id = $1 AND t.service_user_id = s.service_user_id AND t.starts_at <= n.starts_at
               AND (r.retired_at IS NULL OR r.retired_at > n.starts_at)) AS tags,
       ARRAY(SELECT w.name FROM unnest(ARRAY[n.carer, n.second_carer]) WITH ORDINALITY AS c(id, place)
             JOIN LATERAL (SELECT name FROM employment_version e WHERE e.provider_id = $1 AND e.employment_id = c.id
                           ORDER BY version DESC LIMIT 1) w ON true
             ORDER BY c.place) AS carers
FROM visits_of_carer($1, $2, $3, $4) n
LEFT JOIN LATERAL (
    SELECT u.*, k.tasks FROM package_version k JOIN service_user_version u
         ON u.provider_id = k.provider_id AND u.service_user_id = k.service_user_id
    WHERE k.provider_id = $1 AND k.package_id = n.package_id AND k.starts_on <= n.starts_at::date
    ORDER BY k.starts_on DESC, k.version DESC, u.version DESC LIMIT 1) s ON true
ORDER BY n.starts_at, n.visit_id
