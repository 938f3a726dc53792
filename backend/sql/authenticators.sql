-- Authenticator apps of the people who sign in, and their recovery codes. $1 is the user.

-- name: state
SELECT a.created_at, (SELECT count(*) FROM user_recovery_code c WHERE c.user_id = $1 AND c.spent_at IS NULL) AS codes_left
FROM user_authenticator a WHERE a.user_id = $1 AND a.removed_at IS NULL

-- name: lock
-- One code after the other, whichever process takes them.
SELECT id, sealed_secret, last_step FROM user_authenticator WHERE user_id = $1 AND removed_at IS NULL FOR UPDATE

-- name: add
-- No row: there is one already.
INSERT INTO user_authenticator (user_id, id, sealed_secret, created_at, last_step) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id) WHERE removed_at IS NULL DO NOTHING RETURNING id

-- name: note_step
-- $1 is the authenticator.
UPDATE user_authenticator SET last_step = $2 WHERE id = $1

-- name: remove
UPDATE user_authenticator SET removed_at = $2 WHERE user_id = $1 AND removed_at IS NULL RETURNING id

-- name: add_recovery_codes
INSERT INTO user_recovery_code (user_id, code_hash, created_at) SELECT $1, c, $3 FROM unnest($2::bytea[]) AS c

-- name: drop_recovery_codes
UPDATE user_recovery_code SET spent_at = $2 WHERE user_id = $1 AND spent_at IS NULL

-- name: spend_recovery_code
-- No row: unknown, or spent.
UPDATE user_recovery_code SET spent_at = $3 WHERE user_id = $1 AND code_hash = $2 AND spent_at IS NULL RETURNING user_id

-- name: session_has_code
-- $1 is the hash of the session's token: its owner has just shown a code of the app.
UPDATE user_session SET opened_by = 'code' WHERE token_hash = $1 AND opened_by = 'password' AND ended_at IS NULL
