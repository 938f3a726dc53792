-- Time besides visits that managers enter. $1 is the provider.

-- name: employed
-- When each of these carers (references) is employed, by the newest version of each employment.
SELECT DISTINCT ON (e.id) c.reference, c.id, v.starts_on, v.ends_on
FROM carer c
JOIN employment e ON e.provider_id = c.provider_id AND e.carer_id = c.id
JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE c.provider_id = $1 AND c.reference = ANY ($2::text[])
ORDER BY e.id, v.version DESC

-- name: owners
-- Whose time these activities are.
SELECT DISTINCT activity_id, carer_id FROM activity_version WHERE provider_id = $1 AND activity_id = ANY ($2::uuid[])

-- name: same
-- What somebody ($7) entered in the same words, and stands.
SELECT v.activity_id FROM activity_version v
WHERE v.provider_id = $1 AND v.carer_id = $2 AND v.kind = $3 AND v.starts_at = $4 AND v.ends_at = $5 AND v.reason = $6
  AND v.entered_by = $7 AND v.lat IS NOT DISTINCT FROM $8 AND v.lon IS NOT DISTINCT FROM $9 AND NOT v.withdrawn
  AND NOT EXISTS (SELECT FROM activity_version n WHERE n.provider_id = v.provider_id AND n.activity_id = v.activity_id
                  AND n.version > v.version)
LIMIT 1

-- name: versions
-- Every version of one activity with the carer's reference and newest name, and who entered it.
SELECT v.activity_id, v.version, v.reference, v.carer_id, c.reference AS carer, n.name AS carer_name, v.kind, v.starts_at,
       v.ends_at, v.lat, v.lon, v.withdrawn, v.reason, u.email AS entered_by, v.recorded_at
FROM activity_version v
JOIN carer c ON c.provider_id = v.provider_id AND c.id = v.carer_id
JOIN LATERAL (SELECT w.name FROM employment e
              JOIN employment_version w ON w.provider_id = e.provider_id AND w.employment_id = e.id
              WHERE e.provider_id = c.provider_id AND e.carer_id = c.id
              ORDER BY w.recorded_at DESC, w.version DESC LIMIT 1) n ON true
LEFT JOIN user_account u ON u.id = v.entered_by
WHERE v.provider_id = $1 AND v.activity_id = $2 ORDER BY v.version
