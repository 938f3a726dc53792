-- name: newest
-- Up to when the newest wage report of a pay cycle knew the facts.
SELECT max(as_of) FROM document WHERE provider_id = $1 AND kind = 'wage_report' AND scope = $2

-- name: reported
-- The periods of a pay cycle that were reported by an instant, each with that of its own newest report.
SELECT period_start, period_end, max(as_of) AS frozen_as_of FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND scope = $2 AND as_of <= $3
GROUP BY period_start, period_end ORDER BY period_start

-- name: touched
-- The London dates of visits and other time about which something was received, released, decided, planned or entered
-- after $2 and up to $3.
SELECT DISTINCT (at AT TIME ZONE 'Europe/London')::date AS day FROM (
    SELECT paid_at AS at FROM event WHERE provider_id = $1 AND received_at > $2 AND received_at <= $3
    UNION ALL
    SELECT e.paid_at FROM event_release r
    JOIN event e ON e.provider_id = r.provider_id AND e.row_id = r.event_row
    WHERE r.provider_id = $1 AND r.released_at > $2 AND r.released_at <= $3
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
