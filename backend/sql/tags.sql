-- Cards, fobs and NFC tags in people's homes. $1 is the provider.

-- name: meta_keys
-- One tag for each different key: the keys that a tap with an encrypted UID may have been made with.
SELECT DISTINCT ON (meta_key_hash) id, meta_key FROM home_tag
WHERE provider_id = $1 AND meta_key IS NOT NULL ORDER BY meta_key_hash, id

-- name: meant
-- Tags by id or UID, and the fobs of people.
SELECT t.id, t.kind, t.service_user_id, t.uid, t.step_s, t.secret, t.meta_key, t.starts_at, r.retired_at
FROM home_tag t LEFT JOIN home_tag_retirement r ON r.provider_id = t.provider_id AND r.tag_id = t.id
WHERE t.provider_id = $1 AND (t.id = ANY ($2::uuid[]) OR t.uid = ANY ($3::bytea[])
                              OR (t.kind = 'qr_rotating' AND t.service_user_id = ANY ($4::uuid[])))
ORDER BY t.recorded_at, t.id

-- name: listed
-- Without anything secret. $2: those of one person.
SELECT t.id, t.kind, t.label, s.reference AS person, t.service_user_id, t.uid, t.step_s,
       t.meta_key IS NOT NULL AS encrypted, t.starts_at, t.recorded_at, r.retired_at, r.reason
FROM home_tag t JOIN service_user s ON s.provider_id = t.provider_id AND s.id = t.service_user_id
LEFT JOIN home_tag_retirement r ON r.provider_id = t.provider_id AND r.tag_id = t.id
WHERE t.provider_id = $1 AND ($2::uuid IS NULL OR t.service_user_id = $2)
ORDER BY s.reference, t.recorded_at, t.id

-- name: card
-- The secret of a card that is in use, to print it.
SELECT t.secret, t.label, t.service_user_id FROM home_tag t
WHERE t.provider_id = $1 AND t.id = $2 AND t.kind = 'qr_static'
  AND NOT EXISTS (SELECT FROM home_tag_retirement r WHERE r.provider_id = t.provider_id AND r.tag_id = t.id)

-- name: uid_in_use
SELECT s.reference FROM home_tag t JOIN service_user s ON s.provider_id = t.provider_id AND s.id = t.service_user_id
WHERE t.provider_id = $1 AND t.uid = $2
  AND NOT EXISTS (SELECT FROM home_tag_retirement r WHERE r.provider_id = t.provider_id AND r.tag_id = t.id)

-- name: lock_register
-- Two managers cannot register one tag at once. $1 is the provider, as text.
SELECT pg_advisory_xact_lock(hashtextextended('home_tag/' || $1, 0))

-- name: insert
INSERT INTO home_tag (provider_id, id, kind, service_user_id, label, uid, step_s, secret, meta_key, meta_key_hash,
                      starts_at, recorded_by, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: known
SELECT TRUE FROM home_tag WHERE provider_id = $1 AND id = $2

-- name: retire
-- No row: it was retired before.
INSERT INTO home_tag_retirement (provider_id, tag_id, retired_at, reason, recorded_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING tag_id

-- name: person_by_reference
SELECT id FROM service_user WHERE provider_id = $1 AND reference = $2

-- name: person
SELECT s.id, s.reference, v.name, v.address, v.postcode, v.lat, v.lon, v.radius_m FROM service_user s
JOIN LATERAL (SELECT name, address, postcode, lat, lon, radius_m FROM service_user_version w
              WHERE w.provider_id = s.provider_id AND w.service_user_id = s.id ORDER BY version DESC LIMIT 1) v ON true
WHERE s.provider_id = $1 AND s.id = $2

-- name: people
-- Everybody supported by name, with how many of each kind are in use in the home. $2: the person behind whom the page
-- starts; $4: only those with this in their name, or with this reference.
SELECT s.id, s.reference, v.name, count(t.id) FILTER (WHERE t.kind = 'nfc') AS nfc,
       count(t.id) FILTER (WHERE t.kind = 'qr_static') AS cards, count(t.id) FILTER (WHERE t.kind = 'qr_rotating') AS fobs
FROM service_user s
JOIN LATERAL (SELECT name FROM service_user_version w WHERE w.provider_id = s.provider_id AND w.service_user_id = s.id
              ORDER BY version DESC LIMIT 1) v ON true
LEFT JOIN home_tag t ON t.provider_id = s.provider_id AND t.service_user_id = s.id
     AND NOT EXISTS (SELECT FROM home_tag_retirement r WHERE r.provider_id = t.provider_id AND r.tag_id = t.id)
WHERE s.provider_id = $1 AND ($2::uuid IS NULL OR (v.name, s.id) > (
    SELECT w.name, w.service_user_id FROM service_user_version w
    WHERE w.provider_id = $1 AND w.service_user_id = $2 ORDER BY version DESC LIMIT 1))
  AND ($4::text IS NULL OR s.reference = $4 OR position(lower($4) IN lower(v.name)) > 0)
GROUP BY s.id, s.reference, v.name ORDER BY v.name, s.id LIMIT $3
