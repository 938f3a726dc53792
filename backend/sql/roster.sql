-- What planning reads and keeps. $1 is the provider. Newest versions throughout.

-- name: handed
-- Whose each package is, and how many carers it asks for.
SELECT DISTINCT ON (package_id) package_id, service_user_id, carers FROM package_version
WHERE provider_id = $1 ORDER BY package_id, starts_on DESC, version DESC

-- name: planned
-- Visits that stand and start within a range: those of some employments ($4) or packages ($5), or all (both null).
SELECT n.visit_id, t.reference, n.version, n.starts_at, n.ends_at, n.carer, n.second_carer, n.package_id
FROM (
    SELECT DISTINCT ON (v.visit_id) v.* FROM visit_version v
    WHERE v.provider_id = $1 AND v.visit_id IN (
        SELECT w.visit_id FROM visit_version w
        WHERE w.provider_id = $1 AND w.starts_at >= $2 AND w.starts_at < $3
          AND (($4::uuid[] IS NULL AND $5::uuid[] IS NULL) OR w.carer = ANY ($4) OR w.second_carer = ANY ($4)
               OR w.package_id = ANY ($5)))
    ORDER BY v.visit_id, v.version DESC) n
JOIN visit t ON t.provider_id = n.provider_id AND t.id = n.visit_id
WHERE n.status = 'planned' AND n.starts_at >= $2 AND n.starts_at < $3
ORDER BY n.starts_at, t.reference

-- name: people
-- References, names and homes of people.
SELECT DISTINCT ON (v.service_user_id) v.service_user_id AS id, s.reference, v.name, v.lat, v.lon
FROM service_user_version v JOIN service_user s ON s.provider_id = v.provider_id AND s.id = v.service_user_id
WHERE v.provider_id = $1 AND v.service_user_id = ANY ($2::uuid[])
ORDER BY v.service_user_id, v.version DESC

-- name: busy
-- Carers of whom an event, a correction or an entry lies between $2 and $3; corrections are looked for by the visits and
-- the events between $4 and $5 that they may be of.
SELECT e.carer_id FROM event e
WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.paid_at <= $3 AND e.carer_id IS NOT NULL
UNION
SELECT e.carer_id FROM event e
WHERE e.provider_id = $1 AND e.paid_at >= $4 AND e.paid_at < $5 AND e.carer_id IS NOT NULL
  AND (e.visit_id IS NULL OR e.code = 'not_your_visit')
UNION
SELECT c.carer_id FROM correction c
WHERE c.provider_id = $1 AND c.visit_id IN (
    SELECT v.visit_id FROM visit_version v WHERE v.provider_id = $1 AND v.starts_at >= $4 AND v.starts_at < $5)
  AND coalesce(c.proposed_end, c.proposed_start) >= $2 AND coalesce(c.proposed_start, c.proposed_end) <= $3
UNION
SELECT c.carer_id FROM correction c
WHERE c.provider_id = $1 AND c.day IS NOT NULL AND c.proposed_start >= $4 AND c.proposed_start < $5
UNION
SELECT a.carer_id FROM activity_version a
WHERE a.provider_id = $1 AND a.starts_at >= $4 AND a.starts_at < $5

-- name: workers
-- Every employment with its carer.
SELECT DISTINCT ON (v.employment_id) v.employment_id AS id, e.reference, e.carer_id, c.reference AS carer, v.name, v.mode,
    v.home_lat, v.home_lon, v.starts_on, v.ends_on
FROM employment_version v
JOIN employment e ON e.provider_id = v.provider_id AND e.id = v.employment_id
JOIN carer c ON c.provider_id = e.provider_id AND c.id = e.carer_id
WHERE v.provider_id = $1 ORDER BY v.employment_id, v.version DESC

-- name: leave
-- Carers' leave that touches the London dates $2 to $3.
SELECT e.carer_id, n.kind, n.starts_on, n.ends_on, n.starts_time, n.ends_time
FROM (SELECT DISTINCT employment_id, kind, starts_on FROM leave_version
      WHERE provider_id = $1 AND starts_on <= $3 AND coalesce(ends_on, 'infinity') >= $2) k
JOIN LATERAL (SELECT * FROM leave_version v WHERE v.provider_id = $1 AND v.employment_id = k.employment_id
              AND v.kind = k.kind AND v.starts_on = k.starts_on ORDER BY v.version DESC LIMIT 1) n
    ON coalesce(n.ends_on, 'infinity') >= $2
JOIN employment e ON e.provider_id = $1 AND e.id = k.employment_id
ORDER BY n.starts_on, e.carer_id, n.kind

-- name: hours
-- Working hours that begin up to a London date.
SELECT DISTINCT ON (employment_id, starts_on) employment_id, starts_on, ends_on, hours_per_week, most_hours_per_week,
    available
FROM working_hours_version WHERE provider_id = $1 AND starts_on <= $2
ORDER BY employment_id, starts_on, version DESC

-- name: skills
SELECT DISTINCT ON (carer_id, skill, starts_on) carer_id, skill, starts_on, ends_on
FROM carer_skill_version WHERE provider_id = $1
ORDER BY carer_id, skill, starts_on, version DESC

-- name: needs
SELECT DISTINCT ON (service_user_id, skill, starts_on) service_user_id, skill, starts_on, ends_on
FROM needed_skill_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
ORDER BY service_user_id, skill, starts_on, version DESC

