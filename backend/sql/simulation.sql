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
