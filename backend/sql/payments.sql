-- What was paid for invoices, and how each stands. $1 is the provider unless the query says otherwise.

-- name: invoice
SELECT id FROM document
WHERE provider_id = $1 AND kind IN ('invoice', 'credit_note') AND (id = $2 OR number = $3)

-- name: insert
-- No row: the same payment was recorded before.
INSERT INTO payment (provider_id, id, document_id, paid_on, pence, reference, recorded_by, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (provider_id, document_id, reference, pence) DO NOTHING RETURNING id

-- name: listed
SELECT p.paid_on, p.pence, p.reference, p.recorded_at, u.email
FROM payment p LEFT JOIN user_account u ON u.id = p.recorded_by
WHERE p.provider_id = $1 AND p.document_id = $2 ORDER BY p.paid_on, p.recorded_at, p.id

-- name: standings
-- What is needed to say how documents stand. $1 is an array of providers. A change is a later line for the same payer
-- that names the document.
SELECT d.id, d.total_pence, d.vat_pence,
    (SELECT coalesce(sum(p.pence), 0)::bigint FROM payment p
     WHERE p.provider_id = d.provider_id AND p.document_id = d.id) AS paid,
    (SELECT coalesce(sum(l.amount_pence), 0)::bigint FROM document_line l
     JOIN document f ON f.provider_id = l.provider_id AND f.id = l.document_id AND f.payer = d.payer
     WHERE l.provider_id = d.provider_id AND l.adjusts_document = d.id) AS changed,
    (SELECT count(*) FROM dispute p
     WHERE p.provider_id = d.provider_id AND p.document_id = d.id AND NOT EXISTS (
         SELECT FROM dispute_decision x WHERE x.provider_id = p.provider_id AND x.dispute_id = p.id)) AS disputes
FROM document d WHERE d.provider_id = ANY ($1::uuid[]) AND d.id = ANY ($2::uuid[])