-- name: away
-- Absences of people that touch the London dates $3 to $4.
SELECT * FROM (
    SELECT DISTINCT ON (service_user_id, kind, starts_on) service_user_id, kind, starts_on, ends_on
    FROM absence_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
    ORDER BY service_user_id, kind, starts_on, version DESC) n
WHERE starts_on <= $4 AND (ends_on IS NULL OR ends_on >= $3)

-- name: newest
-- The newest plan of a visit as a form needs it; `began`: whether somebody has arrived, or been turned away.
SELECT v.visit_id, t.reference AS visit, v.version, k.reference AS package, p.service_user_id AS person, p.carers,
    v.starts_at, v.ends_at, c.reference AS carer, s.reference AS second_carer, v.tasks, v.status, v.cancelled_at,
    v.cancelled_by,
    EXISTS (SELECT FROM event e
            LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id
            WHERE e.provider_id = v.provider_id AND e.visit_id = v.visit_id AND e.kind IN ('check_in', 'refused_entry')
              AND (e.outcome = 'accepted' OR r.event_row IS NOT NULL)) AS began
FROM visit_version v
JOIN visit t ON t.provider_id = v.provider_id AND t.id = v.visit_id
JOIN package k ON k.provider_id = v.provider_id AND k.id = v.package_id
JOIN LATERAL (SELECT service_user_id, carers FROM package_version w
              WHERE w.provider_id = v.provider_id AND w.package_id = v.package_id
              ORDER BY starts_on DESC, version DESC LIMIT 1) p ON true
LEFT JOIN employment c ON c.provider_id = v.provider_id AND c.id = v.carer
LEFT JOIN employment s ON s.provider_id = v.provider_id AND s.id = v.second_carer
WHERE v.provider_id = $1 AND v.visit_id = $2 ORDER BY v.version DESC LIMIT 1

-- name: note
-- What is kept beside the versions of visits ($2) that were recorded at $3. No new version, nothing kept.
INSERT INTO visit_planning (provider_id, visit_id, version, planned_by, pattern_id, reason, against, recorded_at)
SELECT $1, v.visit_id, v.version, $4, $5, $6, $7, $3 FROM visit_version v
WHERE v.provider_id = $1 AND v.visit_id = ANY ($2::uuid[]) AND v.recorded_at = $3
ON CONFLICT DO NOTHING

-- name: planned_by
-- Who planned each version of a visit, and why.
SELECT p.version, u.email, p.pattern_id, p.reason, p.against
FROM visit_planning p LEFT JOIN user_account u ON u.id = p.planned_by
WHERE p.provider_id = $1 AND p.visit_id = $2 ORDER BY p.version

-- name: packages
-- Packages that hold on a London date or begin later, with their person; those of one person ($3) if given.
SELECT DISTINCT ON (n.name, k.reference) k.reference, p.service_user_id, s.reference AS person, n.name, p.service, p.carers
FROM package_version p
JOIN package k ON k.provider_id = p.provider_id AND k.id = p.package_id
JOIN service_user s ON s.provider_id = p.provider_id AND s.id = p.service_user_id
JOIN LATERAL (SELECT name FROM service_user_version w WHERE w.provider_id = s.provider_id AND w.service_user_id = s.id
              ORDER BY version DESC LIMIT 1) n ON true
WHERE p.provider_id = $1 AND (p.ends_on IS NULL OR p.ends_on >= $2) AND ($3::uuid IS NULL OR p.service_user_id = $3)
  AND NOT EXISTS (SELECT FROM package_version w WHERE w.provider_id = p.provider_id AND w.package_id = p.package_id
                  AND w.starts_on = p.starts_on AND w.version > p.version)
ORDER BY n.name, k.reference, p.starts_on DESC

-- name: carer
-- The employments of a carer ($2: the person's reference).
SELECT DISTINCT ON (e.id) e.id, e.reference, c.id AS carer_id, v.name, v.starts_on, v.ends_on
FROM carer c
JOIN employment e ON e.provider_id = c.provider_id AND e.carer_id = c.id
JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE c.provider_id = $1 AND c.reference = $2 ORDER BY e.id, v.version DESC

-- name: skills_of
SELECT DISTINCT ON (skill, starts_on) skill, starts_on, ends_on FROM carer_skill_version
WHERE provider_id = $1 AND carer_id = $2 ORDER BY skill, starts_on, version DESC

-- name: hours_of
SELECT DISTINCT ON (e.reference, w.starts_on) e.reference AS employment, w.starts_on, w.ends_on, w.hours_per_week,
    w.most_hours_per_week, w.available
FROM working_hours_version w JOIN employment e ON e.provider_id = w.provider_id AND e.id = w.employment_id
WHERE w.provider_id = $1 AND w.employment_id = ANY ($2::uuid[]) ORDER BY e.reference, w.starts_on DESC, w.version DESC

-- name: leave_of
-- Leave that lasts on a London date ($3) or begins later.
SELECT * FROM (
    SELECT DISTINCT ON (l.employment_id, l.kind, l.starts_on) e.reference AS employment, l.kind, l.starts_on, l.ends_on,
        l.starts_time, l.ends_time
    FROM leave_version l JOIN employment e ON e.provider_id = l.provider_id AND e.id = l.employment_id
    WHERE l.provider_id = $1 AND l.employment_id = ANY ($2::uuid[])
    ORDER BY l.employment_id, l.kind, l.starts_on, l.version DESC) n
WHERE ends_on IS NULL OR ends_on >= $3 ORDER BY starts_on, employment, kind
