-- name: newest
-- Up to when the newest wage report of a pay cycle knew the facts.
SELECT max(as_of) FROM document WHERE provider_id = $1 AND kind = 'wage_report' AND scope = $2

-- name: lock
-- Held until the end of the transaction by whoever makes a wage report of a pay cycle ($2).
SELECT pg_advisory_xact_lock(hashtextextended('wage reports/' || $1::uuid::text || '/' || $2, 0))

-- name: stated
-- The reports of a pay cycle that knew the facts up to $3 or less, the newest last; of one made at the same instant as
-- another of its period, the final one.
SELECT provider_id, id, period_start, period_end, as_of FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND scope = $2 AND as_of <= $3
ORDER BY as_of, created_at, edition DESC

-- name: snapshot
SELECT snapshot FROM document WHERE provider_id = $1 AND id = $2

-- name: touched
-- The London dates of visits and other time about which something was received, judged again, released, decided, planned
-- or entered after $2 and up to $3.
SELECT DISTINCT (at AT TIME ZONE 'Europe/London')::date AS day FROM (
    SELECT paid_at AS at FROM event WHERE provider_id = $1 AND received_at > $2 AND received_at <= $3
    UNION ALL
    SELECT e.paid_at FROM event_release r
    JOIN event e ON e.provider_id = r.provider_id AND e.row_id = r.event_row
    WHERE r.provider_id = $1 AND r.released_at > $2 AND r.released_at <= $3
    UNION ALL
    SELECT e.paid_at FROM event_judgement j
    JOIN event e ON e.provider_id = j.provider_id AND e.row_id = j.event_row
    WHERE j.provider_id = $1 AND j.number > 1 AND j.judged_at > $2 AND j.judged_at <= $3
    UNION ALL
    SELECT coalesce(c.proposed_start, c.proposed_end) FROM correction_decision d
    JOIN correction c ON c.provider_id = d.provider_id AND c.id = d.correction_id
    WHERE d.provider_id = $1 AND d.decided_at > $2 AND d.decided_at <= $3
    UNION ALL
    SELECT v.starts_at FROM visit_version w
    JOIN visit_version v ON v.provider_id = w.provider_id AND v.visit_id = w.visit_id
    WHERE w.provider_id = $1 AND w.recorded_at > $2 AND w.recorded_at <= $3
    UNION ALL
    SELECT v.starts_at FROM activity_version w
    JOIN activity_version v ON v.provider_id = w.provider_id AND v.activity_id = w.activity_id
    WHERE w.provider_id = $1 AND w.recorded_at > $2 AND w.recorded_at <= $3) AS touched
WHERE at IS NOT NULL ORDER BY day

-- name: undated
-- What was recorded after $2 and up to $3 that has no day of its own and may change figures of any: people whose home moved,
-- approved places that did, packages of another zone or person, employments of another way of travelling or other days,
-- and the first day of a policy.
SELECT ARRAY(SELECT DISTINCT n.service_user_id FROM service_user_version n
             JOIN service_user_version p ON p.provider_id = n.provider_id AND p.service_user_id = n.service_user_id
                 AND p.version = n.version - 1
             WHERE n.provider_id = $1 AND n.recorded_at > $2 AND n.recorded_at <= $3
               AND (p.lat, p.lon) IS DISTINCT FROM (n.lat, n.lon)) AS people,
       ARRAY(SELECT DISTINCT n.place_id FROM approved_place_version n
             JOIN approved_place_version p ON p.provider_id = n.provider_id AND p.place_id = n.place_id
                 AND p.version = n.version - 1
             WHERE n.provider_id = $1 AND n.recorded_at > $2 AND n.recorded_at <= $3
               AND (p.lat, p.lon) IS DISTINCT FROM (n.lat, n.lon)) AS places,
       ARRAY(SELECT DISTINCT n.package_id FROM package_version n
             JOIN LATERAL (SELECT w.zone, w.service_user_id FROM package_version w
                           WHERE w.provider_id = n.provider_id AND w.package_id = n.package_id
                             AND w.starts_on <= n.starts_on AND w.recorded_at <= $2
                           ORDER BY w.starts_on DESC, w.version DESC LIMIT 1) p
                 ON (p.zone, p.service_user_id) IS DISTINCT FROM (n.zone, n.service_user_id)
             WHERE n.provider_id = $1 AND n.recorded_at > $2 AND n.recorded_at <= $3) AS packages,
       ARRAY(SELECT DISTINCT n.employment_id FROM employment_version n
             JOIN employment_version p ON p.provider_id = n.provider_id AND p.employment_id = n.employment_id
                 AND p.version = n.version - 1
             WHERE n.provider_id = $1 AND n.recorded_at > $2 AND n.recorded_at <= $3
               AND (p.mode, p.starts_on, p.ends_on) IS DISTINCT FROM (n.mode, n.starts_on, n.ends_on)) AS employments,
       (SELECT min(n.starts_on) FROM policy_version n
        WHERE n.provider_id = $1 AND n.recorded_at > $2 AND n.recorded_at <= $3) AS policy_from

