-- Documents as a carer's phone may see them. $1 is the provider.

-- name: wage_reports
-- Of each pay cycle of the carer's employments the final report of the period, else the provisional one.
SELECT DISTINCT ON (d.scope) d.snapshot FROM document d
WHERE d.provider_id = $1 AND d.kind = 'wage_report' AND d.period_start = $3 AND d.scope IN (
    SELECT v.pay_cycle FROM employment e JOIN employment_version v
         ON v.provider_id = e.provider_id AND v.employment_id = e.id
    WHERE e.provider_id = $1 AND e.carer_id = $2)
ORDER BY d.scope, d.edition = 'final' DESC, d.created_at DESC

-- name: employments
SELECT reference FROM employment WHERE provider_id = $1 AND carer_id = $2 ORDER BY reference
