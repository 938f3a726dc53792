-- Passkeys: of phones, where $1 is the provider and $2 the device, and of the people who sign in, where $1 is the user.

-- name: of_device
SELECT id, credential_id, name, created_at, last_used_at, suspect_at FROM device_passkey
WHERE provider_id = $1 AND device_id = $2 AND removed_at IS NULL ORDER BY created_at, id

-- name: device_passkey
SELECT id, public_key, sign_count FROM device_passkey
WHERE provider_id = $1 AND device_id = $2 AND credential_id = $3 AND removed_at IS NULL

-- name: add_to_device
INSERT INTO device_passkey (provider_id, device_id, id, credential_id, public_key, sign_count, name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (provider_id, device_id, credential_id) WHERE removed_at IS NULL DO NOTHING RETURNING id

-- name: note_device_use
UPDATE device_passkey SET sign_count = $4, last_used_at = $5 WHERE provider_id = $1 AND device_id = $2 AND id = $3

-- name: suspect_of_device
UPDATE device_passkey SET suspect_at = coalesce(suspect_at, $4) WHERE provider_id = $1 AND device_id = $2 AND id = $3

-- name: remove_from_device
UPDATE device_passkey SET removed_at = $4
WHERE provider_id = $1 AND device_id = $2 AND id = $3 AND removed_at IS NULL RETURNING id

-- name: lock_user
-- One change of a user's passkeys after the other.
SELECT email, password_hash IS NOT NULL AS has_password FROM user_account WHERE id = $1 FOR UPDATE

-- name: of_user
SELECT id, credential_id, name, created_at, last_used_at, suspect_at FROM user_passkey
WHERE user_id = $1 AND removed_at IS NULL ORDER BY created_at, id

-- name: account
-- $1 is the credential's id.
SELECT p.id AS passkey_id, p.public_key, p.sign_count, u.id, u.organisation_id, u.role, u.email
FROM user_passkey p JOIN user_account u ON u.id = p.user_id
WHERE p.credential_id = $1 AND p.removed_at IS NULL AND u.disabled_at IS NULL FOR UPDATE OF p

-- name: add_to_user
INSERT INTO user_passkey (user_id, id, credential_id, public_key, sign_count, name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (credential_id) WHERE removed_at IS NULL DO NOTHING RETURNING id

-- name: note_use
-- $1 is the passkey.
UPDATE user_passkey SET sign_count = $2, last_used_at = $3 WHERE id = $1

-- name: suspect
-- $1 is the passkey.
UPDATE user_passkey SET suspect_at = coalesce(suspect_at, $2) WHERE id = $1

-- name: remove_from_user
UPDATE user_passkey SET removed_at = $3 WHERE user_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id

-- name: forget_old_challenges
-- $1 is the present.
DELETE FROM answered_challenge WHERE expires_at <= $1

-- name: note_challenge
-- $1 is the challenge's digest. No row: it was answered before.
INSERT INTO answered_challenge (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest
