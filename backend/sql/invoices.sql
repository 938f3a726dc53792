-- name: contract
SELECT id, reference, commissioner_id FROM contract WHERE provider_id = $1 AND id = $2

-- name: contract_versions
SELECT DISTINCT ON (starts_on) starts_on, ends_on, version, terms, billing_period, self_billed, purchase_order, digest
FROM contract_version WHERE provider_id = $1 AND contract_id = $2 AND recorded_at <= $3
ORDER BY starts_on, version DESC

-- name: purchase_order
-- The order number of the version in force on a day, as recorded up to an instant: the commissioner's, or that of the
-- payer of a share, $5.
SELECT CASE WHEN $5::text IS NULL THEN purchase_order ELSE (
    SELECT f ->> 'purchase_order' FROM jsonb_array_elements(terms -> 'funding') AS f WHERE f ->> 'payer' = $5) END
FROM contract_version
WHERE provider_id = $1 AND contract_id = $2 AND starts_on <= $3 AND recorded_at <= $4
ORDER BY starts_on DESC, version DESC LIMIT 1

-- name: previous
SELECT as_of FROM document
WHERE provider_id = $1 AND contract_id = $2 AND period_start < $3
ORDER BY period_start DESC LIMIT 1

-- name: earlier_visits
-- Visits planned before this period that must be looked at again: with facts or terms recorded since somewhat before the last
-- document (after $3, up to $4), or parked by the last documents, which tell of all that was still parked. Terms that were
-- recorded bear on the visits of their days alone: OFFSET 0 keeps to the index of each package's visits, or of the day's.
WITH terms AS (
    SELECT package_id, starts_on FROM package_version WHERE provider_id = $1 AND recorded_at > $3 AND recorded_at <= $4
    UNION
    SELECT p.package_id, t.starts_on FROM contract_version t
    JOIN package_version p ON p.provider_id = t.provider_id AND p.contract_id = t.contract_id
    WHERE t.provider_id = $1 AND t.contract_id = $2 AND t.recorded_at > $3 AND t.recorded_at <= $4
    UNION
    SELECT p.package_id, a.starts_on FROM absence_version a
    JOIN package_version p ON p.provider_id = a.provider_id AND p.service_user_id = a.service_user_id
        AND p.contract_id = $2
    WHERE a.provider_id = $1 AND a.recorded_at > $3 AND a.recorded_at <= $4
), changed AS (
    SELECT visit_id FROM event
    WHERE provider_id = $1 AND received_at > $3 AND received_at <= $4 AND visit_id IS NOT NULL
    UNION
    SELECT c.visit_id FROM correction_decision d
    JOIN correction c ON c.provider_id = d.provider_id AND c.id = d.correction_id
    WHERE d.provider_id = $1 AND d.decided_at > $3 AND d.decided_at <= $4
    UNION
    SELECT e.visit_id FROM event_release r
    JOIN event e ON e.provider_id = r.provider_id AND e.row_id = r.event_row
    WHERE r.provider_id = $1 AND r.released_at > $3 AND r.released_at <= $4
    UNION
    SELECT visit_id FROM visit_version WHERE provider_id = $1 AND recorded_at > $3 AND recorded_at <= $4
    UNION
    SELECT v.visit_id FROM terms CROSS JOIN LATERAL (
        SELECT w.visit_id FROM visit_version w
        WHERE w.provider_id = $1 AND w.package_id = terms.package_id AND w.starts_at < $5
          AND w.starts_at >= terms.starts_on - interval '1 day' OFFSET 0) v
    UNION
    SELECT v.visit_id FROM bank_holiday h CROSS JOIN LATERAL (
        SELECT w.visit_id FROM visit_version w
        WHERE w.provider_id = $1 AND w.starts_at < $5 AND w.starts_at >= h.day::timestamp AT TIME ZONE 'Europe/London'
          AND w.starts_at < (h.day + 1)::timestamp AT TIME ZONE 'Europe/London' OFFSET 0) v
    WHERE h.recorded_at > $3 AND h.recorded_at <= $4
    UNION
    SELECT coalesce(l.visit_id, p.visit_id) FROM dispute_decision x
    JOIN dispute p ON p.provider_id = x.provider_id AND p.id = x.dispute_id
    LEFT JOIN document_line l ON l.provider_id = p.provider_id AND l.document_id = p.document_id AND l.line = p.line
    WHERE x.provider_id = $1 AND x.decided_at > $3 AND x.decided_at <= $4
    UNION
    SELECT k.visit_id FROM document d
    JOIN parked_visit k ON k.provider_id = d.provider_id AND k.document_id = d.id AND k.reason <> 'not_billed'
    WHERE d.provider_id = $1 AND d.contract_id = $2 AND d.period_start = (
        SELECT max(period_start) FROM document WHERE provider_id = $1 AND contract_id = $2 AND period_start < $6)
)
SELECT v.visit_id, min(v.starts_at) AS starts_at
FROM changed JOIN visit_version v ON v.provider_id = $1 AND v.visit_id = changed.visit_id
WHERE v.package_id IN (SELECT package_id FROM package_version WHERE provider_id = $1 AND contract_id = $2)
GROUP BY v.visit_id
HAVING min(v.starts_at) < $5

-- name: planned_before
-- Which of the visits $3 some plan puts under the contract, before an instant.
SELECT DISTINCT visit_id FROM visit_version
WHERE provider_id = $1 AND visit_id = ANY ($3::text[]::uuid[]) AND starts_at < $4
  AND package_id IN (SELECT package_id FROM package_version WHERE provider_id = $1 AND contract_id = $2)

