-- Patterns of visits and what was made of them. $1 is the provider. Newest versions throughout.

-- name: periods
-- The periods of patterns ($2: by reference; null: all of which something stands on $3 or later).
WITH n AS (
    SELECT DISTINCT ON (v.pattern_id, v.starts_on) v.pattern_id, t.reference, v.starts_on, v.ends_on, v.withdrawn,
        k.reference AS package, v.days, v.every_weeks, v.starts_time, v.minutes, c.reference AS carer,
        s.reference AS second_carer, v.tasks
    FROM pattern_version v
    JOIN pattern t ON t.provider_id = v.provider_id AND t.id = v.pattern_id
    JOIN package k ON k.provider_id = v.provider_id AND k.id = v.package_id
    LEFT JOIN employment c ON c.provider_id = v.provider_id AND c.id = v.carer
    LEFT JOIN employment s ON s.provider_id = v.provider_id AND s.id = v.second_carer
    WHERE v.provider_id = $1 AND ($2::text[] IS NULL OR t.reference = ANY ($2))
    ORDER BY v.pattern_id, v.starts_on, v.version DESC)
SELECT * FROM n
WHERE $2 IS NOT NULL
   OR pattern_id IN (SELECT pattern_id FROM n WHERE NOT withdrawn AND (ends_on IS NULL OR ends_on >= $3))
ORDER BY reference, starts_on

-- name: made
-- Visits by their ids ($2), and those that patterns ($3) made and that start at $4 or later. `pattern_id`: the pattern, if
-- nobody has changed the visit since; `began`: somebody came before the time, of those that start before $5.
SELECT DISTINCT ON (v.visit_id) v.visit_id, t.reference, v.starts_at, v.ends_at, v.status, p.pattern_id,
    k.reference AS package, c.reference AS carer, s.reference AS second_carer, v.tasks,
    v.starts_at < $5 AND EXISTS (
        SELECT FROM event e WHERE e.provider_id = v.provider_id AND e.visit_id = v.visit_id AND e.outcome = 'accepted') AS began
FROM visit_version v
JOIN visit t ON t.provider_id = v.provider_id AND t.id = v.visit_id
JOIN package k ON k.provider_id = v.provider_id AND k.id = v.package_id
LEFT JOIN visit_planning p ON p.provider_id = v.provider_id AND p.visit_id = v.visit_id AND p.version = v.version
LEFT JOIN employment c ON c.provider_id = v.provider_id AND c.id = v.carer
LEFT JOIN employment s ON s.provider_id = v.provider_id AND s.id = v.second_carer
WHERE v.provider_id = $1 AND v.visit_id IN (
    SELECT unnest($2::uuid[])
    UNION
    SELECT w.visit_id FROM visit_version w
    JOIN visit_planning q ON q.provider_id = w.provider_id AND q.visit_id = w.visit_id AND q.version = w.version
    WHERE w.provider_id = $1 AND w.starts_at >= $4 AND q.pattern_id = ANY ($3::uuid[]))
ORDER BY v.visit_id, v.version DESC

-- name: seen
-- How often a pattern was said or said otherwise: a form is made for one state of it.
SELECT count(*) FROM pattern_version WHERE provider_id = $1 AND pattern_id = $2

-- name: any
-- Whether a provider has a pattern of which something may stand on a London date or later.
SELECT EXISTS (SELECT FROM pattern_version WHERE provider_id = $1 AND (ends_on IS NULL OR ends_on >= $2))

-- name: listed
-- Patterns of which something is still to come on a London date ($2), of one person ($3), by name behind the row ($4, $5).
SELECT * FROM (
    SELECT DISTINCT ON (v.pattern_id) v.pattern_id AS id, t.reference, k.reference AS package, n.name AS person, v.starts_on,
        v.ends_on, v.days, v.every_weeks, v.starts_time, v.minutes, c.name AS carer, s.name AS second_carer
    FROM (SELECT DISTINCT ON (pattern_id, starts_on) * FROM pattern_version WHERE provider_id = $1
          ORDER BY pattern_id, starts_on, version DESC) v
    JOIN pattern t ON t.provider_id = v.provider_id AND t.id = v.pattern_id
    JOIN package k ON k.provider_id = v.provider_id AND k.id = v.package_id
    JOIN LATERAL (SELECT service_user_id FROM package_version w WHERE w.provider_id = $1 AND w.package_id = v.package_id
                  ORDER BY starts_on DESC, version DESC LIMIT 1) p ON true
    JOIN LATERAL (SELECT name FROM service_user_version w WHERE w.provider_id = $1
                  AND w.service_user_id = p.service_user_id ORDER BY version DESC LIMIT 1) n ON true
    LEFT JOIN LATERAL (SELECT name FROM employment_version w WHERE w.provider_id = $1 AND w.employment_id = v.carer
                       ORDER BY version DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT name FROM employment_version w WHERE w.provider_id = $1 AND w.employment_id = v.second_carer
                       ORDER BY version DESC LIMIT 1) s ON true
    WHERE NOT v.withdrawn AND (v.ends_on IS NULL OR v.ends_on >= $2) AND ($3::uuid IS NULL OR p.service_user_id = $3)
    ORDER BY v.pattern_id, v.starts_on) found
WHERE $4::text IS NULL OR (person, reference) > ($4, $5)
ORDER BY person, reference LIMIT $6

-- name: made_at
-- Visits of which a pattern ($2) made a version at an instant.
SELECT visit_id FROM visit_planning WHERE provider_id = $1 AND pattern_id = $2 AND recorded_at = $3

-- name: reference
SELECT reference FROM pattern WHERE provider_id = $1 AND id = $2
