-- name: insert
INSERT INTO document (provider_id, id, kind, number, commissioner_id, contract_id, scope, period_start, period_end,
    edition, as_of, total_pence, summary, template_version, snapshot, snapshot_digest, facts_digest, created_at,
    payer_id, payer, vat_pence)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)

-- name: insert_file
INSERT INTO document_file (provider_id, document_id, format, media_type, file_name, content, sha256, as_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: insert_lines
-- One text holds them all: lists of each column are looked through item by item before they are sent.
INSERT INTO document_line (provider_id, document_id, line, visit_id, employment_id, service_user_id, amount_pence,
    payer, funders, adjusts_document, vat_category, vat_rate, vat_reason, dispute_id, block)
SELECT $1, $2, u.line, u.visit_id, u.employment_id, u.service_user_id, u.pence, u.payer, u.funders,
    (SELECT id FROM document WHERE provider_id = $1 AND number = u.adjusts),
    u.vat_category, u.vat_rate, u.vat_reason, u.dispute, u.block
FROM json_to_recordset($3::json)
    AS u (visit_id uuid, employment_id uuid, service_user_id uuid, pence bigint, payer text, funders jsonb, adjusts text,
    vat_category text, vat_rate numeric, vat_reason text, dispute uuid, line int, block text)

-- name: insert_block
INSERT INTO block_use (provider_id, document_id, block_id, block, starts_on, ends_on, seconds, used_seconds, pence)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: insert_parked
INSERT INTO parked_visit (provider_id, document_id, visit_id, reason, detail)
SELECT $1, $2, u.visit_id, u.reason, u.detail
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS u (visit_id, reason, detail)

-- name: next_number
-- The row stays locked until the document commits: numbers are gapless, whoever issues at the same time.
INSERT INTO invoice_sequence (provider_id, last_number) VALUES ($1, 1)
ON CONFLICT (provider_id) DO UPDATE SET last_number = invoice_sequence.last_number + 1
RETURNING last_number

-- name: frozen
SELECT id, kind, number, commissioner_id, contract_id, payer, scope, period_start, period_end, edition, as_of, created_at,
    template_version, summary, snapshot, snapshot_digest, facts_digest
FROM document WHERE provider_id = $1 ORDER BY created_at, kind, scope, period_start

-- name: files
SELECT format, media_type, file_name, content, sha256, as_of FROM document_file
WHERE provider_id = $1 AND document_id = $2 ORDER BY format

-- name: listed
SELECT id FROM document WHERE provider_id = $1 AND ($2::text IS NULL OR kind = $2)
ORDER BY created_at, kind, scope, period_start

-- name: invoices
SELECT id FROM document
WHERE provider_id = $1 AND kind IN ('invoice', 'credit_note') AND ($2::text IS NULL OR number = $2)
    AND ($3::text IS NULL OR scope = $3)
ORDER BY created_at, number

-- name: lock_invoice
-- Whoever makes a further file of it at the same time waits, and then finds the file made.
SELECT contract_id, id, snapshot, pg_advisory_xact_lock(hashtextextended(id::text, 0))
FROM document WHERE provider_id = $1 AND id = $2 AND kind IN ('invoice', 'credit_note')

-- name: contract_of
SELECT contract_id FROM document WHERE provider_id = $1 AND id = $2
