-- Lists that a user named. Read and written as the administrator; $1 is the user.

-- name: of_user
SELECT id, name, address FROM saved_view WHERE user_id = $1 AND removed_at IS NULL ORDER BY lower(name)

-- name: lock
-- What one user keeps comes one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('views/' || $1::uuid::text, 0))

-- name: remove_named
UPDATE saved_view SET removed_at = $3 WHERE user_id = $1 AND lower(name) = lower($2) AND removed_at IS NULL

-- name: insert
INSERT INTO saved_view (user_id, id, name, address, created_at) VALUES ($1, $2, $3, $4, $5)

-- name: remove
UPDATE saved_view SET removed_at = $3 WHERE user_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id
