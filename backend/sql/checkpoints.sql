-- Signed digests of what was received. $1 is the provider.

-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('checkpoint/' || $1::uuid::text, 0))

-- name: newest
SELECT number, body, created_at FROM checkpoint WHERE provider_id = $1 ORDER BY number DESC LIMIT 1

-- name: uncovered
-- Events in no checkpoint yet, received since $2 (null: ever).
SELECT e.row_id, e.device_id, e.signed_hash, coalesce(e.raw_digest, sha256(e.raw)) AS raw_digest, e.outcome, e.code, e.received_at
FROM event e
WHERE e.provider_id = $1 AND ($2::timestamptz IS NULL OR e.received_at >= $2)
  AND NOT EXISTS (SELECT FROM checkpoint_event c WHERE c.provider_id = e.provider_id AND c.event_row = e.row_id)
ORDER BY e.received_at, e.row_id

-- name: insert
INSERT INTO checkpoint (provider_id, number, previous, events, root, created_at, body, kid, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: insert_events
INSERT INTO checkpoint_event (provider_id, event_row, number, position)
SELECT $1, u.event_row, $2, u.position - 1 FROM unnest($3::uuid[]) WITH ORDINALITY AS u (event_row, position)
