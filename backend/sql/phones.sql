-- Enrolled phones and the codes that enrol them. $1 is the provider unless the query says otherwise.

-- name: home
-- $1 is the device.
SELECT provider_id FROM device_home($1)

-- name: code_home
-- $1 is the hash of the code.
SELECT provider_id FROM enrol_code_home($1)

-- name: device
SELECT provider_id, id, carer_id, public_key, key_thumbprint, pin_hash, pin_failures, locked_at, enrolled_at,
       revoked_at, replaced_at, replaced_by, platform, heard_at
FROM device WHERE provider_id = $1 AND id = $2

-- name: device_locked
SELECT provider_id, id, carer_id, public_key, key_thumbprint, pin_hash, pin_failures, locked_at, enrolled_at,
       revoked_at, replaced_at, replaced_by, platform, heard_at
FROM device WHERE provider_id = $1 AND id = $2 FOR UPDATE

-- name: insert_device
INSERT INTO device (provider_id, id, carer_id, install_id, name, platform, public_key, key_thumbprint, pin_hash,
                    pin_failures, enrolled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)

-- name: replace_device
-- The old chain is closed at its last received place.
UPDATE device SET replaced_by = $3, replaced_at = $4, closed_seq = (
    SELECT max(seq) FROM event_key k WHERE k.provider_id = $1 AND k.device_id = $2)
WHERE provider_id = $1 AND id = $2 AND replaced_at IS NULL

-- name: replacements
-- Phones replaced from $2 up to, but not including, $3, with the last number received of each; $4: those of one carer.
SELECT carer_id, replaced_at, closed_seq FROM device
WHERE provider_id = $1 AND replaced_at >= $2 AND replaced_at < $3 AND ($4::uuid IS NULL OR carer_id = $4)
ORDER BY replaced_at, id

-- name: note_heard
UPDATE device SET heard_at = $3 WHERE provider_id = $1 AND id = $2 AND (heard_at IS NULL OR heard_at < $3)

-- name: note_pin
UPDATE device SET pin_failures = $3, locked_at = $4 WHERE provider_id = $1 AND id = $2

-- name: revoke
UPDATE device SET revoked_at = coalesce(revoked_at, $3) WHERE provider_id = $1 AND id = $2

-- name: unlock
UPDATE device SET pin_failures = 0, locked_at = NULL WHERE provider_id = $1 AND id = $2

-- name: devices
-- By carer: of one ($2, a reference) or of all, in one state ($3) or in any, those behind the phone $4, $5 at most or all.
WITH phone AS (
    SELECT d.*, c.reference AS carer,
           CASE WHEN d.revoked_at IS NOT NULL THEN 'revoked' WHEN d.replaced_at IS NOT NULL THEN 'replaced'
                WHEN d.locked_at IS NOT NULL THEN 'locked' ELSE 'active' END AS state
    FROM device d JOIN carer c ON c.provider_id = d.provider_id AND c.id = d.carer_id
    WHERE d.provider_id = $1)
SELECT d.id, d.name, d.platform, d.carer, d.install_id, d.enrolled_at, d.locked_at, d.revoked_at, d.replaced_at,
       d.replaced_by, d.closed_seq, d.state,
       (SELECT max(k.received_at) FROM event_key k WHERE k.provider_id = d.provider_id AND k.device_id = d.id)
       AS last_event_at,
       (SELECT max(p.suspect_at) FROM device_passkey p
        WHERE p.provider_id = d.provider_id AND p.device_id = d.id AND p.removed_at IS NULL) AS passkey_suspect_at
FROM phone d
WHERE ($2::text IS NULL OR d.carer = $2) AND ($3::text IS NULL OR d.state = $3)
  AND ($4::uuid IS NULL OR (d.carer, d.enrolled_at, d.id) > (SELECT carer, enrolled_at, id FROM phone WHERE id = $4))
ORDER BY d.carer, d.enrolled_at, d.id LIMIT $5

-- name: replaceable
-- Phones that no other was made in place of, by carer.
SELECT d.id, d.name, c.reference AS carer
FROM device d JOIN carer c ON c.provider_id = d.provider_id AND c.id = d.carer_id
WHERE d.provider_id = $1 AND d.replaced_at IS NULL ORDER BY c.reference, d.enrolled_at, d.id

-- name: insert_code
INSERT INTO enrol_code (provider_id, code_hash, carer_id, replaces, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: code_locked
SELECT carer_id, replaces, expires_at, used_at, device_id, key_thumbprint FROM enrol_code
WHERE provider_id = $1 AND code_hash = $2 FOR UPDATE

-- name: use_code
UPDATE enrol_code SET used_at = $3, device_id = $4, key_thumbprint = $5 WHERE provider_id = $1 AND code_hash = $2

-- name: carer_by_reference
SELECT id FROM carer WHERE provider_id = $1 AND reference = $2

-- name: carer_name
SELECT v.name FROM employment e JOIN employment_version v
     ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE e.provider_id = $1 AND e.carer_id = $2 ORDER BY v.recorded_at DESC, v.version DESC, e.id LIMIT 1

-- name: provider_name
-- $1 is the provider's id in an array.
SELECT name FROM organisation_names($1)

-- name: count_failures
-- $1 is the subject's keyed hash. What a clock that was put back since noted as later does not count.
SELECT count(*) AS failures, min(failed_at) AS oldest FROM sign_in_failure
WHERE subject = $1 AND failed_at > $2 AND failed_at <= $3

-- name: insert_failures
-- $1 is the subject's keyed hash.
INSERT INTO sign_in_failure (subject, failed_at) SELECT $1, $2::timestamptz FROM generate_series(1, $3)

-- name: forget_failures
-- $1 is the subject's keyed hash.
DELETE FROM sign_in_failure WHERE subject = $1 AND failed_at <= $2
