-- How providers kept to what was planned. $1 is the provider.

-- name: contracts
-- What each version of a contract measures by, as recorded up to $2: seconds and per cent, null where it does not say.
SELECT DISTINCT ON (contract_id, starts_on) contract_id::text, starts_on, punctual_minutes::bigint * 60,
    full_length_percent::bigint
FROM contract_version WHERE provider_id = $1 AND recorded_at <= $2
ORDER BY contract_id, starts_on, version DESC

-- name: reports
-- The newest edition of each wage report whose period touches London dates $2 to $3.
SELECT DISTINCT ON (scope, period_start) id, edition, scope, period_start, period_end FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND period_start <= $3 AND period_end >= $2
ORDER BY scope, period_start, created_at DESC, id
