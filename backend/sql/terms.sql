-- Contracts and pay terms as they were agreed. $1 is the organisation that reads.

-- name: contracts
-- Of each contract that a provider has, or a commissioner, the newest version of each run of dates.
SELECT c.provider_id, c.commissioner_id, c.reference, v.starts_on, v.ends_on, v.terms, v.billing_period, v.self_billed,
       v.purchase_order, v.recorded_at
FROM contract c
JOIN LATERAL (
    SELECT DISTINCT ON (starts_on) * FROM contract_version
    WHERE provider_id = c.provider_id AND contract_id = c.id ORDER BY starts_on, version DESC) v ON true
WHERE c.provider_id = $1 OR c.commissioner_id = $1
ORDER BY c.reference, c.provider_id, v.starts_on DESC

-- name: pay_terms
-- Of each of a provider's pay terms the newest version of each run of dates.
SELECT t.reference, v.starts_on, v.ends_on, v.terms, v.recorded_at
FROM pay_terms t
JOIN LATERAL (
    SELECT DISTINCT ON (starts_on) * FROM pay_terms_version
    WHERE provider_id = t.provider_id AND pay_terms_id = t.id ORDER BY starts_on, version DESC) v ON true
WHERE t.provider_id = $1
ORDER BY t.reference, v.starts_on DESC
