-- Budgets of commissioners, and what is set against them. $1 is the commissioner.

-- name: held
-- The newest version of each of these budgets ($2), for the loader.
SELECT DISTINCT ON (reference, starts_on) reference, starts_on, ends_on FROM budget_version
WHERE organisation_id = $1 AND reference = ANY ($2::text[]) ORDER BY reference, starts_on, version DESC

-- name: contract
-- A contract of a provider ($2) with the commissioner, by its reference ($3).
SELECT id FROM contract WHERE commissioner_id = $1 AND provider_id = $2 AND reference = $3

-- name: on_day
-- The budgets of the years that hold London date $2.
SELECT b.reference, b.name, b.starts_on, b.ends_on, b.provider_id, b.contract_id, c.reference AS contract, b.service, b.pence
FROM (SELECT DISTINCT ON (reference, starts_on) * FROM budget_version
      WHERE organisation_id = $1 AND starts_on <= $2 ORDER BY reference, starts_on, version DESC) b
LEFT JOIN contract c ON c.provider_id = b.provider_id AND c.id = b.contract_id
WHERE b.ends_on >= $2 ORDER BY b.reference, b.starts_on

-- name: spent
-- What issued documents ask of the commissioner, by service, for billing periods that begin on London dates $2 to $3.
SELECT d.provider_id, d.contract_id, d.id, d.number, d.kind, d.period_start, d.period_end, s.key AS service,
    s.value::bigint AS pence
FROM document d CROSS JOIN LATERAL jsonb_each_text(d.summary -> 'services') s
WHERE d.payer_id = $1 AND d.kind IN ('invoice', 'credit_note') AND d.period_start >= $2 AND d.period_start <= $3
ORDER BY d.period_start, d.number, s.key

-- name: contracts
-- The commissioner's contracts, each with its billing period by the version that began last and the end of what is issued.
SELECT DISTINCT ON (c.provider_id, c.id) c.provider_id, c.id, c.reference, v.billing_period, first.starts_on,
    (SELECT d.period_end FROM document d WHERE d.provider_id = c.provider_id AND d.contract_id = c.id
     ORDER BY d.period_start DESC LIMIT 1) AS issued_until
FROM contract c
JOIN contract_version v ON v.provider_id = c.provider_id AND v.contract_id = c.id
JOIN (SELECT provider_id, contract_id, min(starts_on) AS starts_on FROM contract_version
      WHERE commissioner_id = $1 GROUP BY provider_id, contract_id) AS first
    ON first.provider_id = c.provider_id AND first.contract_id = c.id
WHERE c.commissioner_id = $1
ORDER BY c.provider_id, c.id, v.starts_on DESC, v.version DESC

-- name: packages
-- The newest version of each run of a package of the commissioner that touches London dates $2 to $3.
SELECT * FROM (
    SELECT DISTINCT ON (v.provider_id, v.package_id, v.starts_on) v.provider_id, v.package_id::text AS package, v.starts_on,
        v.ends_on, v.contract_id, v.service, v.zone, v.carers, v.visits_per_week,
        (v.hours_per_week * 3600)::bigint AS seconds_per_week, v.funding
    FROM package_version v WHERE v.commissioner_id = $1
    ORDER BY v.provider_id, v.package_id, v.starts_on, v.version DESC) held
WHERE starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $2)
