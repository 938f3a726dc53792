-- name: visits
SELECT count(*) FROM visit WHERE provider_id = $1

-- name: events
SELECT outcome, count(*) FROM event WHERE provider_id = $1 GROUP BY outcome

-- name: invoices
-- What each payer is asked for each contract and billing period.
SELECT scope, period_start, period_end, payer, sum(total_pence)::bigint AS total_pence FROM document
WHERE provider_id = $1 AND kind IN ('invoice', 'credit_note') GROUP BY scope, period_start, period_end, payer

-- name: wage_reports
-- The newest edition of each report.
SELECT DISTINCT ON (scope, period_start) snapshot FROM document
WHERE provider_id = $1 AND kind = 'wage_report' ORDER BY scope, period_start, created_at DESC

-- name: employments
SELECT id, reference FROM employment WHERE provider_id = $1

-- name: dearest_line
-- Of what a payer was asked for visits of a contract's billing period.
SELECT l.document_id, l.line FROM document_line l
JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE d.provider_id = $1 AND d.scope = $2 AND d.period_start = $3 AND d.payer = $4 AND l.block IS NULL
ORDER BY l.amount_pence DESC, l.line LIMIT 1

-- name: open_dispute
SELECT p.id FROM dispute p WHERE p.provider_id = $1 AND NOT EXISTS (
    SELECT FROM dispute_decision x WHERE x.provider_id = p.provider_id AND x.dispute_id = p.id)
ORDER BY p.raised_at LIMIT 1

-- name: user
SELECT id FROM user_account
WHERE organisation_id = $1 AND role IN ('manager', 'commissioner') ORDER BY created_at, email LIMIT 1
