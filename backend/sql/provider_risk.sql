-- What shows how a provider stands: the figures of its wage reports, its audits and its phones. $1 is the provider.

-- name: reports
-- The newest edition of each wage report whose period touches London dates $2 to $3, with its figures.
SELECT DISTINCT ON (scope, period_start) id, edition, scope, period_start, period_end, as_of, created_at, template_version,
    encode(snapshot_digest, 'hex') AS digest, (summary->>'workers_tested')::int AS tested,
    (summary->>'workers_short')::int AS short, (summary->>'pence_short')::bigint AS pence_short,
    (summary->>'not_tested')::int AS not_tested, coalesce((summary->>'counted_minutes')::numeric, 0) AS counted_minutes,
    (summary->>'unresolved_minutes')::numeric AS unresolved_minutes
FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND period_start <= $3 AND period_end >= $2
ORDER BY scope, period_start, created_at DESC, id

-- name: newest_run
-- The newest audit of days that touch London dates $2 to $3, and of the commissioner's ($4) attendances in it how many there
-- were, and how many flags were upheld, and wait for a decision.
SELECT r.id, coalesce(p.visits, 0) AS visits,
    count(f.*) FILTER (WHERE d.state = 'upheld') AS upheld,
    count(f.*) FILTER (WHERE coalesce(d.state, 'open') = 'open') AS open
FROM (SELECT provider_id, id FROM audit_run WHERE provider_id = $1 AND starts_on <= $3 AND ends_on >= $2
      ORDER BY created_at DESC, id LIMIT 1) r
LEFT JOIN audit_run_population p ON p.provider_id = r.provider_id AND p.run_id = r.id AND p.commissioner_id = $4
LEFT JOIN audit_flag f ON f.provider_id = r.provider_id AND f.run_id = r.id
LEFT JOIN LATERAL (
    SELECT state FROM audit_decision w WHERE w.provider_id = f.provider_id AND w.key = f.key
    ORDER BY w.number DESC LIMIT 1) d ON true
GROUP BY r.id, p.visits

-- name: with_phone
-- Which of these carers had a phone, or a telephone to call from, at some time between two instants.
SELECT DISTINCT carer_id FROM device
WHERE provider_id = $1 AND carer_id = ANY ($2::uuid[]) AND enrolled_at < $4 AND (revoked_at IS NULL OR revoked_at > $3)
