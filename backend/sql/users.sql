-- The people who sign in.

-- name: add
INSERT INTO user_account (id, organisation_id, role, email, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: add_link
INSERT INTO user_link (token_hash, user_id, organisation_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5);