-- name: billed
-- What earlier documents of this contract ask of their payers for these visits, and with $5 for blocks of hours, line by
-- line.
WITH own AS (
    SELECT l.* FROM document_line l WHERE l.provider_id = $1 AND l.visit_id = ANY ($2) AND l.block IS NULL
    UNION ALL
    SELECT l.* FROM document_line l WHERE l.provider_id = $1 AND l.block IS NOT NULL AND ($5 OR l.visit_id = ANY ($2)))
SELECT l.visit_id::text AS visit_id, l.employment_id::text AS employment_id,
    l.service_user_id::text AS service_user_id, l.amount_pence, l.payer, l.funders, d.number, l.line,
    l.vat_category, l.vat_rate, l.vat_reason, l.dispute_id::text AS dispute, l.block
FROM own l JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE d.contract_id = $3 AND d.period_start < $4
ORDER BY d.period_start, d.number, l.line

-- name: blocks_told
-- What earlier documents of this contract said last of each block of hours and billing period.
SELECT DISTINCT ON (u.block_id) u.block_id::text AS block_id, u.block, u.starts_on, u.ends_on, u.seconds, u.used_seconds,
    u.pence
FROM block_use u JOIN document d ON d.provider_id = u.provider_id AND d.id = u.document_id
WHERE u.provider_id = $1 AND d.contract_id = $2 AND d.period_start < $3
ORDER BY u.block_id, d.period_start DESC

-- name: first_period
-- Where the earliest billing period with a document of this contract begins, before $3.
SELECT min(period_start) FROM document WHERE provider_id = $1 AND contract_id = $2 AND period_start < $3

-- name: references
SELECT id::text, reference FROM service_user WHERE provider_id = $1 AND id = ANY ($2)
UNION ALL
SELECT id::text, reference FROM employment WHERE provider_id = $1 AND id = ANY ($3)

-- name: contracts_of_people
-- The contracts under which people are supported on a day, for visits that nobody planned.
SELECT DISTINCT ON (u.visit_id) u.visit_id, p.contract_id
FROM unnest($2::uuid[], $3::uuid[], $4::date[]) AS u (visit_id, service_user_id, day)
JOIN package_version p ON p.provider_id = $1 AND p.service_user_id = u.service_user_id
    AND p.starts_on <= u.day AND (p.ends_on IS NULL OR p.ends_on >= u.day) AND p.recorded_at <= $5
ORDER BY u.visit_id, p.contract_id

-- name: first_contract
-- Where visits of unknown people are parked: one place, so that each is parked once.
SELECT id FROM contract WHERE provider_id = $1 ORDER BY reference LIMIT 1

-- name: absences
-- Absences of these people as they were known at $3: the newest version of each.
SELECT DISTINCT ON (service_user_id, kind, starts_on)
    service_user_id::text, kind, starts_on, ends_on, version::bigint, encode(digest, 'hex') AS digest
FROM absence_version
WHERE provider_id = $1 AND service_user_id = ANY ($2) AND recorded_at <= $3
ORDER BY service_user_id, kind, starts_on, version DESC

-- name: homes
-- Where the invoices of people who pay for themselves are sent: the newest name and address known at $3.
SELECT DISTINCT ON (v.service_user_id) v.service_user_id::text, s.reference, v.name, v.address, v.postcode
FROM service_user_version v JOIN service_user s ON s.provider_id = v.provider_id AND s.id = v.service_user_id
WHERE v.provider_id = $1 AND v.service_user_id = ANY ($2) AND v.recorded_at <= $3
ORDER BY v.service_user_id, v.version DESC

-- name: numbers
-- The documents issued for a billing period that begins on a day.
SELECT number FROM document
WHERE provider_id = $1 AND contract_id = $2 AND period_start = $3 AND kind IN ('invoice', 'credit_note')
ORDER BY number

-- name: credits
-- What was credited after disputes about lines of earlier documents of this contract for these visits, decided up to $5:
-- oldest first, and of one instant by what the payer was still asked.
SELECT p.id::text AS dispute, d.number, p.line, p.number AS dispute_number, l.visit_id::text AS visit_id,
    l.employment_id::text AS employment_id, l.service_user_id::text AS service_user_id, l.payer, x.asked_pence,
    x.credit_pence, l.vat_category, l.vat_rate, l.vat_reason
FROM document_line l
JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
JOIN dispute p ON p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line
JOIN dispute_decision x ON x.provider_id = p.provider_id AND x.dispute_id = p.id
WHERE l.provider_id = $1 AND l.visit_id = ANY ($2) AND d.contract_id = $3 AND d.period_start < $4
  AND x.decided_at <= $5 AND x.credit_pence > 0
ORDER BY x.decided_at, x.asked_pence DESC, p.id

-- name: disputed
-- What was last said of these visits before they were billed, up to $3, and what was decided of it by then.
SELECT DISTINCT ON (p.visit_id) p.visit_id::text AS visit_id, v.reference, p.number, x.outcome
FROM dispute p JOIN visit v ON v.provider_id = p.provider_id AND v.id = p.visit_id
LEFT JOIN dispute_decision x ON x.provider_id = p.provider_id AND x.dispute_id = p.id AND x.decided_at <= $3
WHERE p.provider_id = $1 AND p.visit_id = ANY ($2) AND p.raised_at <= $3
ORDER BY p.visit_id, p.number DESC
