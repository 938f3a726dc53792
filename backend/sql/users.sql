-- The people who sign in.

-- name: add
INSERT INTO user_account (id, organisation_id, role, email, password_hash, created_at, person_id, access_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: add_link
INSERT INTO user_link (token_hash, user_id, organisation_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: account
-- $1 is the email.
SELECT id, organisation_id, role, password_hash FROM sign_in_account($1)

-- name: by_id
SELECT id, organisation_id, role, email, password_hash FROM user_account WHERE id = $1 AND disabled_at IS NULL

-- name: by_email
SELECT id FROM user_account WHERE email_key = lower($1)

-- name: organisation_words
-- What an organisation is called.
SELECT o.reference, v.name FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id
WHERE o.id = $1 ORDER BY v.version DESC LIMIT 1

-- name: rule
-- How the people of an organisation may sign in; no row where nobody said.
SELECT second_factor FROM sign_in_rule_version WHERE organisation_id = $1 ORDER BY version DESC LIMIT 1

-- name: add_rule
INSERT INTO sign_in_rule_version (organisation_id, version, second_factor, recorded_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM sign_in_rule_version WHERE organisation_id = $1

-- name: set_password
UPDATE user_account SET password_hash = $2 WHERE id = $1

-- name: use_link
-- $1 is the token's hash. No row: unknown, used or over.
UPDATE user_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING user_id

-- name: open_link
SELECT u.id, u.email FROM user_link l JOIN user_account u ON u.id = l.user_id
WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND u.disabled_at IS NULL

-- name: open_session
INSERT INTO user_session (token_hash, user_id, organisation_id, csrf_token, created_at, expires_at, opened_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: note_proof
-- The owner of an open session showed again who she is.
UPDATE user_session SET proven_at = $2 WHERE token_hash = $1 AND ended_at IS NULL

-- name: session_account
-- Whose open session has the hash $1 at $2, if it was used in the interval $3 before.
SELECT * FROM session_account($1, $2, $3)

-- name: lapsed_session
-- Whose session has the hash $1, unless somebody ended it or its hours were over before $2.
SELECT user_id, csrf_token FROM user_session WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2

-- name: earlier_session
-- A session of $1 whose forms carried the token $2, unless its hours were over before $3.
SELECT true FROM user_session WHERE user_id = $1 AND csrf_token = $2 AND expires_at > $3 LIMIT 1

-- name: note_use
UPDATE user_session SET last_used_at = $2 WHERE token_hash = $1 AND ended_at IS NULL

-- name: end_session
-- $1 is the token's hash.
UPDATE user_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL

-- name: end_sessions_of
UPDATE user_session SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL

-- name: end_other_sessions
-- $3 is the hash of the token whose session goes on.
UPDATE user_session SET ended_at = $2 WHERE user_id = $1 AND token_hash <> $3 AND ended_at IS NULL

-- name: open_sessions
-- $3 is how long a session stays open without being used.
SELECT token_hash, created_at, expires_at, coalesce(last_used_at, created_at) AS last_used_at FROM user_session
WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND coalesce(last_used_at, created_at) > $2 - $3::interval
ORDER BY created_at DESC, token_hash

-- name: end_own_session
UPDATE user_session SET ended_at = $2 WHERE user_id = $1 AND token_hash = $3 AND ended_at IS NULL RETURNING ended_at

-- name: lock_attempts
-- Attempts on one account or from one address are counted one after the other, whichever process takes them.
SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k ORDER BY k

-- name: count_attempts
-- What a clock that was put back since noted as later does not count.
SELECT subject, count(*) AS failures, min(failed_at) AS oldest FROM sign_in_failure
WHERE subject = ANY ($1::bytea[]) AND failed_at > $2 AND failed_at <= $3 GROUP BY subject

-- name: note_attempt
INSERT INTO sign_in_failure (subject, failed_at) SELECT u, $2 FROM unnest($1::bytea[]) AS u

-- name: forget_attempt
-- The attempt turned out right.
DELETE FROM sign_in_failure WHERE subject = ANY ($1::bytea[]) AND failed_at = $2

-- name: forget_attempts
DELETE FROM sign_in_failure WHERE subject = $1

-- name: forget_old_attempts
DELETE FROM sign_in_failure WHERE subject = ANY ($1::bytea[]) AND failed_at <= $2

-- name: access
-- Until when somebody may sign in, and whether that was ended.
SELECT role, email, access_until, disabled_at FROM user_account WHERE id = $1

-- name: give_access
UPDATE user_account SET access_until = $2, disabled_at = NULL WHERE id = $1

-- name: end_access
UPDATE user_account SET disabled_at = coalesce(disabled_at, $2) WHERE id = $1

-- name: every_user
SELECT u.id, u.email, u.role, u.created_at, u.access_until, u.disabled_at, u.password_hash IS NOT NULL AS has_password,
       (SELECT count(*) FROM user_passkey p WHERE p.user_id = u.id AND p.removed_at IS NULL) AS passkeys,
       o.reference AS organisation
FROM user_account u LEFT JOIN organisation o ON o.id = u.organisation_id ORDER BY o.reference NULLS FIRST, u.role, u.email

-- name: every_organisation
SELECT o.reference, o.kind, v.name, v.postcode, v.recorded_at
FROM organisation o JOIN LATERAL (
    SELECT name, postcode, recorded_at FROM organisation_version w WHERE w.organisation_id = o.id
    ORDER BY version DESC LIMIT 1) v ON true
ORDER BY o.kind, o.reference
