-- Journeys that routing engines were asked about. $1 is always the provider.

-- name: between
-- The newest figure of each journey with both ends among these places ($2 latitudes, $3 longitudes), as recorded up to $4.
WITH place AS (SELECT DISTINCT lat, lon FROM unnest($2::float8[], $3::float8[]) AS p(lat, lon))
SELECT DISTINCT ON (j.mode, j.from_lat, j.from_lon, j.to_lat, j.to_lon)
       j.mode, j.from_lat, j.from_lon, j.to_lat, j.to_lon, j.version, j.seconds, j.metres, j.refused,
       j.engine_id::text AS engine_id, e.engine, e.engine_version, e.profile, e.map_date, e.parameters
FROM journey_estimate j JOIN travel_engine e ON e.provider_id = j.provider_id AND e.id = j.engine_id
JOIN place a ON a.lat = j.from_lat AND a.lon = j.from_lon
JOIN place b ON b.lat = j.to_lat AND b.lon = j.to_lon
WHERE j.provider_id = $1 AND j.recorded_at <= $4
ORDER BY j.mode, j.from_lat, j.from_lon, j.to_lat, j.to_lon, j.version DESC

-- name: keep_engine
INSERT INTO travel_engine (provider_id, id, engine, engine_version, mode, profile, map_date, parameters, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING

-- name: keep_estimate
-- Two workers may have asked at the same time: the first answer stands.
INSERT INTO journey_estimate (provider_id, engine_id, mode, from_lat, from_lon, to_lat, to_lon, version, seconds, metres,
    refused, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING

-- name: touched_dates
-- The London dates about which something was received, judged again, released, decided or entered since an instant.
SELECT DISTINCT (at AT TIME ZONE 'Europe/London')::date AS day FROM (
    SELECT paid_at AS at FROM event WHERE provider_id = $1 AND received_at > $2 AND paid_at IS NOT NULL
    UNION ALL
    SELECT e.paid_at FROM event_release r
    JOIN event e ON e.provider_id = r.provider_id AND e.row_id = r.event_row
    WHERE r.provider_id = $1 AND r.released_at > $2 AND e.paid_at IS NOT NULL
    UNION ALL
    SELECT e.paid_at FROM event_judgement j
    JOIN event e ON e.provider_id = j.provider_id AND e.row_id = j.event_row
    WHERE j.provider_id = $1 AND j.number > 1 AND j.judged_at > $2 AND e.paid_at IS NOT NULL
    UNION ALL
    SELECT c.proposed_start FROM correction_decision d
    JOIN correction c ON c.provider_id = d.provider_id AND c.id = d.correction_id
    WHERE d.provider_id = $1 AND d.decided_at > $2 AND c.proposed_start IS NOT NULL
    UNION ALL
    SELECT v.starts_at FROM activity_version v WHERE v.provider_id = $1 AND v.recorded_at > $2) AS touched
ORDER BY day
