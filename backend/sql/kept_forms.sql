-- Forms that wait for the people who filled them in. All of it is the administrator's.

-- name: keep
INSERT INTO kept_form (token_hash, user_id, sealed, expires_at) VALUES ($1, $2, $3, $4)

-- name: forget_old
-- Those whose time is over at $1, and of $2 all but her nine newest.
DELETE FROM kept_form WHERE token_hash IN (
    SELECT token_hash FROM kept_form WHERE expires_at <= $1 UNION ALL
    (SELECT token_hash FROM kept_form WHERE user_id = $2 ORDER BY expires_at DESC OFFSET 9))

-- name: kept
SELECT sealed FROM kept_form WHERE token_hash = $1 AND user_id = $2 AND expires_at > $3
