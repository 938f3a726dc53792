-- The speeds that carers' positions imply. $1 is the provider.

-- name: lock
-- Held until the transaction ends. $1 is the provider and the carer, as text.
SELECT pg_advisory_xact_lock(hashtextextended('positions/' || $1, 0))

-- name: take
-- The position of an event ($2) that begins to count comes into it: when it was taken. No row of one that was old when it was sent
-- or is not held, nor of an event that lies more than $3 after it was received.
INSERT INTO event_position (provider_id, carer_id, taken_at, event_row)
SELECT e.provider_id, e.carer_id, e.paid_at - make_interval(secs => j.fix_age_s), e.row_id
FROM event e
JOIN event_judgement j ON j.provider_id = e.provider_id AND j.event_row = e.row_id AND j.number = 1
JOIN event_attachment a ON a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'fix'
WHERE e.provider_id = $1 AND e.row_id = $2 AND j.fix_age_s IS NOT NULL AND NOT 'stale_fix' = ANY (j.reasons)
  AND e.paid_at <= e.received_at + $3::interval
ON CONFLICT DO NOTHING
RETURNING taken_at

-- name: insert
INSERT INTO event_speed (provider_id, carer_id, from_row, to_row, from_at, to_at, kmh, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING

-- name: between
-- Within a range, above $4 km/h; of several that lead to one position the one from the latest before it. $5: of some
-- carers; $6: as recorded up to an instant (null: all).
SELECT carer_id::text, from_row::text, to_row::text, kmh FROM (
    SELECT DISTINCT ON (s.to_row) s.carer_id, s.from_row, s.to_row, s.kmh
    FROM event_speed s
    WHERE s.provider_id = $1 AND s.to_at >= $2 AND s.to_at < $3 AND ($5::uuid[] IS NULL OR s.carer_id = ANY ($5))
      AND ($6::timestamptz IS NULL OR s.recorded_at <= $6)
    ORDER BY s.to_row, s.from_at DESC, s.from_row DESC) n
WHERE kmh > $4

-- name: about
-- The same of the positions of events with these rows, and of the next one after each: above $3 km/h, as recorded up to $4.
SELECT carer_id::text, from_row::text, to_row::text, kmh FROM (
    SELECT DISTINCT ON (s.to_row) s.carer_id, s.from_row, s.to_row, s.kmh
    FROM event_speed s
    WHERE s.provider_id = $1 AND s.to_row IN (
        SELECT unnest($2::uuid[]) UNION SELECT f.to_row FROM event_speed f WHERE f.provider_id = $1 AND f.from_row = ANY ($2))
      AND ($4::timestamptz IS NULL OR s.recorded_at <= $4)
    ORDER BY s.to_row, s.from_at DESC, s.from_row DESC) n
WHERE kmh > $3
