-- Documents as a carer's phone may see them. $1 is the provider.

-- name: wage_report
-- The final report of the period, else the provisional one, under the pay cycle of one of the carer's employments.
SELECT snapshot FROM document d
WHERE d.provider_id = $1 AND d.kind = 'wage_report' AND d.period_start = $2 AND d.scope IN (
    SELECT v.pay_cycle FROM employment e JOIN employment_version v
         ON v.provider_id = e.provider_id AND v.employment_id = e.id
    WHERE e.provider_id = $1 AND e.carer_id = $3)
ORDER BY d.edition = 'final' DESC, d.created_at DESC LIMIT 1

-- name: employments
SELECT reference FROM employment WHERE provider_id = $1 AND carer_id = $2 ORDER BY reference
