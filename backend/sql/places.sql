-- Where visits to people may be made: at home, and at the places approved besides. $1 is the provider.

-- name: of_people
-- Every place of these people in its newest version, the home first. The home goes by its person's own id.
SELECT * FROM (
    SELECT DISTINCT ON (service_user_id) service_user_id, service_user_id AS place_id, lat, lon, radius_m,
           NULL::date AS starts_on, NULL::date AS ends_on, NULL::text AS name
    FROM service_user_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
    ORDER BY service_user_id, version DESC) home
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (place_id) service_user_id, place_id, lat, lon, radius_m, starts_on, ends_on, name
    FROM approved_place_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
    ORDER BY place_id, version DESC) beside
ORDER BY starts_on NULLS FIRST, place_id

-- name: listed
-- Places besides the home in their newest version, with who recorded it. $2: those of one person.
SELECT n.*, s.reference AS person, u.email AS recorded_by_email
FROM (
    SELECT DISTINCT ON (place_id) * FROM approved_place_version
    WHERE provider_id = $1 AND ($2::uuid IS NULL OR service_user_id = $2) ORDER BY place_id, version DESC) n
JOIN service_user s ON s.provider_id = n.provider_id AND s.id = n.service_user_id
LEFT JOIN user_account u ON u.id = n.recorded_by
ORDER BY s.reference, n.starts_on, n.name

-- name: newest
SELECT * FROM approved_place_version WHERE provider_id = $1 AND place_id = $2 ORDER BY version DESC LIMIT 1

-- name: judged_elsewhere
-- Events of visits to these people ($2) on London dates from $3 on whose position is held, and was judged last to be
-- outside every place, or too inaccurate to tell; each with the person and the date of its visit.
WITH due AS (
    SELECT DISTINCT ON (v.visit_id) v.visit_id, v.package_id, (v.starts_at AT TIME ZONE 'Europe/London')::date AS day
    FROM visit_version v
    WHERE v.provider_id = $1 AND v.visit_id IN (
        SELECT w.visit_id FROM visit_version w
        JOIN package_version k ON k.provider_id = w.provider_id AND k.package_id = w.package_id
        WHERE w.provider_id = $1 AND k.service_user_id = ANY ($2::uuid[]))
    ORDER BY v.visit_id, v.version DESC),
meant AS (
    SELECT e.row_id, k.service_user_id, d.day
    FROM due d JOIN event e ON e.provider_id = $1 AND e.visit_id = d.visit_id
    JOIN LATERAL (SELECT p.service_user_id FROM package_version p
                  WHERE p.provider_id = $1 AND p.package_id = d.package_id AND p.starts_on <= d.day
                  ORDER BY p.starts_on DESC, p.version DESC LIMIT 1) k ON k.service_user_id = ANY ($2)
    WHERE d.day >= $3
    UNION
    SELECT e.row_id, e.service_user_id, (e.paid_at AT TIME ZONE 'Europe/London')::date FROM event e
    WHERE e.provider_id = $1 AND e.service_user_id = ANY ($2)
      AND e.paid_at >= $3::date::timestamp AT TIME ZONE 'Europe/London')
SELECT e.row_id, m.service_user_id, m.day, e.occurred_at, e.received_at, e.method, a.content, j.number, j.fence
FROM meant m JOIN event e ON e.provider_id = $1 AND e.row_id = m.row_id AND e.code IS DISTINCT FROM 'not_your_visit'
JOIN event_attachment a ON a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'fix'
JOIN LATERAL (SELECT w.number, w.fence FROM event_judgement w
              WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id ORDER BY w.number DESC LIMIT 1) j
    ON j.fence IN ('outside', 'cannot_tell')
ORDER BY e.paid_at, e.row_id

-- name: fixes
-- Positions held of arrivals and departures at planned visits, from $3 on, to these people ($2).
SELECT d.service_user_id, e.carer_id, e.visit_id, a.content
FROM (SELECT DISTINCT ON (v.visit_id) v.visit_id, k.service_user_id
      FROM package_version k JOIN visit_version v ON v.provider_id = k.provider_id AND v.package_id = k.package_id
      WHERE k.provider_id = $1 AND k.service_user_id = ANY ($2::uuid[]) AND v.starts_at >= $3
      ORDER BY v.visit_id, v.version DESC) d
JOIN event e ON e.provider_id = $1 AND e.visit_id = d.visit_id AND e.kind IN ('check_in', 'check_out')
     AND e.outcome = 'accepted'
JOIN event_attachment a ON a.provider_id = $1 AND a.event_row = e.row_id AND a.kind = 'fix'
ORDER BY e.paid_at, e.row_id

-- name: doubted
-- People at whose visits, from $2 on, phones were outside every approved place at least $3 times, the most first.
SELECT k.service_user_id, count(DISTINCT e.visit_id) AS visits
FROM event e
JOIN LATERAL (SELECT fence FROM event_judgement w WHERE w.provider_id = $1 AND w.event_row = e.row_id
              ORDER BY number DESC LIMIT 1) j ON j.fence = 'outside'
JOIN LATERAL (SELECT package_id FROM visit_version v WHERE v.provider_id = $1 AND v.visit_id = e.visit_id
              ORDER BY version DESC LIMIT 1) v ON true
JOIN LATERAL (SELECT service_user_id FROM package_version p WHERE p.provider_id = $1 AND p.package_id = v.package_id
              ORDER BY starts_on DESC, version DESC LIMIT 1) k ON true
WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.kind IN ('check_in', 'check_out') AND e.outcome = 'accepted'
GROUP BY k.service_user_id HAVING count(DISTINCT e.visit_id) >= $3 ORDER BY 2 DESC, 1 LIMIT $4