-- name: days_of
-- The London dates, of instants from $2 up to $3, of visits to these people ($4), at these places ($5), under these
-- packages ($6) or by carers of these employments ($7).
SELECT DISTINCT (at AT TIME ZONE 'Europe/London')::date AS day FROM (
    SELECT v.starts_at AS at FROM visit_version v
    WHERE v.provider_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3
      AND (v.package_id = ANY ($6::uuid[]) OR v.carer = ANY ($7::uuid[]) OR v.second_carer = ANY ($7::uuid[])
           OR v.package_id IN (SELECT k.package_id FROM package_version k
                               WHERE k.provider_id = $1 AND k.service_user_id = ANY ($4::uuid[])))
    UNION ALL
    SELECT e.paid_at FROM event e
    WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.paid_at < $3
      AND (e.service_user_id = ANY ($4::uuid[])
           OR e.carer_id IN (SELECT m.carer_id FROM employment m
                             WHERE m.provider_id = $1 AND m.id = ANY ($7::uuid[]))
           OR e.row_id IN (SELECT j.event_row FROM event_judgement j
                           WHERE j.provider_id = $1 AND j.place_id = ANY ($5::uuid[])))) AS touched
ORDER BY day

-- name: journeys
-- Journeys whose newest figure as recorded up to $3 is another one than that up to $2.
SELECT DISTINCT n.from_lat, n.from_lon, n.to_lat, n.to_lon FROM (
    SELECT DISTINCT ON (j.mode, j.from_lat, j.from_lon, j.to_lat, j.to_lon) j.*
    FROM journey_estimate j WHERE j.provider_id = $1 AND j.recorded_at > $2 AND j.recorded_at <= $3
    ORDER BY j.mode, j.from_lat, j.from_lon, j.to_lat, j.to_lon, j.version DESC) n
LEFT JOIN LATERAL (
    SELECT w.seconds, w.metres FROM journey_estimate w
    WHERE w.provider_id = n.provider_id AND w.recorded_at <= $2
      AND (w.mode, w.from_lat, w.from_lon, w.to_lat, w.to_lon) = (n.mode, n.from_lat, n.from_lon, n.to_lat, n.to_lon)
    ORDER BY w.version DESC LIMIT 1) p ON true
WHERE (p.seconds, p.metres) IS DISTINCT FROM (n.seconds, n.metres)

-- name: where_people_are
-- Every place at which a visit to somebody is or was, in any version.
SELECT service_user_id, lat, lon FROM service_user_version WHERE provider_id = $1
UNION
SELECT service_user_id, lat, lon FROM approved_place_version WHERE provider_id = $1

-- name: days_between
-- The London dates, of instants from $2 up to $3, on which one carer was due at two people within a day: at one of $4 and
-- at the one of $5 in the same place of the list.
WITH pair AS (SELECT * FROM unnest($4::uuid[], $5::uuid[]) AS p(one, other)),
seen AS MATERIALIZED (
    SELECT DISTINCT k.service_user_id, m.carer_id, v.starts_at AS at
    FROM visit_version v
    JOIN package_version k ON k.provider_id = v.provider_id AND k.package_id = v.package_id
    JOIN employment m ON m.provider_id = v.provider_id AND m.id IN (v.carer, v.second_carer)
    WHERE v.provider_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3
      AND (k.service_user_id = ANY ($4) OR k.service_user_id = ANY ($5))
    UNION
    SELECT e.service_user_id, e.carer_id, e.paid_at FROM event e
    WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.paid_at < $3
      AND (e.service_user_id = ANY ($4) OR e.service_user_id = ANY ($5)))
SELECT DISTINCT (a.at AT TIME ZONE 'Europe/London')::date AS day
FROM pair JOIN seen a ON a.service_user_id = pair.one
JOIN seen b ON b.service_user_id = pair.other AND b.carer_id = a.carer_id
    AND b.at BETWEEN a.at - interval '1 day' AND a.at + interval '1 day'
ORDER BY day

-- name: placed_entries
-- The places of time that managers entered, of instants from $2 up to $3, in any version.
SELECT DISTINCT (v.starts_at AT TIME ZONE 'Europe/London')::date AS day, v.lat, v.lon FROM activity_version v
WHERE v.provider_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3 AND v.lat IS NOT NULL

-- name: placed_activities
-- What phones said of the places of activities, of instants from $2 up to $3.
SELECT (e.paid_at AT TIME ZONE 'Europe/London')::date AS day, a.content
FROM event e JOIN event_attachment a ON a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'payload'
WHERE e.provider_id = $1 AND e.kind = 'activity_start' AND e.paid_at >= $2 AND e.paid_at < $3
  AND position('"place"'::bytea IN a.content) > 0
