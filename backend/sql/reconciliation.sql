-- name: periods
-- Each contract's billing periods with a document, that begin between two dates; all documents of one were made at once.
SELECT contract_id, scope, period_start, period_end, max(as_of) AS as_of, max(number) AS number
FROM document
WHERE provider_id = $1 AND kind IN ('invoice', 'credit_note')
  AND period_end >= coalesce($2::date, '-infinity') AND period_start >= coalesce($2::date, '-infinity')
  AND ($3::date IS NULL OR period_start <= $3)
GROUP BY contract_id, scope, period_start, period_end
ORDER BY period_start, scope

-- name: documents
SELECT number, payer, total_pence FROM document
WHERE provider_id = $1 AND contract_id = $2 AND period_start = $3 AND kind IN ('invoice', 'credit_note')
ORDER BY number

-- name: lines
SELECT d.number, l.line, l.payer, l.visit_id::text AS visit_id, l.employment_id::text AS employment_id, l.amount_pence,
    EXISTS (SELECT FROM visit v WHERE v.provider_id = l.provider_id AND v.id = l.visit_id) AS planned
FROM document_line l JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE d.provider_id = $1 AND d.contract_id = $2 AND d.period_start = $3 AND d.kind IN ('invoice', 'credit_note')
ORDER BY d.number, l.line

-- name: left_out
SELECT p.visit_id::text AS visit_id, p.reason
FROM parked_visit p JOIN document d ON d.provider_id = p.provider_id AND d.id = p.document_id
WHERE d.provider_id = $1 AND d.contract_id = $2 AND d.period_start = $3

-- name: visit_references
SELECT id::text, reference FROM visit WHERE provider_id = $1 AND id = ANY ($2)
