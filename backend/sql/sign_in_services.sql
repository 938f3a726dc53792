-- Sign-in services (OpenID Connect) of organisations. All of it is the administrator's.

-- name: service
-- $1 is the organisation's reference.
SELECT o.id AS organisation_id, o.reference, s.issuer, s.client_id, s.sealed_secret, s.match, s.enabled
FROM organisation o JOIN LATERAL (
    SELECT * FROM sign_in_service_version v WHERE v.organisation_id = o.id ORDER BY v.version DESC LIMIT 1) s ON true
WHERE o.reference = $1

-- name: add
INSERT INTO sign_in_service_version (organisation_id, version, issuer, client_id, sealed_secret, match, enabled, recorded_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7 FROM sign_in_service_version WHERE organisation_id = $1

-- name: of_user
-- The sign-in service that a user is bound to, as it is now.
SELECT o.reference, s.issuer FROM user_account u JOIN organisation o ON o.id = u.organisation_id JOIN LATERAL (
    SELECT * FROM sign_in_service_version v WHERE v.organisation_id = o.id ORDER BY v.version DESC LIMIT 1) s ON true
JOIN user_subject b ON b.user_id = u.id AND b.issuer = s.issuer
WHERE u.id = $1 AND s.enabled

-- name: of_organisation
-- The organisation of a user, if it has a sign-in service.
SELECT o.reference FROM user_account u JOIN organisation o ON o.id = u.organisation_id JOIN LATERAL (
    SELECT * FROM sign_in_service_version v WHERE v.organisation_id = o.id ORDER BY v.version DESC LIMIT 1) s ON true
WHERE u.id = $1 AND s.enabled

-- name: by_subject
SELECT u.id, u.organisation_id, u.role, u.email FROM user_subject s JOIN user_account u ON u.id = s.user_id
WHERE s.issuer = $1 AND s.subject = $2 AND u.organisation_id = $3 AND u.disabled_at IS NULL

-- name: by_email
-- Somebody of the organisation whom its service has not named yet.
SELECT u.id, u.organisation_id, u.role, u.email FROM user_account u
WHERE u.email_key = lower($1) AND u.organisation_id = $2 AND u.disabled_at IS NULL
  AND NOT EXISTS (SELECT FROM user_subject s WHERE s.user_id = u.id AND s.issuer = $3)

-- name: by_id
SELECT u.id, u.organisation_id, u.role, u.email FROM user_account u
WHERE u.id = $1 AND u.organisation_id = $2 AND u.disabled_at IS NULL

-- name: bind
-- No row: the subject or the user is bound otherwise.
INSERT INTO user_subject (issuer, subject, user_id, bound_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING user_id

-- name: session_opened_by
-- $1 is the hash of a session's token.
SELECT opened_by FROM user_session WHERE token_hash = $1
