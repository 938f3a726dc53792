-- name: places
-- Where visits are and what they are priced by, as recorded up to $3. A commissioner sees no postcodes: only its zones.
SELECT v.visit_id::text AS visit_id, p.service, p.zone, c.rural_urban
FROM (SELECT DISTINCT ON (visit_id) visit_id, package_id, starts_at FROM visit_version
      WHERE provider_id = $1 AND visit_id = ANY ($2::uuid[]) AND recorded_at <= $3 ORDER BY visit_id, version DESC) v
JOIN LATERAL (SELECT service, zone, service_user_id FROM package_version w
              WHERE w.provider_id = $1 AND w.package_id = v.package_id AND w.recorded_at <= $3
              ORDER BY w.starts_on <= (v.starts_at AT TIME ZONE 'Europe/London')::date DESC, w.starts_on DESC, w.version DESC
              LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT postcode FROM service_user_version s
                   WHERE s.provider_id = $1 AND s.service_user_id = p.service_user_id AND s.recorded_at <= $3
                   ORDER BY s.version DESC LIMIT 1) u ON true
LEFT JOIN postcode c ON c.postcode = upper(replace(u.postcode, ' ', ''))
