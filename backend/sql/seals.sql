-- Seals over all that was recorded, digests of them for commissioners, and looks at both. $1 is the provider.

-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('seal/' || $1::uuid::text, 0))

-- name: newest
SELECT number, body, until FROM seal WHERE provider_id = $1 ORDER BY number DESC LIMIT 1

-- name: newest_checkpoint
SELECT number, body FROM checkpoint WHERE provider_id = $1 ORDER BY number DESC LIMIT 1

-- name: columns
-- The columns of some tables, in their order.
SELECT c.relname AS table_name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[]) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname

-- name: rows
SELECT key, content, about FROM rows_to_seal($1, $2, $3, $4, $5, $6)

-- name: insert
INSERT INTO seal (provider_id, number, since, until, created_at, body, kid, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: insert_rows
INSERT INTO seal_rows (provider_id, number, table_name, rows)
SELECT $1, $2, u.name, u.rows FROM unnest($3::text[], $4::bytea[]) AS u (name, rows)

-- name: every_seal
SELECT number, since, until, created_at, body, kid, signature FROM seal WHERE provider_id = $1 ORDER BY number

-- name: sealed_rows
SELECT table_name, rows FROM seal_rows WHERE provider_id = $1 AND number = $2

-- name: sealed_table
SELECT rows FROM seal_rows WHERE provider_id = $1 AND number = $2 AND table_name = $3

-- name: checkpoints_after
SELECT number, previous, events, root, created_at, body, kid, signature FROM checkpoint
WHERE provider_id = $1 AND number > $2 ORDER BY number LIMIT $3

-- name: leaves_between
-- What checkpoints were made from, also where the event is gone.
SELECT c.number, c.event_row, c.position, e.row_id, e.device_id, e.signed, e.signed_hash, coalesce(e.raw_digest, sha256(e.raw)) AS raw_digest, e.outcome, e.code,
       e.received_at
FROM checkpoint_event c LEFT JOIN event e ON e.provider_id = c.provider_id AND e.row_id = c.event_row
WHERE c.provider_id = $1 AND c.number BETWEEN $2 AND $3 ORDER BY c.number, c.position

-- name: in_no_checkpoint
-- Events that were received before an instant and are in no checkpoint.
SELECT e.row_id FROM event e
WHERE e.provider_id = $1 AND e.received_at < $2
  AND NOT EXISTS (SELECT FROM checkpoint_event c WHERE c.provider_id = e.provider_id AND c.event_row = e.row_id)
LIMIT 50

-- name: attachments
-- Positions and words of events that were received in a span, beside the bytes that were signed.
SELECT a.event_row, a.kind, a.content, e.signed
FROM event_attachment a JOIN event e ON e.provider_id = a.provider_id AND e.row_id = a.event_row
WHERE a.provider_id = $1 AND a.received_at >= coalesce($2, '-infinity'::timestamptz) AND a.received_at < $3

-- name: receipts
-- Each receipt, as far as it is there, with what is held of the events that came in its call.
SELECT e.batch_id, b.batch, b.kid, b.signature, array_agg(e.row_id) AS events, array_agg(e.batch_index) AS places,
       array_agg(e.device_id) AS devices, array_agg(e.outcome) AS outcomes, array_agg(e.code) AS codes,
       array_agg(e.received_at) AS instants, array_agg(e.signed_hash) AS hashes
FROM event e LEFT JOIN event_batch b ON b.provider_id = e.provider_id AND b.id = e.batch_id
WHERE e.provider_id = $1 GROUP BY e.batch_id, b.batch, b.kid, b.signature

-- name: notes
-- Words of corrections beside the digests that were signed, or kept, of them.
SELECT n.correction_id, n.content, c.note_hash
FROM correction_note n JOIN correction c ON c.provider_id = n.provider_id AND c.id = n.correction_id
WHERE n.provider_id = $1

-- name: damaged_files
-- Files whose bytes are not those of the digest beside them.
SELECT file_name FROM document_file WHERE provider_id = $1 AND sha256(content) <> sha256
UNION ALL SELECT file_name FROM delivery_file WHERE provider_id = $1 AND sha256(content) <> sha256

-- name: snapshots
SELECT coalesce(number, scope || ' ' || period_start) AS name, snapshot, snapshot_digest
FROM document WHERE provider_id = $1

-- name: insert_check
INSERT INTO record_check (provider_id, id, checked_at, checkpoints, seals, facts, faults)
VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $6)

-- name: checks
SELECT checked_at, checkpoints, seals, facts, faults FROM record_check
WHERE provider_id = $1 ORDER BY checked_at DESC LIMIT $2

-- name: signed_bodies
-- Checkpoints and seals by their numbers.
SELECT 'checkpoint' AS kind, number, body FROM checkpoint WHERE provider_id = $1 AND number = ANY ($2::bigint[])
UNION ALL SELECT 'seal', number, body FROM seal WHERE provider_id = $1 AND number = ANY ($3::bigint[])

-- name: events_of_phone
SELECT event_id, signed_hash, outcome, code, received_at FROM event
WHERE provider_id = $1 AND device_id = $2 AND event_id = ANY ($3::uuid[])

-- name: phone
SELECT provider_id FROM device_home($1)

-- name: digests_due
SELECT id, reference, newest FROM digests_due()

-- name: newest_of_providers
SELECT provider_id, reference, checkpoint, checkpoint_number, seal, seal_number FROM newest_of_providers()

-- name: open_commissioner
SELECT set_config('doorstep.commissioner_id', $1, true)

-- name: insert_digest
INSERT INTO commissioner_digest (organisation_id, day, created_at, body, kid, signature)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING

-- name: digests
SELECT day, created_at, body, kid, signature FROM commissioner_digest
WHERE organisation_id = $1 AND ($2::date IS NULL OR day < $2) ORDER BY day DESC LIMIT $3

-- name: digest
SELECT day, created_at, body, kid, signature FROM commissioner_digest WHERE organisation_id = $1 AND day = $2

-- name: newest_checks
SELECT reference, checked_at, faults FROM newest_record_checks()

-- name: sealed_until
SELECT sealed_until()
