-- The speeds that carers' positions imply. $1 is the provider.

-- name: lock
-- Held until the transaction ends. $1 is the provider and the carer, as text.
SELECT pg_advisory_xact_lock(hashtextextended('positions/' || $1, 0))

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
