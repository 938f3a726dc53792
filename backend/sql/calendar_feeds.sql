-- Calendars that follow a carer's rota. $1 is the provider.

-- name: feeds
SELECT f.id, c.reference, n.name, f.created_at, f.read_at
FROM calendar_feed f JOIN carer c ON c.provider_id = f.provider_id AND c.id = f.carer_id
LEFT JOIN LATERAL (
    SELECT v.name FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
    WHERE e.provider_id = f.provider_id AND e.carer_id = f.carer_id ORDER BY v.recorded_at DESC, v.version DESC LIMIT 1
) n ON true
WHERE f.provider_id = $1 AND f.revoked_at IS NULL ORDER BY n.name, c.reference

-- name: carer
SELECT id FROM carer WHERE provider_id = $1 AND reference = $2

-- name: revoke_of_carer
UPDATE calendar_feed SET revoked_at = $3 WHERE provider_id = $1 AND carer_id = $2 AND revoked_at IS NULL

-- name: add
INSERT INTO calendar_feed (provider_id, id, carer_id, token_hash, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: revoke
UPDATE calendar_feed SET revoked_at = $3 WHERE provider_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id

-- name: note_read
-- To the day, so that a calendar that asks each hour writes once.
UPDATE calendar_feed SET read_at = $3 WHERE provider_id = $1 AND id = $2 AND (read_at IS NULL OR read_at < $3)

-- name: visits
-- Newest versions of the visits that name one of the carer's employments and start within a range: times, state, the
-- first half of the postcode, and for how many.
SELECT n.visit_id, n.version, n.recorded_at, n.starts_at, n.ends_at, n.status, split_part(s.postcode, ' ', 1) AS district,
       n.second_carer IS NOT NULL AS together
FROM visits_of_carer($1, $2, $3, $4) n
LEFT JOIN LATERAL (
    SELECT u.postcode FROM package_version k JOIN service_user_version u
         ON u.provider_id = k.provider_id AND u.service_user_id = k.service_user_id
    WHERE k.provider_id = $1 AND k.package_id = n.package_id AND k.starts_on <= n.starts_at::date
    ORDER BY k.starts_on DESC, k.version DESC, u.version DESC LIMIT 1) s ON true
ORDER BY n.starts_at, n.visit_id
